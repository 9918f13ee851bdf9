//! Merges by request, now or when the pipeline succeeds, and the merge train.

use serde_json::Value;

use super::place::request;
use super::requests::answered;
use crate::http::answer::{Answer, Content};
use crate::http::call::Call;
use crate::model::account::Level;
use crate::model::method::Method;
use crate::world::{Block, MergeOrder, Refusal};

/// How the project merges when it is, or is not, asked to squash.
fn method(call: &Call<'_>, repo: u64) -> Result<Method, Refusal> {
    let methods = &call.state.repo(repo)?.settings.methods;
    let squash = call.body.get("squash").and_then(Value::as_bool).unwrap_or_default();
    let plain = if methods.contains(&Method::Merge) { Method::Merge } else { Method::Rebase };
    // A project that squashes always, or never, does so whatever is asked.
    let only = methods.as_slice() == [Method::Squash];
    let may = methods.contains(&Method::Squash);
    Ok(if only || squash && may { Method::Squash } else { plain })
}

/// Whether it is asked to squash where the project never does (app/services/merge_requests/squash_service.rb).
fn squashes_in_vain(call: &Call<'_>, repo: u64) -> Result<bool, Refusal> {
    let squash = call.body.get("squash").and_then(Value::as_bool).unwrap_or_default();
    Ok(squash && !call.state.repo(repo)?.settings.methods.contains(&Method::Squash))
}

fn head(call: &Call<'_>) -> Result<Option<fleetwright_core::Oid>, Refusal> {
    let wrong = Refusal::Malformed("sha is invalid".to_owned());
    call.text("sha").map(|sha| sha.parse().map_err(|_| wrong)).transpose()
}

/// `PUT /projects/{id}/merge_requests/{iid}/merge`.
pub(super) fn merge(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (repo, number) = request(call, Level::Write)?;
    let (method, head, by) = (method(call, repo)?, head(call)?, call.login()?);
    let flag = |name| call.body.get(name).and_then(Value::as_bool).unwrap_or_default();
    if flag("auto_merge") || flag("merge_when_pipeline_succeeds") {
        match call.state.auto_merge(repo, number, (method, head), &by) {
            Ok(()) => return answered(call, (repo, number), 200),
            // Nothing is to be waited for: it is merged now.
            Err(Refusal::AutoMerge(text)) if text.contains("clean status") => {}
            Err(other) => return Err(other),
        }
    }
    if squashes_in_vain(call, repo)? {
        let mut answer = answered(call, (repo, number), 200)?;
        if let Content::Json(request) = &mut answer.content {
            request["merge_error"] = Value::from(
                "Squashing not allowed: This project doesn't allow squashing commits when merge requests are accepted.",
            );
        }
        return Ok(answer);
    }
    let order = MergeOrder { head, ..MergeOrder::new(method, &by) };
    let merged = call.state.merge_pull(repo, number, &order);
    // The server looks at the state before it looks at the head.
    if let Err(Refusal::Blocked(Block::QueueOnly)) = merged {
        call.state.merge_now(repo, number, &order)?;
    } else {
        merged?;
    }
    answered(call, (repo, number), 200)
}

/// `POST /projects/{id}/merge_trains/merge_requests/{iid}`.
pub(super) fn train(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (repo, number) = request(call, Level::Write)?;
    let (head, by) = (head(call)?, call.login()?);
    match call.state.enqueue(repo, number, head, &by) {
        Ok(_) => answered(call, (repo, number), 201),
        Err(Refusal::Blocked(Block::Expected(_))) => {
            let method = method(call, repo)?;
            call.state.auto_merge(repo, number, (method, head), &by)?;
            answered(call, (repo, number), 202)
        }
        Err(other) => Err(other),
    }
}
