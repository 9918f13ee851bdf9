//! Why a call is refused, in words and as a status of HTTP.

use crate::role::Role;

/// A no. What it says tells nothing about things the asker may not see.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody said who they are.
    #[error("this needs somebody who is known: sign in, or send `Authorization: Bearer fw_…`")]
    NotSignedIn,
    /// What was sent is no credential of ours.
    #[error("this token or session is not known here: sign in again, or make a new token")]
    Unknown,
    /// It was good once.
    #[error("this token or session has expired: sign in again, or make a new token")]
    Expired,
    /// Somebody ended it.
    #[error("this token, session or link was revoked or used up: sign in again, or make a new token")]
    Ended,
    /// What is stored about it cannot be read.
    #[error(
        "what is stored about this token or session cannot be read: make a new one, and run `fleetwright doctor`"
    )]
    Unreadable,
    /// A browser sent it from another site.
    #[error("this request came from another site{}: open the page itself", shown(.from))]
    OtherSite {
        /// The site, where it is known.
        from: Option<String>,
    },
    /// Too many requests.
    #[error("too many requests: wait {seconds} s")]
    TooMany {
        /// How long to wait, in seconds.
        seconds: u64,
    },
    /// A provider vouches for them, and nobody gave them a role.
    #[error("{name} is known to the provider, and in no group that has a role here: ask an admin")]
    NoRole {
        /// Who.
        name: String,
    },
    /// Somebody else came with this name before.
    #[error(
        "another person is called {name} here: an admin has to look, and the provider to name one of them otherwise"
    )]
    NameTaken {
        /// The name.
        name: String,
    },
    /// The role is too low.
    #[error("{name} is {has}, and this needs {needs}{}: ask an admin", or_owner(*.owner_may))]
    Role {
        /// Who asked.
        name: String,
        /// Their role.
        has: Role,
        /// The least role that may.
        needs: Role,
        /// Whether the owner might, too.
        owner_may: bool,
    },
    /// The token does not reach so far.
    #[error("this token may not call `{call}`: make one with a wider scope")]
    Scope {
        /// The call.
        call: String,
    },
}

fn shown(from: &Option<String>) -> String {
    from.as_ref().map(|from| format!(" ({from})")).unwrap_or_default()
}

fn or_owner(may: bool) -> &'static str {
    if may { " or the owner" } else { "" }
}

impl Refusal {
    /// The status it is answered with: 401 where it is not known who asks, 403 where they may not,
    /// 429 where they asked too often.
    pub fn status(&self) -> u16 {
        match self {
            Refusal::NotSignedIn
            | Refusal::Unknown
            | Refusal::Expired
            | Refusal::Ended
            | Refusal::Unreadable => 401,
            Refusal::Role { .. }
            | Refusal::Scope { .. }
            | Refusal::OtherSite { .. }
            | Refusal::NoRole { .. }
            | Refusal::NameTaken { .. } => 403,
            Refusal::TooMany { .. } => 429,
        }
    }
}
