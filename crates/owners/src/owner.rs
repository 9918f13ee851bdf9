//! Who may own a path.

/// An owner as it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// `@user`; at GitLab it may be a group of the first level too.
    User(String),
    /// `@organisation/team`, or `@group/subgroup`, without the `@`.
    Group(String),
    /// `name@example.org`.
    Email(String),
    /// `@@maintainer`: GitLab's roles.
    Role(String),
}

impl Owner {
    /// Reads one word; `None` when it is no owner.
    pub fn parse(word: &str) -> Option<Owner> {
        let good = |name: &str| {
            !name.is_empty()
                && name.chars().all(|c| c.is_alphanumeric() || "-_./".contains(c))
                && !name.contains("//")
        };
        if let Some(role) = word.strip_prefix("@@") {
            return good(role).then(|| Owner::Role(role.to_owned()));
        }
        if let Some(name) = word.strip_prefix('@') {
            let whole = good(name) && !name.starts_with('/') && !name.ends_with('/');
            return whole.then(|| match name.contains('/') {
                true => Owner::Group(name.to_owned()),
                false => Owner::User(name.to_owned()),
            });
        }
        let (name, host) = word.split_once('@')?;
        let host_good = host.chars().all(|c| c.is_alphanumeric() || "-.".contains(c)) && host.contains('.');
        (!name.is_empty() && host_good).then(|| Owner::Email(word.to_owned()))
    }

    /// The catalog's reference: `group:default/team` for a group, by the last part of its path, and
    /// `user:default/name` for a user. An address and a role name nobody the catalog could know.
    pub fn entity_ref(&self) -> Option<String> {
        match self {
            Owner::User(name) => Some(format!("user:default/{}", name.to_lowercase())),
            Owner::Group(path) => {
                path.rsplit('/').next().map(|name| format!("group:default/{}", name.to_lowercase()))
            }
            Owner::Email(_) | Owner::Role(_) => None,
        }
    }
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Owner::User(name) | Owner::Group(name) => write!(f, "@{name}"),
            Owner::Email(address) => f.write_str(address),
            Owner::Role(role) => write!(f, "@@{role}"),
        }
    }
}
