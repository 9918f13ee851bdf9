//! Teams of a forge: GitHub's and Gitea's teams, GitLab's subgroups.

use serde::{Deserialize, Serialize};

/// A team with the people who are directly in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Team {
    /// Its whole path, as CODEOWNERS writes it behind the `@`: `acme/payments`, at GitLab also
    /// `acme/shop/payments`.
    pub path: String,
    /// What it is called below the organisation or group that was asked: `payments`; the parts of a
    /// path of several are joined by `-`, as Backstage does.
    pub slug: String,
    /// The name people read.
    pub name: String,
    /// What it is for; empty where nothing is said.
    pub description: String,
    /// The path of the team above it, if there is one below the same organisation.
    pub parent: Option<String>,
    /// The address of its picture; empty where there is none.
    pub picture: String,
    /// The people in it, without those who are only in a team below.
    pub members: Vec<Member>,
}

/// A person in a team.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Member {
    /// The name in addresses and mentions.
    pub login: String,
    /// The name people read; empty where the forge does not tell.
    pub name: String,
    /// The public address of e-mail; empty where there is none.
    pub email: String,
    /// The address of the picture; empty where there is none.
    pub picture: String,
}
