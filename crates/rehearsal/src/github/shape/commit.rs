//! Commits.

use fleetwright_core::Oid;
use fleetwright_git::CommitFacts;
use serde_json::{Value, json};

use super::node::node;
use super::repo;
use super::time::time;
use crate::model::repo::Repo;

/// That nobody signed it.
pub(in crate::github) fn unsigned() -> Value {
    json!({ "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null })
}

fn person(facts: &CommitFacts) -> Value {
    json!({ "name": facts.author, "email": facts.author_email, "date": time(facts.time * 1_000) })
}

fn parents(base: &str, known: &Repo, facts: &CommitFacts, below: &str) -> Vec<Value> {
    let own = repo::url(base, known);
    let shown = facts.parents.iter().map(|parent| {
        json!({
            "sha": parent,
            "url": format!("{own}/{below}/{parent}"),
            "html_url": format!("{base}/{}/commit/{parent}", known.full_name()),
        })
    });
    shown.collect()
}

/// A commit of the git database.
pub(in crate::github) fn plain(base: &str, known: &Repo, oid: Oid, facts: &CommitFacts) -> Value {
    let own = repo::url(base, known);
    json!({
        "sha": oid,
        "node_id": node("C", &[&known.id.to_string(), &oid.to_string()]),
        "url": format!("{own}/git/commits/{oid}"),
        "html_url": format!("{base}/{}/commit/{oid}", known.full_name()),
        "author": person(facts),
        "committer": person(facts),
        "message": facts.message,
        "tree": { "sha": facts.tree, "url": format!("{own}/git/trees/{}", facts.tree) },
        "parents": parents(base, known, facts, "git/commits"),
        "verification": unsigned(),
    })
}

/// A commit of a repository.
pub(in crate::github) fn full(base: &str, known: &Repo, oid: Oid, facts: &CommitFacts) -> Value {
    let own = repo::url(base, known);
    json!({
        "sha": oid,
        "node_id": node("C", &[&known.id.to_string(), &oid.to_string()]),
        "commit": {
            "author": person(facts),
            "committer": person(facts),
            "message": facts.message,
            "tree": { "sha": facts.tree, "url": format!("{own}/git/trees/{}", facts.tree) },
            "url": format!("{own}/git/commits/{oid}"),
            "comment_count": 0,
            "verification": unsigned(),
        },
        "url": format!("{own}/commits/{oid}"),
        "html_url": format!("{base}/{}/commit/{oid}", known.full_name()),
        "comments_url": format!("{own}/commits/{oid}/comments"),
        "author": null,
        "committer": null,
        "parents": parents(base, known, facts, "commits"),
    })
}
