//! Commits, branches with their rules, and what a pull request changes.

use fleetwright_core::Oid;
use fleetwright_git::diff::patch;
use serde_json::{Value, json};

use super::checks::commit_of;
use super::pages::Page;
use crate::github::shape::commit::full;
use crate::github::shape::repo;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::model::repo::Rules;
use crate::world::Refusal;

/// How many commits of a branch are listed at most.
const MOST: usize = 1_000;

/// `GET /repos/{owner}/{repo}/commits/{ref}`.
pub(super) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Read)?;
    let oid = commit_of(call, id, call.param("ref"))?;
    if call.request.header("accept").is_some_and(|accept| accept.contains("sha")) {
        return Ok(Answer::bytes(
            200,
            "application/vnd.github.sha; charset=utf-8",
            oid.to_string().into_bytes(),
        ));
    }
    let facts = call.state.open(id)?.commit_info(oid)?;
    let mut shown = full(call.base, call.state.repo(id)?, oid, &facts);
    let files = files(call, id, facts.parents.first().copied(), oid)?;
    let lines: (u64, u64) = files.iter().fold((0, 0), |sum, file| {
        (sum.0 + file["additions"].as_u64().unwrap_or(0), sum.1 + file["deletions"].as_u64().unwrap_or(0))
    });
    shown["stats"] = json!({ "additions": lines.0, "deletions": lines.1, "total": lines.0 + lines.1 });
    shown["files"] = json!(files);
    Ok(Answer::ok(shown))
}

/// `GET /repos/{owner}/{repo}/commits`.
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Read)?;
    let name = match call.request.query("sha") {
        Some(name) => name.to_owned(),
        None => call.state.repo(id)?.default_branch.clone(),
    };
    let git = call.state.open(id)?;
    let mut at = Some(commit_of(call, id, &name)?);
    let mut found = Vec::new();
    while let Some(oid) = at.filter(|_| found.len() < MOST) {
        let facts = git.commit_info(oid)?;
        at = facts.parents.first().copied();
        found.push((oid, facts));
    }
    let known = call.state.repo(id)?;
    Ok(Page::of(call).list(call, found, |(oid, facts)| full(call.base, known, oid, &facts)))
}

/// What differs between two commits, file by file.
pub(super) fn files(call: &Call<'_>, id: u64, from: Option<Oid>, to: Oid) -> Result<Vec<Value>, Refusal> {
    let git = call.state.open(id)?;
    let before = from.map(|oid| git.tree_of(oid)).transpose()?;
    let edits = git.edits_between(before, Some(git.tree_of(to)?))?;
    let made = patch(&git, before, &edits)?;
    let own = repo::url(call.base, call.state.repo(id)?);
    let shown = made.files.iter().map(|file| {
        let path = file.path.to_string();
        let there = |tree: Option<Oid>| tree.and_then(|tree| git.find(tree, &file.path).ok().flatten());
        let (was, is) = (there(before), there(git.tree_of(to).ok()));
        let status = match (was.is_some(), is.is_some()) {
            (false, _) => "added",
            (true, false) => "removed",
            (true, true) => "modified",
        };
        json!({
            "sha": is.or(was).map(|entry| entry.oid),
            "filename": path,
            "status": status,
            "additions": file.added,
            "deletions": file.removed,
            "changes": file.added + file.removed,
            "blob_url": format!("{own}/blob/{to}/{path}"),
            "raw_url": format!("{own}/raw/{to}/{path}"),
            "contents_url": format!("{own}/contents/{path}?ref={to}"),
        })
    });
    Ok(shown.collect())
}

/// `GET /repos/{owner}/{repo}/pulls/{pull_number}/files`.
pub(super) fn of_pull_files(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Pulls, Level::Read)?;
    let pull = call.state.seen_pull(id, call.number("pull_number")?)?;
    let git = call.state.open(id)?;
    let fork = git.merge_base(pull.base_oid, pull.head_oid)?;
    let all = files(call, id, fork, pull.head_oid)?;
    Ok(Page::of(call).list(call, all, |file| file))
}

/// `GET /repos/{owner}/{repo}/pulls/{pull_number}/commits`.
pub(super) fn of_pull(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Pulls, Level::Read)?;
    let pull = call.state.seen_pull(id, call.number("pull_number")?)?;
    let git = call.state.open(id)?;
    let mut all = git.commits_between(pull.base_oid, pull.head_oid)?;
    all.reverse();
    let mut shown = Vec::new();
    for oid in all {
        shown.push(full(call.base, call.state.repo(id)?, oid, &git.commit_info(oid)?));
    }
    Ok(Page::of(call).list(call, shown, |commit| commit))
}

