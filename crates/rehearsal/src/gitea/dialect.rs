//! Gitea's HTTP: where its API is, who is asking, what a request costs.

use super::{headers, hooks, rest, wording};
use crate::http::answer::Answer;
use crate::http::call::Caller;
use crate::http::dialect::{Dialect, PushRefusal};
use crate::http::request::Request;
use crate::http::route::{Effect, Route};
use crate::limits::{Price, Refused, Standing, Unit};
use crate::world::{Event, Payload, Refusal, State, Voice};

/// Gitea, or Forgejo, which says the same and signs its webhooks under its own name too.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gitea {
    /// Whether it is Forgejo.
    pub forgejo: bool,
}

impl Voice for Gitea {
    fn payloads(&self, state: &State, event: &Event) -> Vec<Payload> {
        hooks::payloads(state, event)
    }

    fn headers(&self, secret: &str, event: &str, delivery: &str, body: &[u8]) -> Vec<(String, String)> {
        headers::delivery(self.forgejo, secret, (event, delivery), body)
    }
}

impl Dialect for Gitea {
    fn word(&self) -> &'static str {
        if self.forgejo { "forgejo" } else { "gitea" }
    }

    fn api_path<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix("/api/v1")
    }

    fn routes(&self) -> &'static [Route] {
        &rest::ROUTES
    }

    fn caller(&self, state: &State, request: &Request) -> Result<Caller, Refusal> {
        let tokens = request.tokens();
        if tokens.is_empty() {
            return Ok(Caller::Nobody);
        }
        let access = tokens.iter().find_map(|token| state.access(token).ok());
        access.map(|access| Caller::Token(Box::new(access))).ok_or(Refusal::BadCredentials)
    }

    /// Gitea limits nothing; whoever runs it may have a proxy in front that does.
    fn price(&self, route: &Route, _: &Request) -> Price {
        match route.effect {
            Effect::Free => Vec::new(),
            Effect::Creates | Effect::Comments => vec![(Unit::Call, 1), (Unit::Content, 1)],
            Effect::Reads | Effect::Writes => vec![(Unit::Call, 1)],
        }
    }

    fn refused(&self, state: &State, refusal: &Refusal, base: &str, path: &str) -> Answer {
        wording::refused(state, refusal, base, path)
    }

    fn unknown(&self, _: &Request) -> Answer {
        Answer::bytes(404, "text/plain; charset=utf-8", b"404 page not found\n".to_vec())
    }

    fn limited(&self, _: &Request, refused: &Refused, _: i64) -> Answer {
        let seconds = refused.retry_after.unwrap_or(60).to_string();
        Answer::page(429, "Too Many Requests").with("retry-after", seconds)
    }

    fn limit_headers(&self, _: &Request, _: &[Standing]) -> Vec<(String, String)> {
        Vec::new()
    }

    fn push_refusal(&self, _: &State, refusal: &Refusal, _: &Caller) -> PushRefusal {
        wording::push(refusal)
    }
}
