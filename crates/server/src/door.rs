//! The door: tokens and sessions, looked at for every call, and how often each may knock.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use axum::http::{HeaderMap, header};
use fleetwright_access::{
    AccessError, Buckets, Cookie, Doorkeeper, Person, Proof, Rate, Sent, Via, same_origin,
};
use fleetwright_api::{Kind, Problem};
use fleetwright_engine::fleet::Fleet;

use crate::calls::{Who, refused};

/// How often one person or token may call: far above what a person or a pipeline does.
const RATE: Rate = Rate { burst: 200, per_second: 100.0 };

/// How many of them are told apart.
const KNOWN: usize = 10_000;

/// Knows people by the tokens and sessions of the database.
pub(crate) struct Door {
    fleet: std::sync::Arc<Fleet>,
    keeper: Doorkeeper,
    cookie: Cookie,
    /// Our own origin, such as `https://fleet.example.org`.
    ours: String,
    buckets: Mutex<Buckets<String>>,
}

impl Door {
    /// The door of a fleet that people reach at the address `ours`.
    pub(crate) fn new(fleet: std::sync::Arc<Fleet>, ours: String) -> Door {
        let keeper = Doorkeeper::new(fleet.store.clone());
        let cookie = Cookie::session(ours.starts_with("https://"));
        Door { fleet, keeper, cookie, ours, buckets: Mutex::new(Buckets::new(RATE, KNOWN)) }
    }

    fn rated(&self, person: &Person) -> Result<(), Problem> {
        let key = match &person.via {
            Via::Token(id) => format!("token {id}"),
            _ => format!("person {}", person.name),
        };
        let now = self.fleet.now();
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner).take(key, now).map_err(refused)
    }
}

#[async_trait]
impl Who for Door {
    async fn person(&self, headers: &HeaderMap, changes: bool) -> Result<Option<Person>, Problem> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = text(header::AUTHORIZATION).and_then(|text| text.split_once(' '));
        let bearer =
            bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
        let cookie = text(header::COOKIE).and_then(|text| self.cookie.read(text));
        let proof = match (bearer, cookie) {
            (Some(token), _) => Proof::Bearer(token),
            (None, Some(session)) => Proof::Cookie(session),
            (None, None) => return Ok(None),
        };
        if changes && matches!(proof, Proof::Cookie(_)) {
            let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
            same_origin(Sent { site, origin: text(header::ORIGIN), ours: &self.ours }).map_err(refused)?;
        }
        let person = self.keeper.identify(proof, self.fleet.now()).await.map_err(told)?;
        self.rated(&person)?;
        Ok(Some(person))
    }

    async fn owns(&self, person: &Person, repo: &str) -> bool {
        let owners = self.fleet.store.owners_in(repo).await.unwrap_or_default();
        !owners.is_empty() && owners.iter().all(|owner| person.owns(owner))
    }
}

/// A no of the door, as a problem.
pub(crate) fn told(error: AccessError) -> Problem {
    match error {
        AccessError::Refused(refusal) => refused(refusal),
        AccessError::Asked { .. } => Problem::new(Kind::Usage, error.to_string()),
        AccessError::Store(_) | AccessError::NoRandom(_) => Problem::new(Kind::Unable, error.to_string()),
    }
}
