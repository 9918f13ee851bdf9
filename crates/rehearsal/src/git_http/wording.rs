//! How the git door says no.

use super::asked::Asked;
use crate::http::answer::Answer;
use crate::http::request::Request;
use crate::model::account::Scope;
use crate::world::{Refusal, State};

/// The answer to somebody who may not come in.
pub(crate) fn closed(state: &State, refusal: &Refusal, asked: &Asked, request: &Request) -> Answer {
    let text = |status, text: &str| Answer::bytes(status, "text/plain; charset=utf-8", text.into());
    match refusal {
        Refusal::BadCredentials if request.header("authorization").is_none() => {
            text(401, "No anonymous write access.\n").with("www-authenticate", "Basic realm=\"GitHub\"")
        }
        Refusal::BadCredentials => text(
            401,
            "Invalid username or token. Password authentication is not supported for Git operations.\n",
        )
        .with("www-authenticate", "Basic realm=\"GitHub\""),
        Refusal::Moved(id) => {
            let name = state.repo(*id).map(crate::model::repo::Repo::full_name).unwrap_or_default();
            let rest = asked.rest(&request.path);
            let query = request.query("service").map(|service| format!("?service={service}"));
            let place = format!("{}/{name}.git{rest}{}", state.url(), query.unwrap_or_default());
            Answer::empty(301).with("location", place)
        }
        Refusal::Forbidden(Scope::Contents) => text(403, "Write access to repository not granted.\n"),
        Refusal::Forbidden(_) => text(403, "Permission to the repository denied.\n"),
        Refusal::Archived => text(403, "This repository was archived so it is read-only.\n"),
        Refusal::NotFound => text(404, "Repository not found.\n"),
        other => text(500, &format!("{other}\n")),
    }
}
