//! Everything that can be written, as values: one list, one place that applies it.

use fleetwright_core::Oid;
use fleetwright_core::event::Event;
use fleetwright_core::next::{Control, Why};
use fleetwright_core::stage::Stage;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{Sqlite, Transaction};

use crate::change::StoredChange;
use crate::error::StoreError;
use crate::lease::Lease;
use crate::open::Store;
use crate::repo::RepoRow;
use crate::shift::{SelectionRow, ShiftRow};
use crate::target::Intent;
use crate::{change, event, lease, repo, shift, target};

/// One thing to write.
#[derive(Debug, Clone)]
pub enum Write {
    /// Repositories as the forge shows them now.
    Repos(Vec<RepoRow>),
    /// Repositories the forge no longer has.
    Gone {
        /// The forge's name.
        forge: String,
        /// Their names.
        names: Vec<String>,
    },
    /// A shift, new or anew.
    Shift(Box<ShiftRow>),
    /// Whether a shift may act.
    Control {
        /// The shift's name.
        shift: String,
        /// What it may do.
        control: Control,
    },
    /// Who is in a shift and who is out, and why.
    Selection {
        /// The shift's name.
        shift: String,
        /// One row per repository in scope.
        rows: Vec<SelectionRow>,
    },
    /// New targets of a shift.
    Targets {
        /// The shift's name.
        shift: String,
        /// The targets.
        targets: Vec<NewTarget>,
    },
    /// Where a target stands now.
    Target(Box<TargetState>),
    /// What the steps produced, with the contents it names.
    Change(Box<StoredChange>, Vec<Vec<u8>>),
    /// A stored result is forgotten, by its key.
    ForgetChange(String),
    /// What happened.
    Event(Event),
    /// A lease is taken.
    Acquire {
        /// What is leased.
        name: String,
        /// Who takes it.
        holder: String,
        /// For how many milliseconds.
        ttl: i64,
        /// A holder that is known not to come back.
        dead: Option<String>,
    },
    /// A lease is held on to, or given back with 0.
    Renew {
        /// What is leased.
        name: String,
        /// For how many milliseconds.
        ttl: i64,
    },
}

/// A target to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTarget {
    /// The repository's row.
    pub repo: i64,
    /// The directory within it; empty for the whole repository.
    pub dir: String,
}

/// Where a target stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetState {
    /// The target's row.
    pub id: i64,
    /// Where it stands.
    pub stage: Stage,
    /// The key of its last result.
    pub key: Option<String>,
    /// Why it waits.
    pub waiting: Option<Why>,
    /// The effect under way.
    pub intent: Option<Intent>,
    /// The last commit we pushed for it.
    pub pushed: Option<Oid>,
}

impl TargetState {
    /// Why the target stands where it stands: the same words for the same cause.
    pub fn reason(&self) -> String {
        match (&self.stage, &self.waiting) {
            (Stage::Failed { fault }, _) => fault.to_string(),
            (Stage::NotApplicable { why } | Stage::Dropped { why }, _) => why.clone(),
            (Stage::Vetoed { by, reason, .. }, _) => match reason {
                Some(reason) => format!("closed by {by}: {reason}"),
                None => format!("closed by {by}"),
            },
            // What a foreign commit is called differs from target to target.
            (_, Some(Why::ForeignCommits { .. })) => {
                "somebody else pushed to the branch: it is theirs now".to_owned()
            }
            (_, Some(why)) => why.to_string(),
            _ => String::new(),
        }
    }

    /// Whether nothing happens to the target any more by itself.
    pub fn is_final(&self) -> bool {
        let done = match &self.stage {
            Stage::Queued { .. } | Stage::Made { .. } | Stage::Open { .. } => false,
            Stage::Merged { cleaned, .. } => *cleaned,
            Stage::Unchanged
            | Stage::NotApplicable { .. }
            | Stage::Failed { .. }
            | Stage::Vetoed { .. }
            | Stage::Dropped { .. } => true,
        };
        done && self.intent.is_none()
    }
}

/// What a write answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrote {
    Done,
    Epoch(i64),
}

impl Write {
    /// The write's word, by which a witness knows it.
    pub fn word(&self) -> &'static str {
        match self {
            Write::Repos(_) => "repos",
            Write::Gone { .. } => "gone",
            Write::Shift(_) => "shift",
            Write::Control { .. } => "control",
            Write::Selection { .. } => "selection",
            Write::Targets { .. } => "targets",
            Write::Target(state) => match &state.intent {
                Some(_) => "intent",
                None => "target",
            },
            Write::Change(..) => "change",
            Write::ForgetChange(_) => "forget-change",
            Write::Event(_) => "event",
            Write::Acquire { .. } => "acquire",
            Write::Renew { .. } => "renew",
        }
    }

    pub(crate) async fn apply(&self, tx: &mut Transaction<'_, Sqlite>) -> Result<Wrote, StoreError> {
        match self {
            Write::Repos(repos) => repo::save(tx, repos).await,
            Write::Gone { forge, names } => repo::forget(tx, forge, names).await,
            Write::Shift(row) => shift::save(tx, row).await,
            Write::Control { shift, control } => shift::set_control(tx, shift, *control).await,
            Write::Selection { shift, rows } => shift::select(tx, shift, rows).await,
            Write::Targets { shift, targets } => target::add(tx, shift, targets).await,
            Write::Target(state) => target::put(tx, state).await,
            Write::Change(change, contents) => change::save(tx, change, contents).await,
            Write::ForgetChange(key) => change::forget(tx, key).await,
            Write::Event(event) => event::log(tx, event).await,
            Write::Acquire { name, holder, ttl, dead } => {
                lease::acquire(tx, name, holder, (*ttl, dead.as_deref())).await
            }
            Write::Renew { name, ttl } => lease::renew(tx, name, *ttl).await,
        }
    }
}

impl Store {
    /// Writes everything or nothing, under a lease if one is given, and returns when it is on disk.
    ///
    /// # Errors
    /// When the database fails, or the lease was lost: then nothing was written.
    pub async fn write(&self, writes: Vec<Write>, lease: Option<&Lease>) -> Result<(), StoreError> {
        self.writer.write(writes, lease.cloned()).await.map(|_| ())
    }
}

/// Milliseconds since 1970 UTC.
pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

pub(crate) fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

pub(crate) fn from_json<T: DeserializeOwned>(what: &'static str, text: String) -> Result<T, StoreError> {
    serde_json::from_str(&text).map_err(|error| StoreError::corrupt(what, error))
}
