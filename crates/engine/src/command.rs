//! Everything a person, a schedule or a worker can ask for, each as one struct applied in one
//! place. The command line only builds them.

use std::collections::BTreeSet;
use std::sync::Arc;

use fleetwright_core::event::{Event, TargetName};
use fleetwright_core::next::Control;
use fleetwright_core::stage::Stage;
use fleetwright_store::{ShiftRow, TargetRow, Write};
use serde_json::json;

pub use crate::caller::Caller;
pub use crate::chosen::{Which, choose, known};
use crate::drive::{Driven, Errand, Opening, RETRIED, Until};
use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::held::Held;
use crate::load::Loaded;
use crate::recur::recur;
use crate::round::{Begun, begin, state};
use crate::sync::sync;

/// How a drive ended, and when there is room again for what waits for it, where that is known.
pub type Drove = Result<(Driven, Option<Opening>), EngineError>;

/// Makes every change of a shift and stores it; nothing leaves the machine.
pub struct Plan {
    /// The shift.
    pub loaded: Loaded,
    /// Whether it takes the place of another file of the same name.
    pub amend: bool,
}

/// Does what was planned, as far as the file's policy goes.
pub struct Apply {
    /// The shift.
    pub loaded: Loaded,
    /// Whether it takes the place of another file of the same name.
    pub amend: bool,
    /// How far it goes itself.
    pub follow: Follow,
}

/// How far an [`Apply`] goes itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// Every target is moved as far as it goes now.
    Once,
    /// Until every target is at rest.
    Rest,
    /// Nowhere: a server drives what runs.
    Leave,
}

/// Moves a shift that was applied before as far as it goes now.
pub struct Continue {
    /// The shift's name.
    pub shift: String,
}

/// Opens what waits for room in a shift that was applied before; what is open is not looked at.
pub struct Fill {
    /// The shift's name.
    pub shift: String,
}

/// Moves these targets of a shift as far as they go now: something told that they may have moved.
pub struct Look {
    /// The shift's name.
    pub shift: String,
    /// Row numbers of the targets.
    pub targets: BTreeSet<i64>,
}

/// Lets a shift act, pauses it, or stops it.
pub struct SetControl {
    /// The shift's name.
    pub shift: String,
    /// What it may do.
    pub control: Control,
}

/// Makes targets anew, and forgets a person's no where it is asked by name.
pub struct Retry {
    /// The shift's name.
    pub shift: String,
    /// Which targets.
    pub which: Which,
}

/// Closes pull requests and takes their targets out of the shift.
pub struct Close {
    /// The shift's name.
    pub shift: String,
    /// Which targets.
    pub which: Which,
}

/// Merges pull requests whose gates are open but for the person's word.
pub struct Merge {
    /// The shift's name.
    pub shift: String,
    /// Which targets.
    pub which: Which,
}

impl Plan {
    /// # Errors
    /// When the shift's name is taken, a repository is missing, or the world fails.
    pub async fn apply(self, fleet: &Arc<Fleet>, caller: &Caller) -> Result<(Begun, Driven), EngineError> {
        let name = self.loaded.shift.metadata.name.clone();
        let held = Held::take(fleet, &name).await?;
        let work = async {
            let begun = begin(fleet, &self.loaded, (self.amend, held.lease()), caller).await?;
            let (driven, _) = held.drive(fleet, &name, (Until::Made, Errand::Shift), caller).await?;
            Ok((begun, driven))
        };
        finish(work.await, held).await
    }
}

