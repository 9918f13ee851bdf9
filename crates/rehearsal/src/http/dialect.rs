//! What makes one forge's HTTP another's.

use super::answer::Answer;
use super::call::Caller;
use super::request::Request;
use super::route::Route;
use crate::limits::{Price, Refused, Standing};
use crate::world::{Refusal, State, Voice};

/// What a push is told, in the forge's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushRefusal {
    /// Lines that git shows with `remote:` before them.
    pub remote: Vec<String>,
    /// What it says of the reference, in brackets.
    pub reason: String,
}

/// One forge's way over HTTP.
pub trait Dialect: Voice {
    /// Its word, such as `github`.
    fn word(&self) -> &'static str;

    /// What of a path is the API's, without the API's prefix; `None`: it is not the API.
    fn api_path<'a>(&self, path: &'a str) -> Option<&'a str>;

    /// Its operations, the more particular first.
    fn routes(&self) -> &'static [Route];

    /// Who sent a request to the API.
    ///
    /// # Errors
    /// [`Refusal::BadCredentials`].
    fn caller(&self, state: &State, request: &Request) -> Result<Caller, Refusal>;

    /// What a request takes of the limits.
    fn price(&self, route: &Route, request: &Request) -> Price;

    /// How a refusal is said. `base` is where the forge is, without a slash at the end.
    fn refused(&self, state: &State, refusal: &Refusal, base: &str, path: &str) -> Answer;

    /// The same where it matters who asked.
    fn refused_to(&self, state: &State, refusal: &Refusal, _caller: &Caller, place: (&str, &str)) -> Answer {
        self.refused(state, refusal, place.0, place.1)
    }

    /// How a path that nobody answers is said.
    fn unknown(&self, request: &Request) -> Answer;

    /// How a reached limit is said.
    fn limited(&self, request: &Request, refused: &Refused, now: i64) -> Answer;

    /// The headers that tell of limits. `request` says which of them count for it.
    fn limit_headers(&self, request: &Request, standing: &[Standing]) -> Vec<(String, String)>;

    /// The words of a refused push.
    fn push_refusal(&self, state: &State, refusal: &Refusal, caller: &Caller) -> PushRefusal;
}
