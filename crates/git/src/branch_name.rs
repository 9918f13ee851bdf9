//! The rules of `git check-ref-format --branch`.

use crate::error::{GitError, Result};

/// The longest branch name, in bytes: with `refs/heads/` and `.lock` it stays a legal file name (255).
const MAX_BRANCH_BYTES: usize = 230;

/// Refuses what git refuses as a branch, and names longer than 230 bytes.
///
/// # Errors
/// [`GitError::BadBranch`].
pub fn check(name: &str) -> Result<()> {
    let bad = |why: &str| GitError::BadBranch { name: name.to_owned(), why: why.to_owned() };
    if name.len() > MAX_BRANCH_BYTES {
        return Err(bad("longer than 230 bytes"));
    }
    if name.starts_with('-') {
        return Err(bad("it starts with a dash"));
    }
    if name == "HEAD" {
        return Err(bad("HEAD is not a branch"));
    }
    match gix::validate::reference::name(format!("refs/heads/{name}").as_str().into()) {
        Ok(_) => Ok(()),
        Err(error) => Err(bad(&error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_are_refused() {
        for name in [
            "",
            "-x",
            "HEAD",
            "a..b",
            "a b",
            "a~b",
            "a^b",
            "a:b",
            "a?b",
            "a*b",
            "a[b",
            "a\\b",
            "/a",
            "a/",
            "a//b",
            ".a",
            "a/.b",
            "a.lock",
            "a.lock/b",
            "a.",
            "@{",
            "a\nb",
            "a\x7fb",
            "../../config",
            "a\0b",
        ] {
            assert!(check(name).is_err(), "{name:?}");
        }
        assert!(check(&"a".repeat(231)).is_err());
        for name in ["main", "fleetwright/log4j-2-17-1/dir", "ünï", "a@b", "@"] {
            assert!(check(name).is_ok(), "{name:?}");
        }
    }
}
