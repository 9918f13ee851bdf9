//! What a call needs, and whether somebody may make it.

use std::fmt;

use crate::person::Person;
use crate::refusal::Refusal;
use crate::role::Role;

/// What a call needs. There is no default: a call says it, or there is no call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nobody in particular: health, metrics where the configuration says so, and signing in.
    Anybody,
    /// At least this role.
    Role(Role),
    /// At least this role, or the owner of what the call is about.
    RoleOrOwner(Role),
}

/// A call as access is concerned with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The call's name, as tokens name it.
    pub call: &'a str,
    /// What it needs.
    pub need: Need,
    /// Whether it changes nothing.
    pub reads: bool,
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Need::Anybody => f.write_str("anybody"),
            Need::Role(role) => write!(f, "{role}"),
            Need::RoleOrOwner(role) => write!(f, "{role} or owner"),
        }
    }
}

/// Decides whether `person` may do what has this `need`; `owns` is whether it is known that what it is about is
/// theirs.
///
/// # Errors
/// The refusal: 401 where nobody said who they are, 403 where they may not.
pub fn decide(person: Option<&Person>, need: Need, owns: bool) -> Result<(), Refusal> {
    let (needs, owner_may) = match need {
        Need::Anybody => return Ok(()),
        Need::Role(role) => (role, false),
        Need::RoleOrOwner(role) => (role, true),
    };
    let person = person.ok_or(Refusal::NotSignedIn)?;
    if person.role >= needs || owner_may && owns {
        return Ok(());
    }
    Err(Refusal::Role { name: person.name.clone(), has: person.role, needs, owner_may })
}

/// Decides whether `person` may make a call: what [`decide`] says, and within the scope of what they came in with.
///
/// # Errors
/// As [`decide`], and 403 where a token does not reach so far.
pub fn admit(person: Option<&Person>, asked: Asked<'_>, owns: bool) -> Result<(), Refusal> {
    decide(person, asked.need, owns)?;
    match person {
        Some(person) if asked.need != Need::Anybody && !person.scope.has(asked.call, asked.reads) => {
            Err(Refusal::Scope { call: asked.call.to_owned() })
        }
        _ => Ok(()),
    }
}
