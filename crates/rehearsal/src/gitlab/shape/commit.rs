//! Commits.

use fleetwright_core::Oid;
use fleetwright_git::CommitFacts;
use serde_json::{Value, json};

use super::time::time;
use crate::model::repo::Repo;

/// A commit. Its tree is not told.
pub(in crate::gitlab) fn commit(base: &str, known: &Repo, oid: Oid, facts: &CommitFacts) -> Value {
    let at = time(facts.time * 1_000);
    json!({
        "id": oid,
        "short_id": oid.to_string()[..8],
        "created_at": at,
        "parent_ids": facts.parents,
        "title": facts.message.lines().next().unwrap_or_default(),
        "message": facts.message,
        "author_name": facts.author,
        "author_email": facts.author_email,
        "authored_date": at,
        "committer_name": facts.author,
        "committer_email": facts.author_email,
        "committed_date": at,
        "trailers": {},
        "extended_trailers": {},
        "web_url": format!("{base}/{}/-/commit/{oid}", known.full_name()),
    })
}
