//! GitHub's words when it says no.
//!
//! Sources: docs.github.com, the adapters and clients that match on these words (go-github,
//! multi-gitter, Renovate), and limits-and-trust.md §2.1.

use serde_json::{Value, json};

use crate::http::answer::Answer;
use crate::http::call::Caller;
use crate::http::dialect::PushRefusal;
use crate::http::request::Request;
use crate::limits::Refused;
use crate::model::account::{Scope, TokenKind};
use crate::model::method::Method;
use crate::world::{Block, Refusal};

const DOCS: &str = "https://docs.github.com/rest";

/// An error with a message only.
pub(super) fn message(status: u16, text: &str) -> Answer {
    Answer::json(status, json!({ "message": text, "documentation_url": DOCS, "status": status.to_string() }))
}

/// How a missing permission is said to a person's token; to an App's it is "by integration".
pub(super) fn person_lacks() -> Answer {
    message(403, "Resource not accessible by personal access token")
}

fn validation(errors: &Value) -> Answer {
    let body = json!({
        "message": "Validation Failed",
        "errors": errors,
        "documentation_url": DOCS,
        "status": "422",
    });
    Answer::json(422, body)
}

/// How a refusal is said.
pub(super) fn refused(refusal: &Refusal, base: &str, path: &str) -> Answer {
    match refusal {
        Refusal::BadCredentials => message(401, "Bad credentials"),
        Refusal::NotFound => message(404, "Not Found"),
        Refusal::Missing(text) => message(404, text),
        Refusal::NeedsJwt => message(401, "A JSON web token could not be decoded"),
        Refusal::Stale { path, given } => message(409, &format!("{path} does not match {given}")),
        Refusal::Moved(id) => moved(*id, base, path),
        Refusal::Archived => message(403, "Repository was archived so is read-only."),
        Refusal::Forbidden(_) => message(403, "Resource not accessible by integration"),
        Refusal::AlreadyOpen { branch, .. } => {
            let owner = path.split('/').nth(2).unwrap_or_default();
            custom("PullRequest", &format!("A pull request already exists for {owner}:{branch}."))
        }
        Refusal::NoCommits { base, head } => {
            custom("PullRequest", &format!("No commits between {base} and {head}"))
        }
        // Reviews are refused in a shorter form than all else.
        Refusal::Invalid { resource: "PullRequestReview", message: Some(text), .. } => {
            let body =
                json!({ "message": "Unprocessable Entity", "errors": [text], "documentation_url": DOCS });
            Answer::json(422, body)
        }
        Refusal::Invalid { resource, field, code, message } => {
            let mut error = json!({ "resource": resource, "field": field, "code": code });
            if let Some(message) = message {
                error["message"] = json!(message);
            }
            validation(&json!([error]))
        }
        Refusal::Malformed(text) if text == "Problems parsing JSON" => message(400, text),
        Refusal::Malformed(text) => message(422, text),
        Refusal::HeadMoved(_) => message(409, "Head branch was modified. Review and try the merge again."),
        Refusal::Blocked(block) => message(405, &blocked(block)),
        Refusal::NotOpen => message(405, "Pull Request is not mergeable"),
        Refusal::MethodOff(method) => message(405, method_off(*method)),
        Refusal::Protected(branch) => message(
            422,
            &format!("Changes must be made through a pull request. Branch {branch} is protected."),
        ),
        Refusal::ReferenceExists => message(422, "Reference already exists"),
        Refusal::NoReference => message(422, "Reference does not exist"),
        Refusal::NotFastForward => message(422, "Update is not a fast forward"),
        Refusal::Workflow(_) => message(403, "Resource not accessible by integration"),
        Refusal::AutoMerge(text) => message(422, text),
        Refusal::Git(text) => message(422, &format!("Git: {text}")),
    }
}

fn custom(resource: &str, text: &str) -> Answer {
    validation(&json!([{ "resource": resource, "code": "custom", "message": text }]))
}

