//! Who asks.

use serde::Serialize;

use crate::role::Role;
use crate::scope::Scope;

/// By which door somebody came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Via {
    /// With a token, by its id, which is no secret.
    Token(String),
    /// With a session that a one-time link began.
    Session,
    /// With a session that the provider of OpenID Connect vouched for.
    Oidc,
    /// At the machine itself, whose files decide.
    Local,
}

/// Somebody who is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The name that the log and approvals know.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The groups they are in, as whole references such as `group:default/payments`.
    pub groups: Vec<String>,
    /// How they came in.
    pub via: Via,
    /// Which calls they may make.
    pub scope: Scope,
}

impl Person {
    /// Whoever sits at the machine: its files are theirs already.
    pub fn local(name: impl Into<String>) -> Person {
        let name = name.into();
        Person { name, role: Role::Admin, groups: Vec::new(), via: Via::Local, scope: Scope::All }
    }

    /// Whether something with this owner, a whole reference, is theirs: their own or that of a group of theirs.
    pub fn owns(&self, owner: &str) -> bool {
        let user = owner.strip_prefix("user:default/");
        user.is_some_and(|name| name.eq_ignore_ascii_case(&self.name))
            || self.groups.iter().any(|group| group.eq_ignore_ascii_case(owner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mine_or_my_groups_is_owned() {
        let ada = Person { groups: vec!["group:default/payments".into()], ..Person::local("ada") };
        assert!(ada.owns("group:default/payments"));
        assert!(ada.owns("Group:default/Payments"));
        assert!(ada.owns("user:default/ada"));
        for other in ["group:default/pay", "group:other/payments", "user:other/ada", "ada", ""] {
            assert!(!ada.owns(other), "{other}");
        }
    }
}