/// `GET /repos/{owner}/{repo}/branches/{branch}`.
pub(super) fn branch(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Read)?;
    let name = call.param("branch").to_owned();
    let known = call.state.repo(id)?;
    let missing = Refusal::Missing("Branch not found");
    let oid = known.tip(&name).ok_or(missing)?;
    let facts = call.state.open(id)?.commit_info(oid)?;
    let own = repo::url(call.base, known);
    let rules = known.rules_of(&name);
    let contexts = rules.map(|rules| rules.checks.clone()).unwrap_or_default();
    let checks: Vec<Value> = contexts.iter().map(|name| json!({ "context": name, "app_id": null })).collect();
    Ok(Answer::ok(json!({
        "name": name,
        "commit": full(call.base, known, oid, &facts),
        "_links": { "self": format!("{own}/branches/{name}"), "html": format!("{}/{}/tree/{name}", call.base, known.full_name()) },
        "protected": rules.is_some(),
        "protection": {
            "enabled": rules.is_some(),
            "required_status_checks": {
                "enforcement_level": if contexts.is_empty() { "off" } else { "non_admins" },
                "contexts": contexts,
                "checks": checks,
            },
        },
        "protection_url": format!("{own}/branches/{name}/protection"),
    })))
}

/// `GET /repos/{owner}/{repo}/branches/{branch}/protection`.
pub(super) fn protection(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Administration, Level::Read)?;
    let known = call.state.repo(id)?;
    let name = call.param("branch");
    let rules: &Rules = known.rules_of(name).ok_or(Refusal::Missing("Branch not protected"))?;
    let url = format!("{}/branches/{name}/protection", repo::url(call.base, known));
    let checks: Vec<Value> =
        rules.checks.iter().map(|name| json!({ "context": name, "app_id": null })).collect();
    let mut shown = json!({
        "url": url,
        "enforce_admins": { "url": format!("{url}/enforce_admins"), "enabled": true },
        "required_linear_history": { "enabled": false },
        "allow_force_pushes": { "enabled": false },
        "allow_deletions": { "enabled": false },
        "required_conversation_resolution": { "enabled": false },
    });
    if !rules.checks.is_empty() {
        shown["required_status_checks"] = json!({
            "url": format!("{url}/required_status_checks"),
            "strict": rules.strict,
            "contexts": rules.checks,
            "contexts_url": format!("{url}/required_status_checks/contexts"),
            "checks": checks,
        });
    }
    if rules.approvals > 0 {
        shown["required_pull_request_reviews"] = json!({
            "url": format!("{url}/required_pull_request_reviews"),
            "dismiss_stale_reviews": false,
            "require_code_owner_reviews": false,
            "required_approving_review_count": rules.approvals,
            "require_last_push_approval": false,
        });
    }
    Ok(Answer::ok(shown))
}

/// `GET /repos/{owner}/{repo}/rules/branches/{branch}`.
pub(super) fn rules(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Metadata, Level::Read)?;
    let known = call.state.repo(id)?;
    let Some(rules) = known.rules_of(call.param("branch")) else { return Ok(Answer::ok(json!([]))) };
    let rule = |kind: &str, parameters: Value| {
        json!({
            "type": kind,
            "ruleset_source_type": "Repository",
            "ruleset_source": known.full_name(),
            "ruleset_id": known.id,
            "parameters": parameters,
        })
    };
    let mut shown = Vec::new();
    if !rules.checks.is_empty() {
        let checks: Vec<Value> = rules.checks.iter().map(|name| json!({ "context": name })).collect();
        let parameters = json!({
            "required_status_checks": checks,
            "strict_required_status_checks_policy": rules.strict,
        });
        shown.push(rule("required_status_checks", parameters));
    }
    if rules.approvals > 0 {
        let parameters = json!({
            "required_approving_review_count": rules.approvals,
            "dismiss_stale_reviews_on_push": false,
            "require_code_owner_review": false,
            "require_last_push_approval": false,
            "required_review_thread_resolution": false,
        });
        shown.push(rule("pull_request", parameters));
    }
    if rules.queue {
        let parameters = json!({
            "check_response_timeout_minutes": 60,
            "grouping_strategy": "ALLGREEN",
            "max_entries_to_build": 5,
            "max_entries_to_merge": 5,
            "merge_method": "SQUASH",
            "min_entries_to_merge": 1,
            "min_entries_to_merge_wait_minutes": 0,
        });
        shown.push(rule("merge_queue", parameters));
    }
    Ok(Answer::ok(Value::Array(shown)))
}
