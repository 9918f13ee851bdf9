//! Repositories.

use serde_json::{Value, json};

use super::time::time;
use super::user::user;
use crate::model::method::Method;
use crate::model::repo::Repo;
use crate::world::State;

/// A repository.
pub(in crate::gitea) fn full(state: &State, base: &str, repo: &Repo) -> Value {
    let name = repo.full_name();
    let may = |method| repo.settings.methods.contains(&method);
    json!({
        "id": repo.id,
        "owner": user(base, &state.account(&repo.owner)),
        "name": repo.name,
        "full_name": name,
        "description": repo.settings.description.clone().unwrap_or_default(),
        "empty": repo.tip(&repo.default_branch).is_none(),
        "private": repo.settings.private,
        "fork": false,
        "template": false,
        "mirror": false,
        "size": repo.bytes / 1_024,
        "language": repo.settings.language.clone().unwrap_or_default(),
        "html_url": format!("{base}/{name}"),
        "url": format!("{base}/api/v1/repos/{name}"),
        "clone_url": format!("{base}/{name}.git"),
        "default_branch": repo.default_branch,
        "archived": repo.settings.archived,
        "created_at": time(repo.created_at),
        "updated_at": time(repo.pushed_at),
        "permissions": { "admin": true, "push": true, "pull": true },
        "has_code": true,
        "has_pull_requests": true,
        "allow_merge_commits": may(Method::Merge),
        "allow_rebase": may(Method::Rebase),
        "allow_rebase_explicit": may(Method::Rebase),
        "allow_squash_merge": may(Method::Squash),
        "topics": repo.settings.topics,
    })
}
