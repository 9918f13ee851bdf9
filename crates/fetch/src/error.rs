//! Why an address could not be fetched, and what to try.

use std::error::Error;
use std::time::Duration;

use fleetwright_catalog::UrlRefusal;

use crate::limits::{MAX_REDIRECTS, MAX_TEXT};

/// Why there is no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address may not be fetched.
    #[error("{0}")]
    Refused(UrlRefusal),
    /// It redirects to one that may not be fetched.
    #[error("it redirects: {0}")]
    Redirected(UrlRefusal),
    /// It redirects to what is no address.
    #[error("it redirects, and does not say where to")]
    Astray,
    /// Redirects follow one another.
    #[error("it redirects more than {MAX_REDIRECTS} times")]
    Circling,
    /// Nobody answers there, or not as HTTPS wants it.
    #[error("{host} cannot be reached: {why}")]
    Unreachable {
        /// The host.
        host: String,
        /// What happened.
        why: String,
    },
    /// The answer took too long.
    #[error("there was no whole answer within {} s", .0.as_secs_f32())]
    Slow(Duration),
    /// The answer ended early, or is no HTTP.
    #[error("the answer broke off: {0}")]
    Broken(String),
    /// The server says no.
    #[error("the server answered {0}")]
    Status(u16),
    /// The text is too large.
    #[error("it is larger than {MAX_TEXT} bytes")]
    Large,
    /// It is a page for people.
    #[error("it is a page (HTML), not a file")]
    Page,
    /// It is no text.
    #[error("it is not UTF-8 text")]
    NoText,
}

impl FetchError {
    /// What to try.
    pub fn remedy(&self) -> &'static str {
        match self {
            FetchError::Refused(why) | FetchError::Redirected(why) => allowance(why),
            FetchError::Astray | FetchError::Circling => "name the address it ends at",
            FetchError::Unreachable { .. } | FetchError::Slow(_) | FetchError::Broken(_) => {
                "sync again once the server answers, or correct the address"
            }
            FetchError::Status(401 | 403 | 404 | 410) => {
                "correct the address; what needs a login is read only from repositories of the fleet"
            }
            FetchError::Status(_) => "sync again once the server answers with the file",
            FetchError::Large => "split it into files and name them in a Location",
            FetchError::Page => "name the raw file",
            FetchError::NoText => "save it as UTF-8",
        }
    }

    /// Whether the server says for certain that there is nothing.
    pub fn is_missing(&self) -> bool {
        matches!(self, FetchError::Status(404 | 410))
    }

    /// Whether another address of the same host would fare no better now.
    pub fn is_of_host(&self) -> bool {
        matches!(self, FetchError::Unreachable { .. } | FetchError::Slow(_))
    }

    /// What a failed request comes from: a refusal of ours in its causes, or its last cause.
    pub(crate) fn of(error: reqwest::Error, host: &str) -> FetchError {
        let error = error.without_url();
        let mut last = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            if let Some(refusal) = inner.downcast_ref::<UrlRefusal>() {
                return FetchError::Refused(refusal.clone());
            }
            last = inner.to_string();
            cause = inner.source();
        }
        match error.is_connect() || error.is_builder() {
            true => FetchError::Unreachable { host: host.to_owned(), why: last },
            false => FetchError::Broken(last),
        }
    }

    /// The same error, as what happened after a redirect.
    pub(crate) fn redirected(self) -> FetchError {
        match self {
            FetchError::Refused(why) => FetchError::Redirected(why),
            other => other,
        }
    }
}

fn allowance(why: &UrlRefusal) -> &'static str {
    match why {
        UrlRefusal::Host(_) => "add the host to `catalog.hosts` in fleetwright.yaml, or copy the file",
        UrlRefusal::Nowhere => "correct the host's name",
        UrlRefusal::Private(_) => "only public addresses are fetched from: copy the file into a repository",
        UrlRefusal::Scheme(_)
        | UrlRefusal::Credentials(_)
        | UrlRefusal::Numbered(_)
        | UrlRefusal::Port(_) => "write it as https://host/path",
    }
}
