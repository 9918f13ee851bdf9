//! Paths of files in a repository: always from its root, with `/`, never out of it.

use fleetwright_package::path::resolve;
pub(crate) use fleetwright_package::path::{file_name, folder};

/// A path that is written in a file of `folder`, from the root; `None` when it is absolute or leads out.
pub(crate) fn join(folder: &str, written: &str) -> Option<String> {
    if written.starts_with(['/', '\\']) || written.contains(':') || written.contains('\0') {
        return None;
    }
    resolve(folder, written.split('/'))
}

/// The file `name` in `folder`.
pub(crate) fn within(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// A folder and all above it, the root last.
pub(crate) fn upwards(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |at| (!at.is_empty()).then(|| self::folder(at)))
}

/// Whether `path` is `folder` or lies below it.
pub(crate) fn below(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_never_leads_out() {
        assert_eq!(join("a/b", "../c/./d").as_deref(), Some("a/c/d"));
        assert_eq!(join("a", "..").as_deref(), Some(""));
        for out in ["../../x", "/etc/passwd", "C:/x", "\\\\server\\x", "b/../../../x"] {
            assert_eq!(join("a", out), None, "{out}");
        }
    }

    #[test]
    fn upwards_ends_at_the_root() {
        assert_eq!(upwards("a/b").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(upwards("").collect::<Vec<_>>(), [""]);
        assert!(below("a/b", "a") && below("a", "a") && below("a", "") && !below("ab", "a"));
    }
}
