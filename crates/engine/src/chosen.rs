//! What a command names: a shift that is stored, and which of its targets.

use fleetwright_store::{ShiftRow, TargetFilter, TargetRow};

use crate::error::EngineError;
use crate::fleet::Fleet;

/// Which targets a command is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// All of the shift.
    All,
    /// Those that failed.
    Failed,
    /// Those of one repository, or one directory of it as `repo:dir`.
    Target(String),
}

/// A stored shift.
///
/// # Errors
/// When there is none of that name; the error offers the nearest one.
pub async fn known(fleet: &Fleet, shift: &str) -> Result<ShiftRow, EngineError> {
    if let Some(row) = fleet.store.shift(shift).await? {
        return Ok(row);
    }
    let names: Vec<String> =
        fleet.store.shifts().await?.into_iter().map(|row| row.shift.metadata.name).collect();
    let hint = match fleetwright_core::source::nearest(shift, &names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`fleetwright shift list` shows the known ones".to_owned(),
    };
    Err(EngineError::Missing(format!("no shift is called `{shift}`\n  try: {hint}")))
}

/// The targets a command is about.
///
/// # Errors
/// When a named one does not exist, or the database fails.
pub async fn choose(
    fleet: &Fleet,
    shift: &str,
    which: &Which,
    open_only: bool,
) -> Result<Vec<TargetRow>, EngineError> {
    if let Which::Target(name) = which {
        let (repo, dir) = name.split_once(':').map_or((name.as_str(), None), |(repo, dir)| (repo, Some(dir)));
        let row = fleet.repo(repo).await?;
        let mut targets = fleet.store.targets_of_repo(shift, row.id).await?;
        targets.retain(|target| dir.is_none_or(|dir| target.name.dir == dir));
        if targets.is_empty() {
            let message = format!(
                "`{name}` is not a target of `{shift}`\n  try: `fleetwright shift why {shift} {name}`"
            );
            return Err(EngineError::Missing(message));
        }
        return Ok(targets);
    }
    let stage = (*which == Which::Failed).then_some("failed");
    let mut targets = Vec::new();
    loop {
        let after = targets.last().map_or(0, |target: &TargetRow| target.id);
        let filter = TargetFilter { open_only, stage, after, limit: 1_000, ..TargetFilter::default() };
        let page = fleet.store.targets(shift, filter).await?;
        if page.is_empty() {
            return Ok(targets);
        }
        targets.extend(page);
    }
}
