//! Teams of an organisation.

/// A team. GitLab has a group below a group instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// The forge's number for it.
    pub id: u64,
    /// The organisation.
    pub org: String,
    /// Its name in addresses.
    pub slug: String,
    /// The name people read.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The slug of the team above it.
    pub parent: Option<String>,
    /// The names of the people who are directly in it.
    pub members: Vec<String>,
}
