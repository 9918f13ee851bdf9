//! Driving a shift: pass after pass over the targets that may still move.
//!
//! The driver knows how to do things; [`fleetwright_core::next::next`] alone knows what. Many
//! targets are under way at once, and their writes meet in the store's group commit.

mod advance;
mod audited;
mod following;
mod making;
mod merging;
mod obeying;
mod passing;
mod proposal;
mod proposing;
mod pushing;
mod renewing;
mod room;
mod seeing;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fleetwright_core::consent::Consent;
use fleetwright_core::next::Control;
use fleetwright_core::pull::PullSeen;
use fleetwright_core::shift::{Scripts, Sign};
use fleetwright_git::Signer;
use fleetwright_runner::Cancel;
use fleetwright_store::{Lease, RepoRow, ShiftRow, StoreError};
use tokio::sync::{Semaphore, watch};

use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::know::{Elsewhere, Known, Poms};
use crate::make::Recipe;
use crate::progress::Progress;
use crate::room::{HOUR, Pace, Room};
use crate::round::recipe_of;
use crate::workshop::Workshop;

/// How often the database is asked whether a person paused or stopped the shift.
const LISTEN: Duration = Duration::from_millis(200);

/// What happened when a person asked for a target anew; `despite` is the closed pull request that
/// no longer counts.
pub(crate) const RETRIED: &str = "target.retried";

/// How far a drive goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Every change is made and stored; nothing leaves the machine.
    Made,
    /// Every target was moved as far as it goes now.
    Once,
    /// Every target is at rest: done, or waiting for a person.
    Rest,
}

/// How a drive ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driven {
    /// As far as was asked for.
    Through,
    /// A person paused or stopped the shift, or interrupted the program.
    Halted(Control),
}

/// When there is room again for what waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// When, in milliseconds since 1970 UTC by the fleet's clock.
    pub at: i64,
    /// Whether a window opens, so that what is open may move, too.
    pub whole: bool,
}

/// What a drive is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// Everything the shift's file allows.
    Shift,
    /// The same, for these targets only: something told that they may have moved.
    Due {
        /// Row numbers of the targets.
        targets: BTreeSet<i64>,
    },
    /// Open what waits for room: there may be some again. What is open already is not looked at.
    Waiting,
    /// Close these targets' pull requests, as a person asked.
    Close {
        /// Who asked.
        by: String,
        /// Row numbers of the targets.
        targets: BTreeSet<i64>,
    },
    /// Merge these targets' pull requests where every gate but the person's word is open: a person
    /// has given it.
    Merge {
        /// Row numbers of the targets.
        targets: BTreeSet<i64>,
    },
}

impl Errand {
    fn covers(&self, target: i64) -> bool {
        match self {
            Errand::Shift | Errand::Waiting => true,
            Errand::Due { targets } | Errand::Close { targets, .. } | Errand::Merge { targets } => {
                targets.contains(&target)
            }
        }
    }
}

/// What a drive needs besides the fleet.
pub struct Journey {
    /// What it is for.
    pub errand: Errand,
    /// The lease on the shift.
    pub lease: Lease,
    /// How far to go.
    pub until: Until,
    /// Raised when the program is interrupted.
    pub interrupt: Cancel,
    /// Who is told.
    pub progress: Arc<dyn Progress>,
}

pub(crate) struct Driver {
    fleet: Arc<Fleet>,
    row: ShiftRow,
    recipe: Arc<Recipe>,
    /// What conditions ask the catalog or of dependencies, if they do.
    known: Option<Arc<Known>>,
    /// What repositories read of others, if the steps do.
    elsewhere: Elsewhere,
    lease: Lease,
    errand: Errand,
    until: Until,
    control: watch::Receiver<Control>,
    /// Who stands behind the shift.
    consent: watch::Receiver<Consent>,
    interrupt: Cancel,
    workshop: Workshop,
    cancel: Cancel,
    cores: Arc<Semaphore>,
    repos: Mutex<HashMap<i64, Arc<RepoRow>>>,
    /// What the forges last showed, by target.
    shown: Mutex<HashMap<i64, PullSeen>>,
    /// Targets whose branches were found to have no pull request.
    searched: Mutex<HashSet<i64>>,
    /// Whether open pull requests are looked at in this part of a pass.
    looking: AtomicBool,
    room: Room,
    pace: Pace,
    /// Who signs commits, where the shift asks for it.
    signer: Option<Signer>,
    progress: Arc<dyn Progress>,
}

