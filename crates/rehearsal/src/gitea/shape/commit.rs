//! Commits.

use fleetwright_core::Oid;
use fleetwright_git::CommitFacts;
use serde_json::{Value, json};

use super::time::time;
use crate::model::repo::Repo;

/// A commit of the git database.
pub(in crate::gitea) fn commit(base: &str, known: &Repo, oid: Oid, facts: &CommitFacts) -> Value {
    let own = format!("{base}/api/v1/repos/{}/git", known.full_name());
    let at = time(facts.time * 1_000);
    let person = json!({ "name": facts.author, "email": facts.author_email, "date": at });
    let parents: Vec<Value> = facts
        .parents
        .iter()
        .map(|parent| json!({ "sha": parent, "url": format!("{own}/commits/{parent}"), "created": at }))
        .collect();
    json!({
        "url": format!("{own}/commits/{oid}"),
        "sha": oid,
        "created": at,
        "html_url": format!("{base}/{}/commit/{oid}", known.full_name()),
        "commit": {
            "url": format!("{own}/commits/{oid}"),
            "author": person,
            "committer": person,
            "message": facts.message,
            "tree": { "url": format!("{own}/trees/{}", facts.tree), "sha": facts.tree, "created": at },
        },
        "author": null,
        "committer": null,
        "parents": parents,
        "files": null,
        "stats": null,
    })
}

/// A commit, as a branch shows its tip.
pub(in crate::gitea) fn short(base: &str, known: &Repo, oid: Oid, facts: &CommitFacts) -> Value {
    json!({
        "id": oid,
        "message": facts.message,
        "url": format!("{base}/{}/commit/{oid}", known.full_name()),
        "timestamp": time(facts.time * 1_000),
    })
}
