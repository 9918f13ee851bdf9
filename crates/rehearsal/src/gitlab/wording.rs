//! How GitLab says no.
//!
//! Sources: lib/api/helpers.rb ("render_api_error!", "not_allowed!"), lib/api/merge_requests.rb, and
//! app/models/merge_request.rb of gitlab-org/gitlab; docs.gitlab.com/security/rate_limits.

use serde_json::{Value, json};

use crate::http::answer::Answer;
use crate::http::dialect::PushRefusal;
use crate::limits::Refused;
use crate::model::account::Scope;
use crate::world::{Block, Refusal, State};

/// A refusal with one message.
pub(super) fn message(status: u16, text: impl Into<Value>) -> Answer {
    Answer::json(status, json!({ "message": text.into() }))
}

/// How a refusal is said.
pub(super) fn refused(state: &State, refusal: &Refusal, base: &str, path: &str) -> Answer {
    match refusal {
        Refusal::BadCredentials | Refusal::NeedsJwt => message(401, "401 Unauthorized"),
        Refusal::NotFound | Refusal::NoReference => message(404, "404 Not found"),
        Refusal::Missing(text) => message(404, *text),
        Refusal::Moved(id) => moved(state, *id, base, path),
        Refusal::Forbidden(Scope::Metadata) => insufficient_scope(),
        Refusal::Archived | Refusal::Forbidden(_) | Refusal::Workflow(_) => message(403, "403 Forbidden"),
        Refusal::AlreadyOpen { number, .. } => {
            let text = format!("Another open merge request already exists for this source branch: !{number}");
            message(409, json!([text]))
        }
        Refusal::NoCommits { .. } => message(422, json!(["The source branch holds nothing new"])),
        Refusal::Invalid { field: "head", .. } => {
            message(400, json!({ "source_branch": ["does not exist"] }))
        }
        Refusal::Invalid { field, message: Some(text), .. } => message(400, json!({ *field: [text] })),
        Refusal::Invalid { field, .. } => {
            Answer::json(400, json!({ "error": format!("{field} is missing") }))
        }
        Refusal::Malformed(text) => Answer::json(400, json!({ "error": text })),
        Refusal::HeadMoved(head) => message(409, format!("SHA does not match HEAD of source branch: {head}")),
        Refusal::Blocked(Block::Conflict) => message(422, "Branch cannot be merged"),
        Refusal::Protected(_) => message(401, "401 Unauthorized"),
        Refusal::Blocked(_) | Refusal::NotOpen | Refusal::AutoMerge(_) | Refusal::MethodOff(_) => {
            message(405, "405 Method Not Allowed")
        }
        Refusal::ReferenceExists => {
            message(400, "A branch already exists. Switch to that branch in order to make changes")
        }
        Refusal::NotFastForward | Refusal::Stale { .. } | Refusal::Git(_) => {
            message(400, refusal.to_string())
        }
    }
}

/// A token that may only read.
fn insufficient_scope() -> Answer {
    let body = json!({
        "error": "insufficient_scope",
        "error_description": "The request requires higher privileges than provided by the access token.",
        "scope": "api",
    });
    Answer::json(403, body)
}

fn moved(state: &State, id: u64, base: &str, path: &str) -> Answer {
    let rest: String = path.split('/').skip(5).map(|part| format!("/{part}")).collect();
    let known = state.repo(id).is_ok();
    let place = format!("{base}/api/v4/projects/{id}{rest}");
    if known {
        message(301, "301 Moved Permanently").with("location", place)
    } else {
        message(404, "404 Not found")
    }
}

/// How a reached limit is said.
pub(super) fn limited(refused: &Refused) -> Answer {
    // Limits of one operation are told in JSON, that of all by whatever stands in front.
    let own = ["Note", "Project"].iter().any(|unit| refused.limit.starts_with(unit));
    let answer = match own {
        true => {
            let text = "This endpoint has been requested too many times. Try again later.";
            message(429, json!({ "error": text }))
        }
        false => Answer::bytes(429, "text/plain", b"Retry later\n".to_vec()),
    };
    answer.with("retry-after", refused.retry_after.unwrap_or(60).to_string())
}

/// The words of a refused push.
pub(super) fn push(refusal: &Refusal) -> PushRefusal {
    match refusal {
        Refusal::Protected(_) => PushRefusal {
            remote: vec![
                "GitLab: You are not allowed to push code to protected branches on this project.".to_owned(),
            ],
            reason: "pre-receive hook declined".to_owned(),
        },
        other => PushRefusal {
            remote: vec![format!("GitLab: {other}")],
            reason: "pre-receive hook declined".to_owned(),
        },
    }
}