/// Where the steps of a recipe are done.
fn workshop(fleet: &Fleet, recipe: &Recipe, scripts: Option<&Path>) -> Result<Workshop, EngineError> {
    let (sandbox, closed) = recipe.sandbox(|| fleet.sandbox().cloned())?;
    Ok(Workshop {
        sandbox,
        closed,
        limits: fleet.config.limits.clone(),
        scratch: fleet.scratch().to_owned(),
        keyring: fleet.keyring().clone(),
        scripts: scripts.map(Path::to_owned),
        poms: Arc::new(Poms::of(fleet, Arc::default())),
        tools: fleet.config.tools.clone(),
        there: Arc::default(),
    })
}

/// Drives a stored shift; says how that ended, and when there is room again for what waits for it.
///
/// # Errors
/// When the database fails, or the lease is lost. What a target comes to is stored with it.
pub async fn drive(
    fleet: &Arc<Fleet>,
    shift: &str,
    journey: Journey,
) -> Result<(Driven, Option<Opening>), EngineError> {
    let row = fleet.store.shift(shift).await?;
    let row = row.ok_or_else(|| EngineError::Usage(format!("no shift is called `{shift}`")))?;
    let recipe = Arc::new(recipe_of(&row)?);
    let known = match recipe.asks_anything() {
        true => Some(Arc::new(Known::load(fleet, recipe.asks_catalog(), &recipe.asks()).await?)),
        false => None,
    };
    let scripts = travelling(fleet, &row)?;
    let elsewhere = match recipe.reads_elsewhere() {
        true => Elsewhere::of(fleet).await?,
        false => Elsewhere::default(),
    };
    let workshop = workshop(fleet, &recipe, scripts.as_ref().map(tempfile::TempDir::path))?;
    let rollout = &row.shift.spec.rollout;
    let calendar = rollout.calendar(fleet.config.freezes.clone());
    let calendar =
        calendar.map_err(|error| EngineError::Refused(format!("{}: {}", error.key, error.message)))?;
    let pace = Pace { calendar, caps: rollout.pace.caps(), lane: rollout.priority };
    let signer = signer(fleet, &row)?;
    let (heard, control) = watch::channel(row.control);
    let (approved, consent) = watch::channel(fleet.consent(&row).await);
    let repos = fleet.store.repos().await?.into_iter().map(|row| (row.id, Arc::new(row))).collect();
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let driver = Arc::new(Driver {
        fleet: Arc::clone(fleet),
        row,
        recipe,
        known,
        elsewhere,
        lease: journey.lease,
        errand: journey.errand,
        until: journey.until,
        control,
        consent,
        interrupt: journey.interrupt,
        workshop,
        cancel: Cancel::new(),
        cores: Arc::new(Semaphore::new(cores)),
        repos: Mutex::new(repos),
        shown: Mutex::new(fleet.store.seen_of_shift(shift).await?),
        searched: Mutex::default(),
        looking: AtomicBool::new(true),
        room: Room::default(),
        pace,
        signer,
        progress: journey.progress,
    });
    // Nothing was news before: the silence that spaces looks out begins now.
    driver.room.news(driver.fleet.now());
    if driver.pace.caps.per_hour.is_some() {
        let since = driver.fleet.now() - HOUR;
        driver.room.opened_before(fleet.store.opened_since(shift, since).await?);
    }
    let listener = tokio::spawn(listen(Arc::clone(&driver), (heard, approved)));
    let driven = driver.passes().await;
    listener.abort();
    Ok((driven?, driver.opens()))
}

/// Who signs the shift's commits here; the key is tried once, so that a wrong one is no surprise later.
fn signer(fleet: &Fleet, row: &ShiftRow) -> Result<Option<Signer>, EngineError> {
    let sign = row.shift.spec.pull_request.commit.sign;
    let (word, found) = match sign {
        Sign::None | Sign::Forge => return Ok(None),
        Sign::Ssh => ("ssh", fleet.config.signers.iter().find(|signer| matches!(signer, Signer::Ssh { .. }))),
        Sign::Gpg => ("gpg", fleet.config.signers.iter().find(|signer| matches!(signer, Signer::Gpg { .. }))),
    };
    let missing = || {
        EngineError::Usage(format!(
            "commit.sign is `{word}`, and the configuration names no key\n  try: add `signing: {{ {word}: ... }}` to fleetwright.yaml"
        ))
    };
    let signer = found.cloned().ok_or_else(missing)?;
    signer
        .check(fleet.now() / 1_000)
        .map_err(|error| EngineError::Usage(format!("signing.{word}: {error}")))?;
    Ok(Some(signer))
}

