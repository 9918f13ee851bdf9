//! Projects.

use serde_json::{Value, json};

use super::time::time;
use crate::model::method::Method;
use crate::model::repo::Repo;
use crate::world::State;

/// A project, whole.
pub(in crate::gitlab) fn full(state: &State, base: &str, repo: &Repo) -> Value {
    let mut shown = short(base, repo);
    let methods = &repo.settings.methods;
    let squash = match (methods.contains(&Method::Squash), methods.len()) {
        (false, _) => "never",
        (true, 1) => "always",
        (true, _) => "default_off",
    };
    let rules = repo.settings.rules.clone().unwrap_or_default();
    let more = json!({
        "description": repo.settings.description,
        "topics": repo.settings.topics,
        "tag_list": repo.settings.topics,
        "archived": repo.settings.archived,
        "empty_repo": repo.tip(&repo.default_branch).is_none(),
        "visibility": if repo.settings.private { "private" } else { "public" },
        "created_at": time(repo.created_at),
        "last_activity_at": time(repo.pushed_at),
        "repository_access_level": "enabled",
        "merge_method": if methods.contains(&Method::Merge) || methods == &[Method::Squash] { "merge" } else { "ff" },
        "squash_option": squash,
        "only_allow_merge_if_pipeline_succeeds": !rules.checks.is_empty(),
        "only_allow_merge_if_all_discussions_are_resolved": false,
        "allow_merge_on_skipped_pipeline": true,
        "remove_source_branch_after_merge": repo.settings.delete_branch_on_merge,
        "merge_pipelines_enabled": rules.queue,
        "merge_trains_enabled": rules.queue,
        "statistics": { "repository_size": repo.bytes },
        "namespace": {
            "id": state.account(&repo.owner).id,
            "name": repo.owner,
            "path": repo.owner.rsplit('/').next(),
            "kind": "group",
            "full_path": repo.owner,
        },
    });
    if let (Some(shown), Value::Object(more)) = (shown.as_object_mut(), more) {
        shown.extend(more);
    }
    shown
}

/// A project, as webhooks name it.
pub(in crate::gitlab) fn short(base: &str, repo: &Repo) -> Value {
    let full = repo.full_name();
    json!({
        "id": repo.id,
        "name": repo.name,
        "path": repo.name,
        "name_with_namespace": full.replace('/', " / "),
        "path_with_namespace": full,
        "default_branch": repo.default_branch,
        "web_url": format!("{base}/{full}"),
        "http_url_to_repo": format!("{base}/{full}.git"),
    })
}
