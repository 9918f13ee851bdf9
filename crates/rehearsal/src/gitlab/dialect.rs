//! GitLab's HTTP: where its API is, who is asking, what a request costs.

use super::{headers, hooks, rest, wording};
use crate::http::answer::Answer;
use crate::http::call::Caller;
use crate::http::dialect::{Dialect, PushRefusal};
use crate::http::request::Request;
use crate::http::route::{Effect, Route};
use crate::limits::{Price, Refused, Standing, Unit};
use crate::world::{Event, Payload, Refusal, State, Voice};

/// GitLab, as gitlab.com or self-managed, with its API below `/api/v4`.
#[derive(Debug, Clone, Copy, Default)]
pub struct GitLab;

impl Voice for GitLab {
    fn payloads(&self, state: &State, event: &Event) -> Vec<Payload> {
        hooks::payloads(state, event)
    }

    fn headers(&self, secret: &str, event: &str, delivery: &str, _: &[u8]) -> Vec<(String, String)> {
        headers::delivery(secret, event, delivery)
    }
}

impl Dialect for GitLab {
    fn word(&self) -> &'static str {
        "gitlab"
    }

    fn api_path<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix("/api/v4")
    }

    fn routes(&self) -> &'static [Route] {
        &rest::ROUTES
    }

    fn caller(&self, state: &State, request: &Request) -> Result<Caller, Refusal> {
        let own = request.header("private-token").map(str::to_owned);
        let tokens: Vec<String> = own.into_iter().chain(request.tokens()).collect();
        let access = tokens.iter().find_map(|token| state.access(token).ok());
        access.map(|access| Caller::Token(Box::new(access))).ok_or(Refusal::BadCredentials)
    }

    fn price(&self, route: &Route, _: &Request) -> Price {
        match route.effect {
            Effect::Free => Vec::new(),
            Effect::Comments => vec![(Unit::Call, 1), (Unit::Note, 1), (Unit::Content, 1)],
            Effect::Creates => vec![(Unit::Call, 1), (Unit::Content, 1)],
            Effect::Reads if route.path == "/projects/{id}" => vec![(Unit::Call, 1), (Unit::Project, 1)],
            Effect::Reads | Effect::Writes => vec![(Unit::Call, 1)],
        }
    }

    fn refused(&self, state: &State, refusal: &Refusal, base: &str, path: &str) -> Answer {
        wording::refused(state, refusal, base, path)
    }

    fn unknown(&self, _: &Request) -> Answer {
        Answer::json(404, serde_json::json!({ "error": "404 Not Found" }))
    }

    fn limited(&self, _: &Request, refused: &Refused, _: i64) -> Answer {
        wording::limited(refused)
    }

    fn limit_headers(&self, _: &Request, standing: &[Standing]) -> Vec<(String, String)> {
        headers::limits(standing)
    }

    fn push_refusal(&self, _: &State, refusal: &Refusal, _: &Caller) -> PushRefusal {
        wording::push(refusal)
    }
}
