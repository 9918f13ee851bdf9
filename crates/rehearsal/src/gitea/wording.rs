//! How Gitea says no.
//!
//! Sources: services/context/api.go ("APIError"), routers/api/v1/api.go, routers/api/v1/repo/pull.go and
//! models/issues/pull.go of go-gitea/gitea.

use serde_json::json;

use crate::http::answer::Answer;
use crate::http::dialect::PushRefusal;
use crate::model::account::Scope;
use crate::world::{Block, Refusal, State};

/// A refusal with one message.
pub(super) fn message(status: u16, text: &str) -> Answer {
    Answer::json(status, json!({ "message": text, "url": "https://git.example/api/swagger" }))
}

/// How a refusal is said.
pub(super) fn refused(state: &State, refusal: &Refusal, base: &str, path: &str) -> Answer {
    match refusal {
        Refusal::BadCredentials | Refusal::NeedsJwt => message(401, "invalid username, password or token"),
        Refusal::NotFound | Refusal::NoReference | Refusal::Missing(_) => {
            let text = "The target couldn't be found.";
            Answer::json(
                404,
                json!({ "errors": [], "message": text, "url": "https://git.example/api/swagger" }),
            )
        }
        Refusal::Moved(id) => moved(state, *id, base, path),
        Refusal::Archived => message(423, "Repo is archived"),
        Refusal::Forbidden(scope) => message(403, &lacks(*scope)),
        Refusal::AlreadyOpen { branch, number } => {
            // `issue_id` is the number, `id` the row's.
            let text = format!(
                "pull request already exists for these targets [id: {}, issue_id: {number}, head_repo_id: 1, \
                 base_repo_id: 1, head_branch: {branch}, base_branch: main]",
                number + 4_000
            );
            message(409, &text)
        }
        Refusal::NoCommits { .. } => {
            message(422, "Invalid PullRequest: There are no changes between the head and the base")
        }
        // Which branch is missing is not told.
        Refusal::Invalid { field: "head" | "base", .. } => {
            Answer::json(404, json!({ "errors": [], "message": "The target couldn't be found." }))
        }
        Refusal::Invalid { field, .. } => message(422, &format!("[{field}]: Required")),
        Refusal::Malformed(text) => message(422, text),
        Refusal::HeadMoved(_) => message(409, "head out of date"),
        Refusal::Blocked(block) => blocked(block),
        Refusal::NotOpen => message(405, ""),
        Refusal::MethodOff(method) => message(
            405,
            &format!("{} is not allowed an allowed merge style for this repository", method.word()),
        ),
        Refusal::Protected(_) => message(405, "User not allowed to merge PR"),
        Refusal::Stale { .. } => message(422, "sha does not match"),
        Refusal::ReferenceExists => message(409, "The branch already exists."),
        Refusal::NotFastForward => message(409, "the branch has moved"),
        Refusal::Workflow(_) => message(403, &lacks(Scope::Contents)),
        Refusal::AutoMerge(text) => message(409, text),
        Refusal::Git(text) => message(422, text),
    }
}

/// routers/api/v1/api.go, "tokenRequiresScopes".
fn lacks(scope: Scope) -> String {
    let wanted = match scope {
        Scope::Issues => "write:issue",
        Scope::Members => "read:organization",
        _ => "write:repository",
    };
    format!(
        "token does not have at least one of required scope(s), required=[{wanted}], token scope=read:repository"
    )
}

/// services/pull/check.go and routers/api/v1/repo/pull.go.
fn blocked(block: &Block) -> Answer {
    match block {
        Block::Draft => message(405, "Work in progress PRs cannot be merged"),
        // What git said, and no message.
        Block::Conflict => Answer::json(
            409,
            json!({ "Style": "merge", "StdOut": "CONFLICT (content): Merge conflict", "StdErr": "", "Err": {} }),
        ),
        Block::Expected(_) | Block::Failed(_) => message(405, "Not all required status checks successful"),
        Block::Approvals { .. } => message(405, "Does not have enough approvals"),
        Block::ChangesRequested => message(405, "There are requested changes"),
        Block::Behind => message(405, "The head branch is behind the base branch"),
        Block::QueueOnly => message(405, "Please try again later"),
    }
}

fn moved(state: &State, id: u64, base: &str, path: &str) -> Answer {
    let Ok(repo) = state.repo(id) else { return message(404, "The target couldn't be found.") };
    let rest: String = path.split('/').skip(6).map(|part| format!("/{part}")).collect();
    Answer::empty(307).with("location", format!("{base}/api/v1/repos/{}{rest}", repo.full_name()))
}

/// The words of a refused push (routers/private/hook_pre_receive.go).
pub(super) fn push(refusal: &Refusal) -> PushRefusal {
    let text = match refusal {
        Refusal::Protected(branch) => format!("Gitea: Not allowed to push to protected branch {branch}"),
        other => format!("Gitea: {other}"),
    };
    PushRefusal { remote: vec![text], reason: "pre-receive hook declined".to_owned() }
}