/// Writes the files that travel with a shift where the sandbox can read them.
fn travelling(fleet: &Fleet, row: &ShiftRow) -> Result<Option<tempfile::TempDir>, EngineError> {
    if row.scripts.is_empty() {
        return Ok(None);
    }
    let folder = tempfile::Builder::new().prefix("shift-").tempdir_in(fleet.scratch());
    let folder = folder.map_err(|error| EngineError::files(fleet.scratch(), error))?;
    write_scripts(folder.path(), &row.scripts)?;
    Ok(Some(folder))
}

/// Writes scripts below a folder, readable for everybody: the sandbox is another user.
pub(crate) fn write_scripts(folder: &Path, scripts: &Scripts) -> Result<(), EngineError> {
    use std::os::unix::fs::PermissionsExt;
    let fault = |error: std::io::Error| EngineError::files(folder, error);
    let open = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode));
    std::fs::create_dir_all(folder).and_then(|()| open(folder, 0o755)).map_err(fault)?;
    for (name, script) in scripts {
        let mut parent = folder.to_owned();
        for part in Path::new(name).parent().into_iter().flat_map(Path::components) {
            parent.push(part);
            std::fs::create_dir_all(&parent).and_then(|()| open(&parent, 0o755)).map_err(fault)?;
        }
        let path = folder.join(name);
        std::fs::write(&path, &script.content).map_err(fault)?;
        open(&path, if script.executable { 0o755 } else { 0o644 }).map_err(fault)?;
    }
    Ok(())
}

/// Hears what a person says while the shift is driven, and kills what runs when it is to stop.
async fn listen(driver: Arc<Driver>, (heard, approved): (watch::Sender<Control>, watch::Sender<Consent>)) {
    loop {
        tokio::time::sleep(LISTEN).await;
        let told = driver.fleet.store.control(&driver.row.shift.metadata.name).await;
        let told = match told {
            _ if driver.interrupt.is_cancelled() => Control::Stopped,
            Ok(Some(control)) => control,
            // Not knowing is not a yes: nothing new leaves until the database answers again.
            Ok(None) | Err(_) => Control::Paused,
        };
        heard.send_if_modified(|now| std::mem::replace(now, told) != told);
        let stands = driver.fleet.consent(&driver.row).await;
        approved.send_if_modified(|now| std::mem::replace(now, stands.clone()) != stands);
        if told == Control::Stopped {
            driver.cancel.cancel();
        }
    }
}

impl Driver {
    /// Whether the shift may act now.
    pub(super) fn control(&self) -> Control {
        match (&self.errand, self.until, *self.control.borrow()) {
            _ if self.interrupt.is_cancelled() => Control::Paused,
            // A person's own word stands above the shift's pause.
            (Errand::Close { .. } | Errand::Merge { .. }, ..) => Control::Running,
            // A plan lets nothing out: a pause has nothing to hold back.
            (_, Until::Made, Control::Running | Control::Paused) => Control::Planned,
            (_, _, control) => control,
        }
    }

    pub(super) fn repo(&self, id: i64) -> Result<Arc<RepoRow>, EngineError> {
        let repos = self.repos.lock().map_err(|error| EngineError::Refused(error.to_string()))?;
        let missing = || EngineError::Refused(format!("repository {id} is not in the database"));
        repos.get(&id).cloned().ok_or_else(missing)
    }

    pub(super) fn remember(&self, row: RepoRow) {
        if let Ok(mut repos) = self.repos.lock() {
            repos.insert(row.id, Arc::new(row));
        }
    }

    /// Writes under the lease; losing it ends the drive.
    pub(super) async fn write(&self, writes: Vec<fleetwright_store::Write>) -> Result<(), StoreError> {
        self.fleet.store.write(writes, Some(&self.lease)).await
    }
}
