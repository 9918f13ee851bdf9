//! `shift apply`: does what was planned, and follows it as far as asked.

use fleetwright_engine::command::Apply;
use fleetwright_engine::load::Loaded;

use super::shift_status;
use crate::context::{Context, Ended};
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
    shift_status::ended(context, &fleet, &name, driven).await
}
