//! One shift, or one target of it, from near.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fleetwright_access::{Need, Role};
use fleetwright_core::gate;
use fleetwright_engine::command::{self, Which, choose};
use fleetwright_engine::{EngineError, report};
use fleetwright_store::{LoggedEvent, StoredChange, TargetRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::{At, Call, Verb};

/// How many events are shown.
const EVENTS: u32 = 200;

/// Asks why a repository is in a shift or out of it, and where it stands.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ShiftWhy")]
pub struct Why {
    /// The shift's name.
    pub shift: String,
    /// The repository, or a directory of it as `repo:dir`.
    pub repo: String,
}

/// Why a target, or a repository that is none, stands where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ShiftNear")]
pub struct Near {
    /// The target, or the repository.
    pub target: String,
    /// Why, in one line.
    pub why: String,
    /// The gates before its merge, while its pull request is open and was looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// When the forge last showed something new of it, in milliseconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<i64>,
}

/// One gate, asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Gate {
    /// Its name.
    pub gate: String,
    /// What was found.
    pub value: String,
    /// Why it is not open, with its facts; absent where it is.
    pub closed: Option<Value>,
    /// `open`, or `closed: ` and why.
    pub verdict: String,
}

impl From<gate::Gate> for Gate {
    fn from(gate: gate::Gate) -> Gate {
        let verdict = gate.closed.as_ref().map_or("open".to_owned(), |why| format!("closed: {why}"));
        let closed = gate.closed.and_then(|why| serde_json::to_value(why).ok());
        Gate { gate: gate.gate.to_owned(), value: gate.value, closed, verdict }
    }
}

impl From<report::Explained> for Near {
    fn from(told: report::Explained) -> Near {
        let report::Explained { target, why, gates, seen_at } = told;
        Near { target, why, gates: gates.into_iter().map(Gate::from).collect(), seen_at }
    }
}

impl Call for Why {
    type Answer = Vec<Near>;
    const NAME: &'static str = "shift.why";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/shifts/{shift}/why";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "Say why a repository is in a shift or out of it, and where it stands";

    async fn apply(self, at: &At) -> Result<Vec<Near>, EngineError> {
        let told = at.fleet.why(&self.shift, &self.repo).await?;
        Ok(told.into_iter().map(Near::from).collect())
    }
}

/// Asks for the stored diff of a repository's targets.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ShiftDiff")]
pub struct Diff {
    /// The shift's name.
    pub shift: String,
    /// The repository, or a directory of it as `repo:dir`.
    pub repo: String,
}

/// The diff of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ShiftPatch")]
pub struct Patch {
    /// The target.
    pub target: String,
    /// Its stage's word.
    pub stage: String,
    /// The diff, as git writes it; empty where no change is stored. Bytes that are no UTF-8 are replaced.
    pub patch: String,
    /// Its bytes in base64, where they are no UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

impl Patch {
    /// The diff to the byte.
    pub fn bytes(&self) -> Vec<u8> {
        let decoded = self.base64.as_ref().and_then(|text| BASE64_STANDARD.decode(text).ok());
        decoded.unwrap_or_else(|| self.patch.clone().into_bytes())
    }
}

impl Call for Diff {
    type Answer = Vec<Patch>;
    const NAME: &'static str = "shift.diff";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/shifts/{shift}/diff";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "Show the stored diff of a repository's targets";

    async fn apply(self, at: &At) -> Result<Vec<Patch>, EngineError> {
        let mut told = Vec::new();
        for target in targets(at, &self.shift, &self.repo).await? {
            let patch = stored(at, &target).await?.and_then(|change| change.patch).unwrap_or_default();
            told.push(Patch {
                target: target.name.to_string(),
                stage: target.stage.word().to_owned(),
                base64: std::str::from_utf8(&patch).is_err().then(|| BASE64_STANDARD.encode(&patch)),
                patch: String::from_utf8_lossy(&patch).into_owned(),
            });
        }
        Ok(told)
    }
}

/// Asks what happened to a shift, or to a repository's targets.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ShiftLogs")]
pub struct Logs {
    /// The shift's name.
    pub shift: String,
    /// The repository, or a directory of it as `repo:dir`; the shift itself when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ShiftLog")]
pub struct Log {
    /// The target; absent for the shift itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The last 200 events, the oldest first.
    pub events: Vec<Logged>,
    /// What the steps printed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub log: String,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Event")]
pub struct Logged {
    /// Rising with every event.
    pub id: i64,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// The shift.
    pub shift: String,
    /// The repository, and the directory of it as `repo:dir`; absent for the shift itself.
    pub target: Option<String>,
    /// Who: a person's name, or `fleetwright` for the machine.
    pub actor: String,
    /// What: a dotted word such as `pull.opened`.
    pub what: String,
    /// The facts.
    pub detail: Value,
}

impl From<LoggedEvent> for Logged {
    fn from(logged: LoggedEvent) -> Logged {
        let LoggedEvent { id, at, event } = logged;
        let target = event.target.map(|target| target.to_string());
        Logged {
            id,
            at,
            shift: event.shift,
            target,
            actor: event.actor,
            what: event.what,
            detail: event.detail,
        }
    }
}

impl Call for Logs {
    type Answer = Vec<Log>;
    const NAME: &'static str = "shift.logs";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/shifts/{shift}/logs";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "Show what happened to a shift or a target, and what its steps printed";

    async fn apply(self, at: &At) -> Result<Vec<Log>, EngineError> {
        let store = &at.fleet.store;
        let logged = |events: Vec<LoggedEvent>| events.into_iter().map(Logged::from).collect();
        let Some(repo) = &self.repo else {
            command::known(&at.fleet, &self.shift).await?;
            let events = logged(store.events(&self.shift, None, EVENTS).await?);
            return Ok(vec![Log { target: None, events, log: String::new() }]);
        };
        let mut told = Vec::new();
        for target in targets(at, &self.shift, repo).await? {
            let log = stored(at, &target).await?.map(|change| change.log).unwrap_or_default();
            told.push(Log {
                target: Some(target.name.to_string()),
                events: logged(store.events(&self.shift, Some(&target.name), EVENTS).await?),
                log: String::from_utf8_lossy(&log).into_owned(),
            });
        }
        Ok(told)
    }
}

/// The targets of a shift in a repository.
async fn targets(at: &At, shift: &str, repo: &str) -> Result<Vec<TargetRow>, EngineError> {
    command::known(&at.fleet, shift).await?;
    choose(&at.fleet, shift, &Which::Target(repo.to_owned()), false).await
}

/// What the steps made of a target.
async fn stored(at: &At, target: &TargetRow) -> Result<Option<StoredChange>, EngineError> {
    match &target.key {
        Some(key) => Ok(at.fleet.store.change(key).await?),
        None => Ok(None),
    }
}
