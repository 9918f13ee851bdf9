//! Everything that repositories declare, with whose it is.

use std::collections::BTreeMap;

use fleetwright_infra::{Declared, DeclaredKind, whose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::around::Around;
use super::source::Which;
use crate::error::EngineError;
use crate::fleet::Fleet;

/// What is asked for; what is empty does not narrow it.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Names and globs of repositories.
    pub repos: Vec<String>,
    /// Formats.
    pub formats: Vec<DeclaredKind>,
    /// Kinds, such as `Deployment` or `aws_s3_bucket`, in any case.
    pub kinds: Vec<String>,
    /// The owner: a reference, or the name of a group or user alone.
    pub owner: Option<String>,
}

/// One declared thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Listed {
    /// The format, such as `kubernetes`.
    pub format: String,
    /// The kind, such as `Deployment`.
    pub kind: String,
    /// The namespace; empty when none is written.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The repository.
    pub repo: String,
    /// The file.
    pub file: String,
    /// The line it begins at, from 1.
    pub line: u32,
    /// The reference of its component; empty when it is not known.
    pub component: String,
    /// The reference of its owner; empty when it is not known.
    pub owner: String,
}

/// Lists what repositories declare, by repository and place; also how many repositories were looked at.
///
/// # Errors
/// When a glob is none, no repository has that name, or the database fails.
pub async fn list(fleet: &Fleet, asked: &Asked) -> Result<(Vec<Listed>, usize), EngineError> {
    let which = Which::new(&asked.repos)?;
    let repos = which.of(fleet).await?;
    let ids: BTreeMap<i64, &str> = repos.iter().map(|row| (row.id, row.name.as_str())).collect();
    let around = Around::of(fleet.store.entities().await?);
    let only = if let [one] = repos.as_slice() { Some(one.id) } else { None };
    let mut listed = Vec::new();
    for (repo, row) in fleet.store.declared(only).await? {
        let Some(name) = ids.get(&repo) else { continue };
        let wanted = asked.formats.is_empty() || asked.formats.iter().any(|each| each.name() == row.format);
        let wanted_kind =
            asked.kinds.is_empty() || asked.kinds.iter().any(|kind| kind.eq_ignore_ascii_case(&row.kind));
        if !wanted || !wanted_kind {
            continue;
        }
        // A row of an older version that cannot be read still is what it is; nothing is known of whose.
        let read = serde_json::from_str::<Declared>(&row.body).ok();
        let whose = read.map(|each| whose(&each, around.of_repo(repo, name, ""))).unwrap_or_default();
        if asked.owner.as_deref().is_some_and(|owner| !is_owner(owner, &whose.owner)) {
            continue;
        }
        listed.push(Listed {
            format: row.format,
            kind: row.kind,
            namespace: row.namespace,
            name: row.name,
            repo: (*name).to_owned(),
            file: row.path,
            line: row.line,
            component: whose.component,
            owner: whose.owner,
        });
    }
    listed.sort_by(|a, b| (&a.repo, &a.file, a.line).cmp(&(&b.repo, &b.file, b.line)));
    Ok((listed, repos.len()))
}

/// Whether a reference is the one a person means: `payments` is `group:default/payments`.
fn is_owner(asked: &str, owner: &str) -> bool {
    let asked = asked.to_lowercase();
    let (_, full) = owner.split_once(':').unwrap_or(("", owner));
    owner == asked
        || full == asked
        || full.strip_prefix("default/") == Some(asked.as_str())
        || owner.replacen(":default/", ":", 1) == asked
}
