//! A person's word about a shift.

use fleetwright_access::{Need, Role};
use fleetwright_core::next;
use fleetwright_engine::command::{self, Which};
use fleetwright_engine::{EngineError, approve};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::call::{At, Call, Verb};

/// Lets a shift act, pauses it, or stops it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ShiftSetControl")]
pub struct SetControl {
    /// The shift's name.
    pub shift: String,
    /// What it may do.
    pub control: Control,
}

/// What a shift may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ShiftControl")]
pub enum Control {
    /// It acts.
    Running,
    /// Nothing new leaves the machine; what runs may end.
    Paused,
    /// What runs is killed, and nothing new leaves the machine.
    Stopped,
}

/// Whether a shift may act now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ShiftStanding")]
pub struct Standing {
    /// The shift's name.
    pub shift: String,
    /// `running`, `paused` or `stopped`.
    pub control: String,
}

impl Call for SetControl {
    type Answer = Standing;
    const NAME: &'static str = "shift.control";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/shifts/{shift}/control";
    const NEED: Need = Need::Role(Role::Operator);
    const ABOUT: &'static str = "Pause a shift, stop it, or let it act again";

    async fn apply(self, at: &At) -> Result<Standing, EngineError> {
        let control = match self.control {
            Control::Running => next::Control::Running,
            Control::Paused => next::Control::Paused,
            Control::Stopped => next::Control::Stopped,
        };
        let set = command::SetControl { shift: self.shift.clone(), control };
        set.apply(&at.fleet, &at.caller).await?;
        Ok(Standing { shift: self.shift, control: control.word().to_owned() })
    }
}

/// Approves a shift as it is now, as a second person.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ShiftApprove")]
pub struct Approve {
    /// The shift's name.
    pub shift: String,
    /// The digest that was looked at; refused where the shift is another one by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// An approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ShiftApproved")]
pub struct Approved {
    /// The shift's name.
    pub shift: String,
    /// The digest that it is bound to: a shift that changes needs another word.
    pub digest: String,
    /// Whether enough people stand behind it now.
    pub open: bool,
}

impl Call for Approve {
    type Answer = Approved;
    const NAME: &'static str = "shift.approve";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/shifts/{shift}/approve";
    const NEED: Need = Need::Role(Role::Approver);
    const ABOUT: &'static str = "Approve a shift as it is now, as a second person";

    async fn apply(self, at: &At) -> Result<Approved, EngineError> {
        let approve = approve::Approve { shift: self.shift.clone(), digest: self.digest };
        let approve::Approved { digest, consent } = approve.apply(&at.fleet, &at.caller).await?;
        Ok(Approved { shift: self.shift, digest, open: consent.verdict().is_ok() })
    }
}

/// How many targets a word was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ShiftCounted")]
pub struct Counted {
    /// The shift's name.
    pub shift: String,
    /// How many targets.
    pub targets: usize,
}

/// Makes targets anew: those that failed, or those of one repository.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ShiftRetry")]
pub struct Retry {
    /// The shift's name.
    pub shift: String,
    /// One repository, or a directory of it as `repo:dir`, also one that a person closed; those that failed
    /// when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// Closes pull requests and takes their targets out of the shift.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ShiftClose")]
pub struct Close {
    /// The shift's name.
    pub shift: String,
    /// Only those of this repository, or of a directory of it as `repo:dir`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// Merges the pull requests whose gates are open but for the person's word, which this is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ShiftMerge")]
pub struct Merge {
    /// The shift's name.
    pub shift: String,
    /// Only those of this repository, or of a directory of it as `repo:dir`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// The repository of a target's name.
fn repo(target: &Option<String>) -> Option<&str> {
    target.as_deref().map(|name| name.split_once(':').map_or(name, |(repo, _)| repo))
}

fn which(target: Option<String>) -> Which {
    target.map_or(Which::All, Which::Target)
}

impl Call for Retry {
    type Answer = Counted;
    const NAME: &'static str = "shift.retry";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/shifts/{shift}/retry";
    const NEED: Need = Need::RoleOrOwner(Role::Operator);
    const ABOUT: &'static str = "Make targets anew: those that failed, or one by name";

    fn repo(&self) -> Option<&str> {
        repo(&self.target)
    }

    async fn apply(self, at: &At) -> Result<Counted, EngineError> {
        let which = self.target.map_or(Which::Failed, Which::Target);
        let retry = command::Retry { shift: self.shift.clone(), which };
        let targets = retry.apply(&at.fleet, &at.caller).await?;
        Ok(Counted { shift: self.shift, targets })
    }
}

impl Call for Close {
    type Answer = Counted;
    const NAME: &'static str = "shift.close";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/shifts/{shift}/close";
    const NEED: Need = Need::RoleOrOwner(Role::Operator);
    const ABOUT: &'static str = "Close the shift's pull requests and remove its branches";

    fn repo(&self) -> Option<&str> {
        repo(&self.target)
    }

    async fn apply(self, at: &At) -> Result<Counted, EngineError> {
        let close = command::Close { shift: self.shift.clone(), which: which(self.target) };
        let targets = close.apply(&at.fleet, &at.caller).await?;
        Ok(Counted { shift: self.shift, targets })
    }
}

impl Call for Merge {
    type Answer = Counted;
    const NAME: &'static str = "shift.merge";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/shifts/{shift}/merge";
    const NEED: Need = Need::RoleOrOwner(Role::Operator);
    const ABOUT: &'static str = "Merge the pull requests whose gates are open: this is the person's word";

    fn repo(&self) -> Option<&str> {
        repo(&self.target)
    }

    async fn apply(self, at: &At) -> Result<Counted, EngineError> {
        let merge = command::Merge { shift: self.shift.clone(), which: which(self.target) };
        let targets = merge.apply(&at.fleet, &at.caller).await?;
        Ok(Counted { shift: self.shift, targets })
    }
}
