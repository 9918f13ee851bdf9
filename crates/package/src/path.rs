//! Paths of files in a repository, as readers write them: from its root, with `/`.

/// The folder of a file; empty for the root.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The path that these parts lead to from a folder, without `.` and `..`; `None` where they lead out of the
/// repository. What is absolute is for the caller to refuse: each ecosystem writes it in its own way.
pub fn resolve<'p>(folder: &'p str, parts: impl IntoIterator<Item = &'p str>) -> Option<String> {
    let mut path: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in parts {
        match part {
            "" | "." => {}
            ".." => {
                path.pop()?;
            }
            part => path.push(part),
        }
    }
    Some(path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_never_leads_out() {
        let resolved = |folder, written: &'static str| resolve(folder, written.split('/'));
        assert_eq!(resolved("a/b", "../c/./d").as_deref(), Some("a/c/d"));
        assert_eq!(resolved("a", "..").as_deref(), Some(""));
        assert_eq!(resolved("a", "../../x"), None);
        assert_eq!(resolved("a", "b/../../../a/x"), None);
    }

    #[test]
    fn a_path_has_a_folder_and_a_name() {
        assert_eq!((folder("a/b/c"), file_name("a/b/c")), ("a/b", "c"));
        assert_eq!((folder("c"), file_name("c")), ("", "c"));
    }
}
