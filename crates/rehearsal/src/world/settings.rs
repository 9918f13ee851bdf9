//! How a world is set up.

use std::path::PathBuf;

use crate::faults::Faults;
use crate::limits::Limits;
use crate::script::{CiScript, PersonScript};
use crate::seed::Seed;

/// Where webhooks go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookTarget {
    /// Where they are posted in real time; `None` only keeps them for a test to take.
    pub url: Option<String>,
    /// What they are signed with.
    pub secret: String,
}

/// How a world is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where its bare repositories are: `<folder>/<owner>/<name>.git`.
    pub folder: PathBuf,
    /// What chance is drawn from.
    pub seed: Seed,
    /// When a virtual clock starts, in milliseconds since 1970 UTC; `None`: the machine's clock.
    pub start: Option<i64>,
    /// Limits on requests.
    pub limits: Limits,
    /// What CI does.
    pub ci: Vec<CiScript>,
    /// What people do.
    pub people: Vec<PersonScript>,
    /// Who may say something and not write: everybody else who is known may.
    pub outsiders: Vec<String>,
    /// What goes wrong.
    pub faults: Faults,
    /// Where webhooks go; `None`: nowhere.
    pub hooks: Option<HookTarget>,
    /// How long an answer takes in real time, in milliseconds.
    pub latency: u64,
    /// How long a merge queue tests one entry, in milliseconds.
    pub queue_time: i64,
    /// A file that gets every request and answer as a line of JSON.
    pub record: Option<PathBuf>,
}

impl Settings {
    /// A world in a folder, in real time, without limits, checks, people or faults.
    pub fn new(folder: impl Into<PathBuf>) -> Settings {
        Settings {
            folder: folder.into(),
            seed: Seed(0),
            start: None,
            limits: Limits::off(),
            ci: Vec::new(),
            people: Vec::new(),
            outsiders: Vec::new(),
            faults: Faults::default(),
            hooks: None,
            latency: 0,
            queue_time: 60_000,
            record: None,
        }
    }
}
