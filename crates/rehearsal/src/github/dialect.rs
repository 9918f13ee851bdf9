//! GitHub's HTTP: where its API is, who is asking, what a request costs.

use super::{headers, hooks, jwt, rest, wording};
use crate::http::answer::Answer;
use crate::http::call::Caller;
use crate::http::dialect::{Dialect, PushRefusal};
use crate::http::request::Request;
use crate::http::route::{Effect, Route};
use crate::limits::{Price, Refused, Standing, Unit};
use crate::model::account::TokenKind;
use crate::world::{Event, Payload, Refusal, State, Voice};

/// GitHub, as github.com or as an Enterprise Server below `/api/v3`.
#[derive(Debug, Clone, Copy, Default)]
pub struct GitHub;

impl Voice for GitHub {
    fn payloads(&self, state: &State, event: &Event) -> Vec<Payload> {
        hooks::payloads(state, event)
    }

    fn headers(&self, secret: &str, event: &str, delivery: &str, body: &[u8]) -> Vec<(String, String)> {
        headers::delivery(secret, event, delivery, body)
    }
}

impl Dialect for GitHub {
    fn word(&self) -> &'static str {
        "github"
    }

    fn api_path<'a>(&self, path: &'a str) -> Option<&'a str> {
        Some(path.strip_prefix("/api/v3").or_else(|| path.strip_prefix("/api")).unwrap_or(path))
    }

    fn routes(&self) -> &'static [Route] {
        rest::ROUTES
    }

    fn caller(&self, state: &State, request: &Request) -> Result<Caller, Refusal> {
        let tokens = request.tokens();
        let Some(first) = tokens.first() else { return Ok(Caller::Nobody) };
        if first.starts_with("eyJ") {
            return jwt::app(state, first).map(Caller::App).ok_or(Refusal::BadCredentials);
        }
        let access = tokens.iter().find_map(|token| state.access(token).ok());
        access.map(|access| Caller::Token(Box::new(access))).ok_or(Refusal::BadCredentials)
    }

    fn price(&self, route: &Route, request: &Request) -> Price {
        match route.effect {
            Effect::Free => Vec::new(),
            Effect::Reads if route.path == "/graphql" => headers::graphql_price(request),
            Effect::Reads => vec![(Unit::Rest, 1), (Unit::RestPoints, 1)],
            Effect::Writes => vec![(Unit::Rest, 1), (Unit::RestPoints, 5)],
            Effect::Creates | Effect::Comments => {
                vec![(Unit::Rest, 1), (Unit::RestPoints, 5), (Unit::Content, 1)]
            }
        }
    }

    fn refused(&self, _: &State, refusal: &Refusal, base: &str, path: &str) -> Answer {
        wording::refused(refusal, base, path)
    }

    fn refused_to(&self, _: &State, refusal: &Refusal, caller: &Caller, place: (&str, &str)) -> Answer {
        let person = matches!(caller, Caller::Token(access)
            if !matches!(access.credential.kind, TokenKind::Installation { .. }));
        match refusal {
            Refusal::Forbidden(_) if person => wording::person_lacks(),
            refusal => wording::refused(refusal, place.0, place.1),
        }
    }

    fn unknown(&self, _: &Request) -> Answer {
        wording::message(404, "Not Found")
    }

    fn limited(&self, request: &Request, refused: &Refused, _: i64) -> Answer {
        wording::limited(request, refused)
    }

    fn limit_headers(&self, request: &Request, standing: &[Standing]) -> Vec<(String, String)> {
        headers::limits(request, standing)
    }

    fn push_refusal(&self, _: &State, refusal: &Refusal, caller: &Caller) -> PushRefusal {
        wording::push(refusal, caller)
    }
}
