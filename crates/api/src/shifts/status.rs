//! Where a shift stands.

use fleetwright_access::{Need, Role};
use fleetwright_core::next::Control;
use fleetwright_engine::drive::Driven;
use fleetwright_engine::forecast::Forecast;
use fleetwright_engine::{EngineError, command, report};
use fleetwright_store::{self as store, StoreError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::call::{At, Call, Verb};

/// Asks where a shift stands.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ShiftStatusOf")]
pub struct StatusOf {
    /// The shift's name.
    pub shift: String,
}

/// Where a shift stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ShiftStatus")]
pub struct Status {
    /// Its name.
    pub shift: String,
    /// Its title.
    pub title: String,
    /// Whether it may act: `planned`, `running`, `paused` or `stopped`.
    pub control: String,
    /// Who is working on it now.
    pub holder: Option<String>,
    /// How many targets it has.
    pub targets: u64,
    /// How many of them stand where and why.
    pub counts: Vec<Count>,
    /// The rules that left repositories out, and how many each.
    pub left_out: Vec<LeftOut>,
    /// How the budgets of its forges stand, where it still has pull requests to open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<Budget>,
}

/// How many targets stand somewhere for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Count {
    /// The stage's word.
    pub stage: String,
    /// Why they stand there.
    pub reason: String,
    /// How many.
    pub targets: u64,
    /// One of them.
    pub example: String,
}

/// A rule that left repositories out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// The rule, in words.
    pub reason: String,
    /// How many repositories it left out.
    pub repositories: u64,
}

/// How a forge's budget stands for a shift. Lanes are `security`, `normal` and `hygiene`, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Budget {
    /// The forge.
    pub forge: String,
    /// The lane the shift takes.
    pub lane: String,
    /// How many pull requests of the shift are still to be opened there.
    pub waiting: u32,
    /// When the last of them will be, in milliseconds since 1970 UTC, if the forge refuses none.
    pub last_at: Option<i64>,
    /// What was used of it, and what it allows.
    pub budget: Used,
}

/// What was used of a budget, and what it allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Used {
    /// Creations within the last hour, by lane.
    pub used: [u32; 3],
    /// Creations that wait, by lane.
    pub waiting: [u32; 3],
    /// Creations allowed within an hour; absent while nothing limits.
    pub per_hour: Option<u32>,
    /// Creations allowed within a minute; absent while nothing limits.
    pub per_minute: Option<u32>,
    /// Where an hour's refusal came, if one is remembered.
    pub refused_at: Option<u32>,
    /// Until when nothing is sent, if so, in milliseconds since 1970 UTC.
    pub blocked_until: Option<i64>,
}

impl From<store::Count> for Count {
    fn from(count: store::Count) -> Count {
        let store::Count { stage, reason, targets, example } = count;
        Count { stage, reason, targets, example }
    }
}

impl From<report::LeftOut> for LeftOut {
    fn from(out: report::LeftOut) -> LeftOut {
        LeftOut { reason: out.reason, repositories: out.repositories }
    }
}

impl From<Forecast> for Budget {
    fn from(forecast: Forecast) -> Budget {
        let Forecast { forge, lane, waiting, last_at, budget } = forecast;
        let budget = Used {
            used: budget.used,
            waiting: budget.waiting,
            per_hour: budget.per_hour,
            per_minute: budget.per_minute,
            refused_at: budget.refused_at,
            blocked_until: budget.blocked_until,
        };
        Budget { forge, lane: lane.word().to_owned(), waiting, last_at, budget }
    }
}

impl From<report::Status> for Status {
    fn from(status: report::Status) -> Status {
        Status {
            shift: status.shift,
            title: status.title,
            control: status.control,
            holder: status.holder,
            targets: status.targets,
            counts: status.counts.into_iter().map(Count::from).collect(),
            left_out: status.left_out.into_iter().map(LeftOut::from).collect(),
            budgets: status.budgets.into_iter().map(Budget::from).collect(),
        }
    }
}

impl Call for StatusOf {
    type Answer = Status;
    const NAME: &'static str = "shift.status";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/shifts/{shift}";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "Show where a shift stands";

    async fn apply(self, at: &At) -> Result<Status, EngineError> {
        Ok(at.fleet.status(&self.shift).await?.into())
    }
}

/// Moves a shift that was applied before as far as it goes now.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ShiftContinue")]
pub struct Continue {
    /// The shift's name.
    pub shift: String,
}

/// How far a shift was moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Moved {
    /// What a person made of the shift meanwhile, so that it stopped: `paused` or `stopped`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halted: Option<String>,
}

impl From<Driven> for Moved {
    fn from(driven: Driven) -> Moved {
        Moved { halted: halted(driven) }
    }
}

/// What a person made of a shift that was driven, if it stopped.
pub(super) fn halted(driven: Driven) -> Option<String> {
    match driven {
        Driven::Through => None,
        Driven::Halted(control) => Some(control.word().to_owned()),
    }
}

impl Call for Continue {
    type Answer = Moved;
    const NAME: &'static str = "shift.continue";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/shifts/{shift}/continue";
    const NEED: Need = Need::Role(Role::Operator);
    const ABOUT: &'static str = "Move a running shift as far as it goes now; nothing where somebody is at it";

    async fn apply(self, at: &At) -> Result<Moved, EngineError> {
        let row = command::known(&at.fleet, &self.shift).await?;
        if row.control != Control::Running {
            return Ok(Driven::Through.into());
        }
        match (command::Continue { shift: self.shift }).apply(&at.fleet, &at.caller).await {
            Ok((driven, _)) => Ok(driven.into()),
            Err(EngineError::Store(StoreError::Leased { .. })) => Ok(Driven::Through.into()),
            Err(error) => Err(error),
        }
    }
}
