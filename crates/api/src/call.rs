//! What a call is.

use std::fmt;
use std::sync::Arc;

use fleetwright_access::{Need, Person};
use fleetwright_engine::EngineError;
use fleetwright_engine::command::Caller;
use fleetwright_engine::fleet::Fleet;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The method of HTTP that a call takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    /// It changes nothing.
    Get,
    /// It does something.
    Post,
    /// It puts something in the place of what was there.
    Put,
    /// It takes something away.
    Delete,
}

impl Verb {
    /// As HTTP writes it.
    pub fn word(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Put => "PUT",
            Verb::Delete => "DELETE",
        }
    }

    /// Whether the call's fields are the query's and not a body's.
    pub fn asks(self) -> bool {
        matches!(self, Verb::Get | Verb::Delete)
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What every call has at hand.
#[derive(Clone)]
pub struct At {
    /// The fleet.
    pub fleet: Arc<Fleet>,
    /// Who asks, who is told, and how to interrupt.
    pub caller: Caller,
    /// Who asks, and what they may.
    pub person: Person,
    /// Whether what runs is driven by loops of this process, as a server's is.
    pub driven: bool,
}

/// One thing that can be asked for. Its fields are what is sent: those that the path names stand there, the
/// others in the query of a [`Verb::Get`] or [`Verb::Delete`], or in the body as JSON.
pub trait Call: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// What is answered.
    type Answer: Serialize + DeserializeOwned + JsonSchema + Send + 'static;

    /// Its name, such as `shift.status`: that of the operation in the description.
    const NAME: &'static str;
    /// Its method.
    const VERB: Verb;
    /// Its path below `/api/v1`, such as `/shifts/{shift}`.
    const PATH: &'static str;
    /// Who may.
    const NEED: Need;
    /// What it does, in one line.
    const ABOUT: &'static str;
    /// Whether the answer holds a secret that nobody is shown again.
    const SECRET: bool = false;

    /// The repository it is about, where it is about one: its owner may what others may not.
    fn repo(&self) -> Option<&str> {
        None
    }

    /// Does it.
    ///
    /// # Errors
    /// Why it was not done.
    fn apply(self, at: &At) -> impl Future<Output = Result<Self::Answer, EngineError>> + Send;
}