impl Apply {
    /// # Errors
    /// When the shift is paused or stopped, its name is taken, or the world fails.
    pub async fn apply(
        self,
        fleet: &Arc<Fleet>,
        caller: &Caller,
    ) -> Result<(Option<Begun>, Driven), EngineError> {
        let name = self.loaded.shift.metadata.name.clone();
        let held = Held::take(fleet, &name).await?;
        let work = async {
            let stored = fleet.store.shift(&name).await?;
            let same = stored.as_ref().is_some_and(|row| is_planned(row, &self.loaded));
            // A plan that came to nothing is no promise: what is new since may be selected.
            let planned = same && fleet.store.open_targets(&name).await? > 0;
            let control = stored.map_or(Control::Planned, |row| row.control);
            if matches!(control, Control::Paused | Control::Stopped) {
                let word = control.word();
                let message =
                    format!("the shift `{name}` is {word}\n  try: `fleetwright shift resume {name}`");
                return Err(EngineError::Refused(message));
            }
            // A plan a person has looked at is done as it was shown; without one, a new round begins.
            let begun = match planned {
                true => None,
                false => Some(begin(fleet, &self.loaded, (self.amend, held.lease()), caller).await?),
            };
            set_control(fleet, &name, Control::Running, caller).await?;
            let until = match self.follow {
                Follow::Once => Until::Once,
                Follow::Rest => Until::Rest,
                Follow::Leave => return Ok((begun, Driven::Through)),
            };
            let (driven, _) = held.drive(fleet, &name, (until, Errand::Shift), caller).await?;
            Ok((begun, driven))
        };
        finish(work.await, held).await
    }
}

/// Whether the stored plan is one of exactly this file.
fn is_planned(row: &ShiftRow, loaded: &Loaded) -> bool {
    row.control == Control::Planned
        && row.digest == loaded.shift.digest(&loaded.scripts)
        && row.shift.spec.targets == loaded.shift.spec.targets
}

impl Continue {
    /// # Errors
    /// When there is no such shift, somebody else is at it, or the world fails.
    pub async fn apply(self, fleet: &Arc<Fleet>, caller: &Caller) -> Drove {
        let held = Held::take(fleet, &self.shift).await?;
        let work = async {
            let row = known(fleet, &self.shift).await?;
            recur(fleet, &row, (&held, caller)).await?;
            held.drive(fleet, &self.shift, (Until::Once, Errand::Shift), caller).await
        };
        finish(work.await, held).await
    }
}

impl Fill {
    /// # Errors
    /// When there is no such shift, somebody else is at it, or the world fails.
    pub async fn apply(self, fleet: &Arc<Fleet>, caller: &Caller) -> Drove {
        once(fleet, &self.shift, Errand::Waiting, caller).await
    }
}

impl Look {
    /// # Errors
    /// When there is no such shift, somebody else is at it, or the world fails.
    pub async fn apply(self, fleet: &Arc<Fleet>, caller: &Caller) -> Drove {
        once(fleet, &self.shift, Errand::Due { targets: self.targets }, caller).await
    }
}

impl SetControl {
    /// # Errors
    /// When there is no such shift, or the database fails.
    pub async fn apply(self, fleet: &Fleet, caller: &Caller) -> Result<(), EngineError> {
        let row = known(fleet, &self.shift).await?;
        if self.control == Control::Running && row.control == Control::Planned {
            let message = format!(
                "the shift `{0}` was never applied\n  try: `fleetwright shift apply {0}`",
                self.shift
            );
            return Err(EngineError::Refused(message));
        }
        set_control(fleet, &self.shift, self.control, caller).await
    }
}

