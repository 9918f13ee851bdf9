//! `shift apply`: does what was planned, and follows it as far as asked.

use std::io::{BufRead, IsTerminal, Write};

use fleetwright_api::shifts::{Applied, Apply, Plan, ShiftFile, StatusOf};
use fleetwright_engine::load::Loaded;

use super::{shift_plan, shift_status};
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::number;

/// How far an apply goes, and what it asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ways {
    pub(super) wait: bool,
    pub(super) amend: bool,
    pub(super) yes: bool,
}

pub(super) async fn run(context: &Context<'_>, loaded: &Loaded, ways: Ways) -> Ended {
    if asks(context, ways).await? && !agreed(context, loaded, ways.amend).await? {
        context.ui.say("Nothing was opened. The plan is kept.");
        return Ok(Code::Halted);
    }
    let Ways { wait, amend, .. } = ways;
    let Applied { shift, round, halted } =
        context.call(Apply { file: ShiftFile::of(loaded), amend, wait }).await?;
    match round {
        Some(round) => {
            context.ui.say(format!(
                "A new round: {} selected, {} to look at",
                number(round.selected as u64, "repository", "repositories"),
                number(round.queued as u64, "target", "targets")
            ));
            if let Some(spared) = shift_plan::spared(&round) {
                context.ui.say(spared);
            }
        }
        None => context.ui.say("Doing what was planned."),
    }
    shift_status::ended(context, &shift, halted.is_some()).await
}

/// Whether a person is there to be asked, and the forge is one where others see what is done.
async fn asks(context: &Context<'_>, ways: Ways) -> Result<bool, Failure> {
    if ways.yes || context.ui.json() || !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    if context.global.server.is_some() {
        return Ok(true);
    }
    let fleet = context.open().await?;
    Ok(fleet.forges().any(|forge| fleet.account(forge.name()).is_some()))
}

/// Plans, says what that means at the forges, and asks.
async fn agreed(context: &Context<'_>, loaded: &Loaded, amend: bool) -> Result<bool, Failure> {
    let shift = context.call(Plan { file: ShiftFile::of(loaded), amend }).await?.shift;
    let budgets = context.call(StatusOf { shift }).await?.budgets;
    if budgets.is_empty() {
        return Ok(true);
    }
    budgets.iter().for_each(|budget| context.ui.line(shift_status::forecast_line(budget)));
    let _ = write!(anstream::stderr(), "Open them? [y/N] ");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
