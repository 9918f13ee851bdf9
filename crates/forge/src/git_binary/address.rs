//! Addresses of repositories that are reached by `ssh`.

use std::path::PathBuf;

use crate::error::ForgeError;

/// A repository that is reached by `ssh`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshRemote {
    repo: String,
    url: String,
    place: Place,
}

/// Where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// On a host.
    Host {
        /// `user@host`.
        host: String,
        port: Option<u16>,
        /// As the host's git is told it.
        path: String,
    },
    /// On this machine.
    Folder(PathBuf),
}

impl SshRemote {
    /// A repository called `repo` in errors, at `ssh://[user@]host[:port]/path` or `[user@]host:path`; `file:///path`
    /// for [`super::GitBinary::with_files`].
    ///
    /// # Errors
    /// [`ForgeError::Access`] for anything else: a password, odd characters, what could be taken for an option.
    pub fn new(repo: &str, url: &str) -> Result<SshRemote, ForgeError> {
        let refuse = |why: &str| ForgeError::access(repo, format!("its git address {why}"));
        if url.chars().any(|c| c.is_control() || c.is_whitespace()) || url.len() > 2_000 {
            return Err(refuse("holds a space or control character, or is too long"));
        }
        let place = match url.split_once("://") {
            Some(("ssh", rest)) => host_in_url(rest),
            Some(("file", path)) if path.starts_with('/') => Some(Place::Folder(PathBuf::from(path))),
            Some(_) => None,
            None => url.split_once(':').and_then(|(host, path)| place(host, None, path)),
        };
        let place = place.ok_or_else(|| refuse("is not `ssh://user@host/path` or `user@host:path`"))?;
        Ok(SshRemote { repo: repo.to_owned(), url: url.to_owned(), place })
    }

    /// The repository's name.
    pub fn repo(&self) -> &str {
        &self.repo
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }
}

fn host_in_url(rest: &str) -> Option<Place> {
    let (host, path) = rest.split_at(rest.find('/')?);
    let (host, port) = match host.split_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (host, None),
    };
    // As git does: `/~user` is a home, not a folder of that name.
    let path = if path.starts_with("/~") { &path[1..] } else { path };
    place(host, port, path)
}

fn place(host: &str, port: Option<u16>, path: &str) -> Option<Place> {
    let plain = |text: &str| {
        let odd = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_');
        !text.is_empty() && !text.starts_with('-') && !text.contains(odd)
    };
    let (user, name) = host.split_once('@').unwrap_or(("nobody", host));
    if !plain(user) || !plain(name) || path.is_empty() || path.starts_with('-') {
        return None;
    }
    Some(Place::Host { host: host.to_owned(), port, path: path.to_owned() })
}

/// A path for the shell at the other end, quoted as git does it.
pub(super) fn quoted(path: &str) -> String {
    format!("'{}'", path.replace('\'', r"'\''").replace('!', r"'\!'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let host = |url: &str| match SshRemote::new("a", url).unwrap().place {
            Place::Host { host, port, path } => (host, port, path),
            Place::Folder(path) => panic!("{}", path.display()),
        };
        assert_eq!(host("ssh://git@h:22/a/b.git"), ("git@h".to_owned(), Some(22), "/a/b.git".to_owned()));
        assert_eq!(host("ssh://h/~me/b"), ("h".to_owned(), None, "~me/b".to_owned()));
        assert_eq!(host("git@h.example:a/b.git"), ("git@h.example".to_owned(), None, "a/b.git".to_owned()));
        assert_eq!(quoted("a'b!c"), r"'a'\''b'\!'c'");
    }

    #[test]
    fn what_could_be_an_option_or_another_program_is_refused() {
        for url in [
            "https://h/a",
            "ext::sh -c x",
            "-oProxyCommand=x:a",
            "ssh://-oProxyCommand=x/a",
            "ssh://git@-x/a",
            "git@h:-x",
            "git@h:",
            "ssh://git:password@h/a",
            "ssh://h:port/a",
            "ssh://h",
            "git@h:a\nb",
            "git@h:a b",
            "file://relative",
            "/etc",
            "../a",
        ] {
            assert!(SshRemote::new("a", url).is_err(), "{url}");
        }
    }
}
