//! A shift file, planned and applied.

use fleetwright_access::{Need, Role};
use fleetwright_engine::command::{self, Follow};
use fleetwright_engine::round::Begun;
use fleetwright_engine::{EngineError, report};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file::ShiftFile;
use super::status::{Count, LeftOut, halted};
use crate::call::{At, Call, Verb};

/// Makes every change of a shift and stores it; nothing leaves the machine.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ShiftPlan")]
pub struct Plan {
    /// The shift.
    pub file: ShiftFile,
    /// Whether it takes the place of another file of the same name.
    #[serde(default)]
    pub amend: bool,
}

/// What a plan comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ShiftPlanned")]
pub struct Planned {
    /// The shift's name.
    pub shift: String,
    /// Its title.
    pub title: String,
    /// How the round began.
    #[serde(flatten)]
    pub round: Round,
    /// The rules that left repositories out.
    pub left_out: Vec<LeftOut>,
    /// How many targets stand where and why.
    pub counts: Vec<Count>,
    /// Changes that are alike, the largest cluster first.
    pub clusters: Vec<Cluster>,
    /// What a person made of the shift meanwhile, so that the plan is not whole: `paused` or `stopped`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halted: Option<String>,
}

/// How a round began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    /// Repositories that are in.
    pub selected: usize,
    /// Repositories in scope that were not opened to decide who is in.
    pub never_opened: usize,
    /// Targets that must be looked at again, new ones included.
    pub queued: usize,
    /// Repositories of which something had to be found out anew: what the steps make of them.
    pub due: usize,
    /// Those of them that were never opened at all: the search index proves that the steps leave them as they are.
    pub cannot_change: usize,
    /// Repositories that moved since the last look.
    pub moved: usize,
    /// Whether another file of the shift was stored before.
    pub replaced: bool,
}

/// One cluster of identical changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cluster {
    /// The digest of the normal form.
    pub digest: String,
    /// The targets that change alike.
    pub targets: Vec<String>,
    /// The diff of the first of them.
    pub example: String,
}

impl From<&Begun> for Round {
    fn from(begun: &Begun) -> Round {
        Round {
            selected: begun.selected,
            never_opened: begun.scope.saturating_sub(begun.opened),
            queued: begun.queued,
            due: begun.due,
            cannot_change: begun.spared,
            moved: begun.synced.fetched,
            replaced: begun.replaced,
        }
    }
}

impl From<report::Cluster> for Cluster {
    fn from(cluster: report::Cluster) -> Cluster {
        let report::Cluster { digest, targets, example } = cluster;
        Cluster { digest, targets, example }
    }
}

impl Call for Plan {
    type Answer = Planned;
    const NAME: &'static str = "shift.plan";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/plans";
    const NEED: Need = Need::Role(Role::Author);
    const ABOUT: &'static str = "Make every change of a shift and store it; nothing is pushed";

    async fn apply(self, at: &At) -> Result<Planned, EngineError> {
        let loaded = self.file.loaded()?;
        let shift = loaded.shift.metadata.name.clone();
        let plan = command::Plan { loaded, amend: self.amend };
        let (begun, driven) = plan.apply(&at.fleet, &at.caller).await?;
        let status = at.fleet.status(&shift).await?;
        Ok(Planned {
            title: status.title,
            round: Round::from(&begun),
            left_out: status.left_out.into_iter().map(LeftOut::from).collect(),
            counts: status.counts.into_iter().map(Count::from).collect(),
            clusters: at.fleet.clusters(&shift).await?.into_iter().map(Cluster::from).collect(),
            halted: halted(driven),
            shift,
        })
    }
}

/// Does what was planned, as far as the file's policy goes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ShiftApply")]
pub struct Apply {
    /// The shift.
    pub file: ShiftFile,
    /// Whether it takes the place of another file of the same name.
    #[serde(default)]
    pub amend: bool,
    /// Whether the answer comes when every target is at rest.
    #[serde(default)]
    pub wait: bool,
}

/// What an application comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ShiftApplied")]
pub struct Applied {
    /// The shift's name.
    pub shift: String,
    /// How a new round began; absent where a plan is done as it was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Round>,
    /// What a person made of the shift meanwhile, so that it stopped: `paused` or `stopped`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halted: Option<String>,
}

impl Call for Apply {
    type Answer = Applied;
    const NAME: &'static str = "shift.apply";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/shifts";
    const NEED: Need = Need::Role(Role::Author);
    const ABOUT: &'static str =
        "Push what was planned, open the pull requests, and merge by the file's policy";

    async fn apply(self, at: &At) -> Result<Applied, EngineError> {
        let loaded = self.file.loaded()?;
        let shift = loaded.shift.metadata.name.clone();
        let follow = match (self.wait, at.driven) {
            (true, _) => Follow::Rest,
            (false, true) => Follow::Leave,
            (false, false) => Follow::Once,
        };
        let apply = command::Apply { loaded, amend: self.amend, follow };
        let (begun, driven) = apply.apply(&at.fleet, &at.caller).await?;
        Ok(Applied { shift, round: begun.as_ref().map(Round::from), halted: halted(driven) })
    }
}
