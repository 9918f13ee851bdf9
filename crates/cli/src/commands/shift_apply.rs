//! `shift apply`: does what was planned, and follows it as far as asked.

use std::io::{BufRead, IsTerminal, Write};
use std::sync::Arc;

use fleetwright_engine::command::{Apply, Plan};
use fleetwright_engine::fleet::Fleet;
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

pub(super) async fn run(context: &Context<'_>, loaded: Loaded, ways: Ways) -> Ended {
    let fleet = context.open().await?;
    let name = loaded.shift.metadata.name.clone();
    if asks(context, &fleet, ways) && !agreed(context, &fleet, &loaded, ways.amend).await? {
        context.ui.say("Nothing was opened. The plan is kept.");
        return Ok(Code::Halted);
    }
    let (caller, bar) = context.caller();
    let applied = Apply { loaded, amend: ways.amend, wait: ways.wait }.apply(&fleet, &caller).await;
    bar.clear();
    let (begun, driven) = applied?;
    match begun {
        Some(begun) => {
            context.ui.say(format!(
                "A new round: {} selected, {} to look at",
                number(begun.selected as u64, "repository", "repositories"),
                number(begun.queued as u64, "target", "targets")
            ));
            if let Some(spared) = shift_plan::spared(&begun) {
                context.ui.say(spared);
            }
        }
        None => context.ui.say("Doing what was planned."),
    }
    shift_status::ended(context, &fleet, &name, driven).await
}

/// Whether a person is there to be asked, and the forge is one where others see what is done.
fn asks(context: &Context<'_>, fleet: &Fleet, ways: Ways) -> bool {
    let is_hosted = fleet.forges().any(|forge| fleet.account(forge.name()).is_some());
    !ways.yes && is_hosted && !context.ui.json() && std::io::stdin().is_terminal()
}

/// Plans, says what that means at the forges, and asks.
async fn agreed(
    context: &Context<'_>,
    fleet: &Arc<Fleet>,
    loaded: &Loaded,
    amend: bool,
) -> Result<bool, Failure> {
    let name = &loaded.shift.metadata.name;
    let (caller, bar) = context.caller();
    let planned = Plan { loaded: loaded.clone(), amend }.apply(fleet, &caller).await;
    bar.clear();
    planned?;
    let forecasts = fleet.forecast(name).await?;
    if forecasts.is_empty() {
        return Ok(true);
    }
    forecasts.iter().for_each(|forecast| context.ui.line(shift_status::forecast_line(forecast)));
    let _ = write!(anstream::stderr(), "Open them? [y/N] ");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
