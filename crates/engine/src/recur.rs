//! Shifts that begin anew by themselves.

use std::sync::Arc;

use fleetwright_core::next::Control;
use fleetwright_core::shift::Unselected;
use fleetwright_store::ShiftRow;

use crate::caller::Caller;
use crate::drive::{Errand, Until};
use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::held::Held;
use crate::load::Loaded;
use crate::round::begin;

/// When a shift that runs begins its next round, in milliseconds since 1970 UTC: after the last one that it began,
/// whoever began it. Times that passed meanwhile are one round, so that nothing piles up. `None` where it never does.
///
/// # Errors
/// When the database fails.
pub async fn next_round(fleet: &Fleet, row: &ShiftRow) -> Result<Option<i64>, EngineError> {
    let Some(schedule) = row.shift.spec.schedule.as_ref().filter(|_| row.control == Control::Running) else {
        return Ok(None);
    };
    let last = fleet.store.last_event(&row.shift.metadata.name, "shift.selected").await?;
    // By the fleet's clock, which the round wrote down; rounds of older programs have that of the database.
    let last = last.map(|logged| logged.event.detail["at"].as_i64().unwrap_or(logged.at));
    // A schedule that cannot be read any more was refused when the file was read.
    Ok(schedule.next(last.unwrap_or(row.created_at)).ok())
}

/// Begins the next round of a shift where it is time, and closes what is selected no longer, if the file says so.
pub(crate) async fn recur(
    fleet: &Arc<Fleet>,
    row: &ShiftRow,
    (held, caller): (&Held, &Caller),
) -> Result<(), EngineError> {
    let Some(next) = next_round(fleet, row).await? else { return Ok(()) };
    if next > fleet.now() {
        return Ok(());
    }
    let loaded = Loaded::stored(row)?;
    let begun = begin(fleet, &loaded, (false, held.lease()), caller).await?;
    let closes = row.shift.spec.schedule.as_ref().is_some_and(|each| each.unselected == Unselected::Close);
    if closes && !begun.unselected.is_empty() {
        let errand = Errand::Close { by: "fleetwright".to_owned(), targets: begun.unselected };
        held.drive(fleet, &row.shift.metadata.name, (Until::Once, errand), caller).await?;
    }
    Ok(())
}
