//! Repositories.

use serde_json::{Map, Value, json};

use super::node::{self, extend};
use super::time::time;
use super::user::user;
use crate::model::method::Method;
use crate::model::repo::Repo;
use crate::world::State;

/// Addresses below a repository's, all of which GitHub lists.
const BELOW: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

/// A repository's address in the API.
pub(in crate::github) fn url(base: &str, repo: &Repo) -> String {
    format!("{base}/repos/{}", repo.full_name())
}

/// A repository as it stands in lists.
pub(in crate::github) fn minimal(state: &State, base: &str, repo: &Repo) -> Value {
    let own = url(base, repo);
    let full = repo.full_name();
    let mut addresses = Map::new();
    for (name, end) in BELOW {
        addresses.insert(name.to_owned(), json!(format!("{own}{end}")));
    }
    let mut shown = json!({
        "id": repo.id,
        "node_id": node::repo(repo.id),
        "name": repo.name,
        "full_name": full,
        "private": repo.settings.private,
        "owner": user(base, &state.account(&repo.owner)),
        "html_url": format!("{base}/{full}"),
        "description": repo.settings.description,
        "fork": false,
        "created_at": time(repo.created_at),
        "updated_at": time(repo.pushed_at),
        "pushed_at": time(repo.pushed_at),
        "git_url": format!("git:{}/{full}.git", base.trim_start_matches("http:")),
        "ssh_url": format!("ssh://git@127.0.0.1/{full}.git"),
        "clone_url": format!("{base}/{full}.git"),
        "svn_url": format!("{base}/{full}"),
    });
    extend(&mut shown, Value::Object(addresses));
    extend(&mut shown, traits(repo));
    shown
}

/// What a repository is like, as far as lists tell.
fn traits(repo: &Repo) -> Value {
    let open = repo.pulls.values().filter(|pull| pull.is_open()).count();
    json!({
        "homepage": null,
        "size": repo.bytes / 1_024,
        "stargazers_count": 0,
        "watchers_count": 0,
        "language": repo.settings.language,
        "has_issues": true,
        "has_projects": false,
        "has_downloads": true,
        "has_wiki": false,
        "has_pages": false,
        "has_discussions": false,
        "forks_count": 0,
        "mirror_url": null,
        "archived": repo.settings.archived,
        "disabled": false,
        "open_issues_count": open,
        "license": null,
        "allow_forking": true,
        "is_template": false,
        "web_commit_signoff_required": false,
        "topics": repo.settings.topics,
        "visibility": if repo.settings.private { "private" } else { "public" },
        "forks": 0,
        "open_issues": open,
        "watchers": 0,
        "default_branch": repo.default_branch,
        "permissions": { "admin": false, "maintain": false, "push": true, "triage": true, "pull": true },
    })
}

/// A repository by itself.
pub(in crate::github) fn full(state: &State, base: &str, repo: &Repo) -> Value {
    let mut shown = minimal(state, base, repo);
    let allows = |method| repo.settings.methods.contains(&method);
    let more = json!({
        "allow_squash_merge": allows(Method::Squash),
        "allow_merge_commit": allows(Method::Merge),
        "allow_rebase_merge": allows(Method::Rebase),
        "allow_auto_merge": repo.settings.auto_merge,
        "delete_branch_on_merge": repo.settings.delete_branch_on_merge,
        "allow_update_branch": false,
        "use_squash_pr_title_as_default": false,
        "squash_merge_commit_title": "COMMIT_OR_PR_TITLE",
        "squash_merge_commit_message": "COMMIT_MESSAGES",
        "merge_commit_title": "MERGE_MESSAGE",
        "merge_commit_message": "PR_TITLE",
        "network_count": 0,
        "subscribers_count": 0,
    });
    extend(&mut shown, more);
    shown
}