fn moved(id: u64, base: &str, path: &str) -> Answer {
    let rest: String = path.split('/').skip(4).map(|part| format!("/{part}")).collect();
    let place = format!("{base}/repositories/{id}{rest}");
    let body = json!({ "message": "Moved Permanently", "url": place, "documentation_url": DOCS });
    Answer::json(301, body).with("location", place)
}

/// Why a merge is refused.
pub(super) fn blocked(block: &Block) -> String {
    match block {
        Block::Draft => "Pull Request is still a draft".to_owned(),
        Block::Conflict => "Pull Request is not mergeable".to_owned(),
        Block::Expected(name) => format!("Required status check \"{name}\" is expected."),
        Block::Failed(name) => format!("Required status check \"{name}\" is failing."),
        Block::Approvals { wanted } => {
            let s = if *wanted == 1 { "review is" } else { "reviews are" };
            format!("At least {wanted} approving {s} required by reviewers with write access.")
        }
        Block::ChangesRequested => "Changes have been requested by a reviewer with write access.".to_owned(),
        Block::Behind => "Head branch is out of date. Review and try the merge again.".to_owned(),
        Block::QueueOnly => "Changes must be made through the merge queue".to_owned(),
    }
}

fn method_off(method: Method) -> &'static str {
    match method {
        Method::Merge => "Merge commits are not allowed on this repository.",
        Method::Squash => "Squash merges are not allowed on this repository.",
        Method::Rebase => "Rebase merges are not allowed on this repository.",
    }
}

/// How a reached limit is said: 403 or 429, and GraphQL's primary one in a 200.
pub(super) fn limited(request: &Request, refused: &Refused) -> Answer {
    let graphql = request.path.ends_with("/graphql");
    if graphql && refused.told {
        let error = json!({ "type": "RATE_LIMITED", "message": "API rate limit exceeded for this user." });
        return Answer::ok(json!({ "errors": [error] }));
    }
    let text = match (refused.told, refused.limit.starts_with("Content")) {
        (true, _) => {
            "API rate limit exceeded for this user. If you reach out to GitHub Support for help, \
            please include the request ID."
        }
        (false, true) => {
            "You have exceeded a secondary rate limit and have been temporarily blocked from \
            content creation. Please retry your request again later."
        }
        (false, false) => {
            "You have exceeded a secondary rate limit. Please wait a few minutes before you \
            try again."
        }
    };
    // Both are documented; which one comes is not.
    let status = if refused.while_blocked { 429 } else { 403 };
    let answer = message(status, text);
    match refused.retry_after {
        Some(seconds) => answer.with("retry-after", seconds.to_string()),
        None => answer,
    }
}

/// The words of a refused push.
pub(super) fn push(refusal: &Refusal, caller: &Caller) -> PushRefusal {
    match refusal {
        Refusal::Protected(branch) => PushRefusal {
            remote: vec![
                format!("error: GH006: Protected branch update failed for refs/heads/{branch}."),
                "error: Changes must be made through a pull request.".to_owned(),
            ],
            reason: "protected branch hook declined".to_owned(),
        },
        Refusal::Workflow(file) => PushRefusal { remote: Vec::new(), reason: workflow(file, caller) },
        other => PushRefusal { remote: vec![format!("error: {other}")], reason: "declined".to_owned() },
    }
}

fn workflow(file: &str, caller: &Caller) -> String {
    let kind = match caller {
        Caller::Token(access) => access.credential.kind,
        Caller::App(_) | Caller::Nobody => TokenKind::Personal,
    };
    let word = Scope::Workflows.word();
    match kind {
        TokenKind::Installation { .. } => {
            format!(
                "refusing to allow a GitHub App to create or update workflow `{file}` without `{word}` permission"
            )
        }
        TokenKind::Personal | TokenKind::FineGrained => format!(
            "refusing to allow a Personal Access Token to create or update workflow `{file}` without `workflow` scope"
        ),
    }
}
