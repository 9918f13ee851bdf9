//! `shift apply`: does what was planned, and follows it as far as asked.

use std::sync::Arc;

use fleetwright_engine::command::Apply;
use fleetwright_engine::drive::Driven;
use fleetwright_engine::fleet::Fleet;
use fleetwright_engine::load::Loaded;

use super::shift_status;
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::number;

pub(super) async fn run(context: &Context<'_>, loaded: Loaded, wait: bool, amend: bool) -> Ended {
    let fleet = context.open().await?;
    let name = loaded.shift.metadata.name.clone();
    let (caller, bar) = context.caller();
    let applied = Apply { loaded, amend, wait }.apply(&fleet, &caller).await;
    bar.clear();
    let (begun, driven) = applied?;
    match begun {
        Some(begun) => context.ui.say(format!(
            "A new round: {} selected, {} to look at",
            number(begun.selected as u64, "repository", "repositories"),
            number(begun.queued as u64, "target", "targets")
        )),
        None => context.ui.say("Doing what was planned."),
    }
    ended(context, &fleet, &name, driven).await
}

/// Shows where a shift stands after it was driven, and how the command ends.
pub(super) async fn ended(context: &Context<'_>, fleet: &Arc<Fleet>, name: &str, driven: Driven) -> Ended {
    let code = shift_status::show(context, fleet, name).await?;
    Ok(match driven {
        Driven::Halted(_) => Code::Halted,
        Driven::Through => code,
    })
}

/// Whether somebody else holds the shift: then its state is only shown.
pub(super) fn is_taken(failure: &Failure) -> bool {
    failure.code() == 4
}
