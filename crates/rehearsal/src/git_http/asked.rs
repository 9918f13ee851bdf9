//! What git asks for, read off a request.

use crate::http::request::{Request, decoded};

/// What git asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// The references, before a fetch or a push.
    Refs {
        /// Whether a push follows.
        push: bool,
    },
    /// A fetch.
    Fetch,
    /// A push.
    Push,
}

/// A request of git's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Owner and name.
    pub(crate) repo: String,
    pub(crate) what: What,
}

impl Asked {
    /// The path behind the repository's.
    pub(crate) fn rest(&self, path: &str) -> String {
        let ends = ["/info/refs", "/git-upload-pack", "/git-receive-pack"];
        ends.iter().find(|end| path.ends_with(**end)).map_or_else(String::new, |end| (*end).to_owned())
    }
}

/// What git asks for, if it is git.
pub(crate) fn asked(request: &Request) -> Option<Asked> {
    let service = |name: &str| request.query("service") == Some(name);
    let (path, what) = match request.method.as_str() {
        "GET" => {
            let path = request.path.strip_suffix("/info/refs")?;
            let push = service("git-receive-pack");
            (path, (push || service("git-upload-pack")).then_some(What::Refs { push })?)
        }
        "POST" => match request.path.strip_suffix("/git-upload-pack") {
            Some(path) => (path, What::Fetch),
            None => (request.path.strip_suffix("/git-receive-pack")?, What::Push),
        },
        _ => return None,
    };
    let path = decoded(path.trim_start_matches('/'), false);
    Some(Asked { repo: path.strip_suffix(".git").unwrap_or(&path).to_owned(), what })
}
