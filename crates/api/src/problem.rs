//! What went wrong, as RFC 9457 has it.

use std::fmt;

use fleetwright_engine::EngineError;
use fleetwright_forge::ForgeError;
use fleetwright_store::StoreError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What sort of problem it is: the last part of its `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Words or a file that are wrong.
    Usage,
    /// Nothing is called so.
    NotFound,
    /// A rule or a person says no.
    Refused,
    /// Somebody else is at it.
    Taken,
    /// Nobody is known to ask.
    Unknown,
    /// Whoever asks may not.
    Forbidden,
    /// The body is larger than is read.
    TooLarge,
    /// The body is not what is read.
    WrongType,
    /// It was asked too often.
    TooOften,
    /// The body did not come in time.
    TooSlow,
    /// The same key came with another request.
    OtherRequest,
    /// A forge did not answer.
    Unanswered,
    /// The server cannot now: it ends, or its disk is full.
    Unable,
    /// A defect of ours, or a machine that does not work.
    Internal,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 14] = [
        Kind::Usage,
        Kind::NotFound,
        Kind::Refused,
        Kind::Taken,
        Kind::Unknown,
        Kind::Forbidden,
        Kind::TooLarge,
        Kind::WrongType,
        Kind::TooOften,
        Kind::TooSlow,
        Kind::OtherRequest,
        Kind::Unanswered,
        Kind::Unable,
        Kind::Internal,
    ];

    /// The word of it, the status of HTTP, and its title.
    fn told(self) -> (&'static str, u16, &'static str) {
        match self {
            Kind::Usage => ("usage", 422, "What was sent is wrong"),
            Kind::NotFound => ("not-found", 404, "There is nothing of that name"),
            Kind::Refused => ("refused", 409, "A rule or a person says no"),
            Kind::Taken => ("taken", 409, "Somebody else is at it"),
            Kind::Unknown => ("unknown-caller", 401, "Nobody is known to ask"),
            Kind::Forbidden => ("forbidden", 403, "Whoever asks may not"),
            Kind::TooLarge => ("too-large", 413, "The body is too large"),
            Kind::WrongType => ("wrong-type", 415, "The body is of a type that is not read"),
            Kind::TooOften => ("too-often", 429, "It was asked too often"),
            Kind::TooSlow => ("too-slow", 408, "The body did not come in time"),
            Kind::OtherRequest => ("other-request", 422, "The idempotency key belongs to another request"),
            Kind::Unanswered => ("unanswered", 502, "A forge did not answer"),
            Kind::Unable => ("unable", 503, "The server cannot now"),
            Kind::Internal => ("internal", 500, "Something of ours failed"),
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        self.told().0
    }

    /// The status of HTTP.
    pub fn status(self) -> u16 {
        self.told().1
    }
}

/// A problem as it is sent: RFC 9457, with `detail` in the words that the command line prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// Which sort: `urn:fleetwright:problem:` and a word.
    #[serde(rename = "type")]
    pub kind: String,
    /// The sort in words.
    pub title: String,
    /// The status of HTTP.
    pub status: u16,
    /// What failed, where, why, and what to try.
    pub detail: String,
}

/// What stands before a sort's word.
const PREFIX: &str = "urn:fleetwright:problem:";

impl Problem {
    /// A problem.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Problem {
        let (word, status, title) = kind.told();
        Problem { kind: format!("{PREFIX}{word}"), title: title.to_owned(), status, detail: detail.into() }
    }

    /// Which sort it is; [`Kind::Internal`] where a newer server says a word that is not known here.
    pub fn kind(&self) -> Kind {
        let word = self.kind.strip_prefix(PREFIX).unwrap_or_default();
        Kind::ALL.into_iter().find(|kind| kind.word() == word).unwrap_or(Kind::Internal)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Problem {
        let kind = match &error {
            EngineError::Source(_) | EngineError::Usage(_) => Kind::Usage,
            EngineError::Missing(_) => Kind::NotFound,
            EngineError::Refused(_) => Kind::Refused,
            EngineError::Files { .. } => Kind::Internal,
            EngineError::Store(error) => match error {
                StoreError::Leased { .. } => Kind::Taken,
                StoreError::Question { .. } | StoreError::NoSnapshot { .. } => Kind::Usage,
                StoreError::Closed => Kind::Unable,
                _ => Kind::Internal,
            },
            EngineError::Forge(error) => match error {
                ForgeError::NotFound { .. } => Kind::NotFound,
                ForgeError::NotMergeable { .. } => Kind::Usage,
                ForgeError::Refused { .. } => Kind::Refused,
                _ => Kind::Unanswered,
            },
        };
        Problem::new(kind, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sort_is_known_again() {
        for kind in Kind::ALL {
            let problem = Problem::new(kind, "why");
            assert_eq!(problem.kind(), kind);
            assert!((400..600).contains(&problem.status));
        }
        let newer =
            Problem { kind: "urn:fleetwright:problem:newer".to_owned(), ..Problem::new(Kind::Usage, "") };
        assert_eq!(newer.kind(), Kind::Internal);
    }
}
