//! Why a call is refused, in words and as a status of HTTP.

use crate::role::Role;

/// A no. What it says tells nothing about things the asker may not see.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody said who they are.
    #[error("this needs somebody who is known: sign in, or send `Authorization: Bearer fw_…`")]
    NotSignedIn,
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

fn or_owner(may: bool) -> &'static str {
    if may { " or the owner" } else { "" }
}

impl Refusal {
    /// The status it is answered with: 401 where it is not known who asks, 403 where it is.
    pub fn status(&self) -> u16 {
        match self {
            Refusal::NotSignedIn => 401,
            Refusal::Role { .. } | Refusal::Scope { .. } => 403,
        }
    }
}
