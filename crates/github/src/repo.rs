//! A repository's name, split once and checked.

use fleetwright_forge::ForgeError;

use crate::value::escape;

/// Owner and name of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RepoName<'a> {
    /// The owner.
    pub(crate) owner: &'a str,
    /// The name within the owner.
    pub(crate) name: &'a str,
    /// Both.
    pub(crate) full: &'a str,
}

impl<'a> RepoName<'a> {
    /// Splits `acme/payments`.
    ///
    /// # Errors
    /// [`ForgeError::NotFound`] for what can be no repository at GitHub.
    pub(crate) fn new(full: &'a str) -> Result<RepoName<'a>, ForgeError> {
        let parts = full.split_once('/').filter(|(owner, name)| part(owner) && part(name));
        let (owner, name) = parts.ok_or_else(|| ForgeError::NotFound { what: full.to_owned() })?;
        Ok(RepoName { owner, name, full })
    }

    /// The beginning of its addresses in the REST API.
    pub(crate) fn path(&self) -> String {
        format!("/repos/{}/{}", escape(self.owner), escape(self.name))
    }
}

fn part(part: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !matches!(part, "" | "." | "..") && part.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_two_plain_parts() {
        assert_eq!(RepoName::new("acme/a.b-c_d").unwrap().path(), "/repos/acme/a.b-c_d");
        for bad in ["acme", "acme/", "/a", "a/b/c", "../x", "a/..", "a/b?c", "a/b\n", "é/x", ""] {
            assert!(RepoName::new(bad).is_err(), "{bad:?}");
        }
    }
}
