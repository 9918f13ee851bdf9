//! How commands end: the exit codes, and what each stands for.

use std::process::ExitCode;

use fleetwright_api::Kind;
use fleetwright_core::source::SourceError;
use fleetwright_engine::EngineError;
use fleetwright_forge::ForgeError;
use fleetwright_store::StoreError;

/// How a command ended that did what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// Everything is as asked.
    Done = 0,
    /// Everything was looked at, and nothing was found: as grep ends.
    NothingFound = 1,
    /// It is finished, and some targets failed.
    SomeFailed = 3,
    /// A person paused or stopped it.
    Halted = 4,
    /// A forge did not answer, so some targets stand where they stood.
    Unanswered = 5,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> ExitCode {
        ExitCode::from(code as u8)
    }
}

/// Why a command did not do what it was asked, with its exit code.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    message: String,
    code: u8,
}

impl Failure {
    /// A defect of ours, or a machine that does not work: 1.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Failure {
        Failure { message: error.to_string(), code: 1 }
    }

    /// Words or a file that are wrong: 2.
    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), code: 2 }
    }

    /// A rule or a person that says no: 4.
    pub(crate) fn refused(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), code: 4 }
    }

    /// A server that does not answer: 5.
    pub(crate) fn unanswered(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), code: 5 }
    }

    /// What a server says, as if it had happened here.
    pub(crate) fn of(kind: Kind, message: String) -> Failure {
        let code = match kind {
            Kind::Usage | Kind::NotFound | Kind::TooLarge | Kind::WrongType | Kind::OtherRequest => 2,
            Kind::Refused | Kind::Taken | Kind::Unknown | Kind::Forbidden => 4,
            Kind::Unanswered | Kind::TooOften | Kind::TooSlow | Kind::Unable => 5,
            Kind::Internal => 1,
        };
        Failure { message, code }
    }

    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        self.code
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Failure {
        Failure::usage(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        let code = match &error {
            StoreError::Leased { .. } | StoreError::NewerSchema { .. } => 4,
            StoreError::Question { .. } | StoreError::NoSnapshot { .. } => 2,
            _ => 1,
        };
        Failure { message: error.to_string(), code }
    }
}

impl From<ForgeError> for Failure {
    fn from(error: ForgeError) -> Failure {
        let code = match &error {
            ForgeError::NotFound { .. } | ForgeError::NotMergeable { .. } => 2,
            ForgeError::Refused { .. } => 4,
            _ => 5,
        };
        Failure { message: error.to_string(), code }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        match error {
            EngineError::Source(error) => error.into(),
            EngineError::Store(error) => error.into(),
            EngineError::Forge(error) => error.into(),
            EngineError::Usage(message) | EngineError::Missing(message) => Failure::usage(message),
            EngineError::Refused(message) => Failure::refused(message),
            other @ EngineError::Files { .. } => Failure::internal(other),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::internal(error)
    }
}