impl Retry {
    /// # Errors
    /// When there is no such shift or target, or the database fails.
    pub async fn apply(self, fleet: &Fleet, caller: &Caller) -> Result<usize, EngineError> {
        known(fleet, &self.shift).await?;
        let targets = choose(fleet, &self.shift, &self.which, false).await?;
        let is_named = matches!(self.which, Which::Target(_));
        // What was in the way may be repaired: the repositories are looked at as they are now.
        let repos: BTreeSet<&str> = targets.iter().map(|target| target.name.repo.as_str()).collect();
        sync(fleet, |name| repos.contains(name), caller.progress.as_ref()).await?;
        let mut writes = Vec::new();
        let mut count = 0;
        for target in targets {
            let again = matches!(target.stage, Stage::Failed { .. })
                || (is_named
                    && !matches!(
                        target.stage,
                        Stage::Open { .. } | Stage::Adopted { .. } | Stage::Merged { .. }
                    ));
            if !again || target.intent.is_some() {
                continue;
            }
            count += 1;
            writes.extend(target.key.clone().map(Write::ForgetChange));
            writes.push(Write::Target(Box::new(state(&target, Stage::NEW))));
            let mut retried = event(&self.shift, Some(&target.name), caller, RETRIED);
            if let Stage::Vetoed { pull, .. } = &target.stage {
                retried.detail = json!({ "despite": pull.number });
            }
            writes.push(Write::Event(retried));
        }
        fleet.store.write(writes, None).await?;
        Ok(count)
    }
}

impl Close {
    /// # Errors
    /// When there is no such shift or target, somebody else is at it, or the world fails.
    pub async fn apply(self, fleet: &Arc<Fleet>, caller: &Caller) -> Result<usize, EngineError> {
        known(fleet, &self.shift).await?;
        let held = Held::take(fleet, &self.shift).await?;
        let work = async {
            let targets = numbers(choose(fleet, &self.shift, &self.which, true).await?);
            let count = targets.len();
            let errand = Errand::Close { by: caller.by.clone(), targets };
            held.drive(fleet, &self.shift, (Until::Once, errand), caller).await?;
            if self.which == Which::All {
                set_control(fleet, &self.shift, Control::Stopped, caller).await?;
            }
            Ok(count)
        };
        finish(work.await, held).await
    }
}

impl Merge {
    /// # Errors
    /// When there is no such shift or target, somebody else is at it, or the world fails.
    pub async fn apply(self, fleet: &Arc<Fleet>, caller: &Caller) -> Result<usize, EngineError> {
        known(fleet, &self.shift).await?;
        let held = Held::take(fleet, &self.shift).await?;
        let work = async {
            let mut targets = choose(fleet, &self.shift, &self.which, true).await?;
            targets.retain(|target| matches!(target.stage, Stage::Open { .. } | Stage::Adopted { .. }));
            let targets = numbers(targets);
            let count = targets.len();
            let errand = Errand::Merge { targets };
            held.drive(fleet, &self.shift, (Until::Once, errand), caller).await?;
            Ok(count)
        };
        finish(work.await, held).await
    }
}

fn numbers(targets: Vec<TargetRow>) -> BTreeSet<i64> {
    targets.into_iter().map(|target| target.id).collect()
}

/// Holds the shift and moves what an errand is about as far as it goes now.
async fn once(fleet: &Arc<Fleet>, shift: &str, errand: Errand, caller: &Caller) -> Drove {
    let held = Held::take(fleet, shift).await?;
    let driven = held.drive(fleet, shift, (Until::Once, errand), caller).await;
    finish(driven, held).await
}

/// Gives the lease back whatever came of the work.
async fn finish<T>(done: Result<T, EngineError>, held: Held) -> Result<T, EngineError> {
    let released = held.release().await;
    let done = done?;
    released.map(|()| done)
}

async fn set_control(
    fleet: &Fleet,
    shift: &str,
    control: Control,
    caller: &Caller,
) -> Result<(), EngineError> {
    let word = format!("shift.{}", control.word());
    let writes = vec![
        Write::Control { shift: shift.to_owned(), control },
        Write::Event(event(shift, None, caller, &word)),
    ];
    Ok(fleet.store.write(writes, None).await?)
}

fn event(shift: &str, target: Option<&TargetName>, caller: &Caller, what: &str) -> Event {
    Event {
        shift: shift.to_owned(),
        target: target.cloned(),
        actor: caller.by.clone(),
        what: what.to_owned(),
        detail: json!({}),
    }
}
