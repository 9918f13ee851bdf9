//! `shift status` and `shift list`: where shifts stand.

use std::sync::Arc;

use fleetwright_core::next::Control;
use fleetwright_core::why::Why;
use fleetwright_engine::command::{Continue, known};
use fleetwright_engine::drive::Driven;
use fleetwright_engine::fleet::Fleet;
use fleetwright_engine::forecast::Forecast;
use fleetwright_engine::report::Status;
use serde_json::json;

use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::{counts_table, number, table, when};

pub(super) async fn run(context: &Context<'_>, name: Option<&str>, offline: bool) -> Ended {
    let Some(name) = name else { return list(context).await };
    let fleet = context.open().await?;
    let row = known(&fleet, name).await?;
    let mut driven = Driven::Through;
    if !offline && row.control == Control::Running {
        let (caller, bar) = context.caller();
        let moved = Continue { shift: name.to_owned() }.apply(&fleet, &caller).await.map_err(Failure::from);
        bar.clear();
        driven = match moved {
            Ok((driven, _)) => driven,
            Err(failure) if is_taken(&failure) => Driven::Through,
            Err(failure) => return Err(failure),
        };
    }
    ended(context, &fleet, name, driven).await
}

/// Shows where a shift stands after it was driven, and how the command ends.
pub(super) async fn ended(context: &Context<'_>, fleet: &Arc<Fleet>, name: &str, driven: Driven) -> Ended {
    let code = show(context, fleet, name).await?;
    Ok(match driven {
        Driven::Halted(_) => Code::Halted,
        Driven::Through => code,
    })
}

/// Whether somebody else holds the shift: then its state is only shown.
pub(super) fn is_taken(failure: &Failure) -> bool {
    failure.code() == 4
}

/// Shows where a shift stands, and says what that is worth as a command's end.
pub(super) async fn show(context: &Context<'_>, fleet: &Arc<Fleet>, name: &str) -> Ended {
    let status = fleet.status(name).await?;
    let failed = status.counts.iter().any(|count| count.stage == "failed");
    let unanswered = Why::NotSeen.to_string();
    let code = match status.counts.iter().any(|count| count.reason == unanswered) {
        true => Code::Unanswered,
        false if failed => Code::SomeFailed,
        false => Code::Done,
    };
    if context.ui.json() {
        context.ui.document(&serde_json::to_value(&status).map_err(Failure::internal)?);
        return Ok(code);
    }
    let ui = context.ui;
    let counted = stands(context, &status);
    ui.say(format!("{counted} Why: fleetwright shift why {name} REPO"));
    if failed {
        ui.say(format!("Failed ones again: fleetwright shift retry {name} --failed"));
    }
    Ok(code)
}

/// Shows how many targets stand where; returns how many there are, as a sentence.
pub(super) fn stands(context: &Context<'_>, status: &Status) -> String {
    let ui = context.ui;
    ui.line(format!("{}: {} ({})", status.shift, status.title, status.control));
    if let Some(holder) = &status.holder {
        ui.say(format!("at work: {holder}"));
    }
    ui.line(counts_table(&status.counts));
    status.budgets.iter().for_each(|forecast| ui.say(forecast_line(forecast)));
    let left_out: u64 = status.left_out.iter().map(|out| out.repositories).sum();
    let targets = number(status.targets, "target", "targets");
    format!("{targets}, {} left out.", number(left_out, "repository", "repositories"))
}

pub(super) async fn list(context: &Context<'_>) -> Ended {
    let fleet = context.open().await?;
    let mut rows = Vec::new();
    let mut documents = Vec::new();
    for row in fleet.store.shifts().await? {
        let name = row.shift.metadata.name.clone();
        let counts = fleet.store.counts(&name).await?;
        let of = |stage: &str| -> u64 {
            counts.iter().filter(|count| count.stage == stage).map(|count| count.targets).sum()
        };
        let total: u64 = counts.iter().map(|count| count.targets).sum();
        documents.push(json!({
            "name": name, "title": row.shift.title(), "control": row.control.word(), "targets": total,
            "made": of("made"), "open": of("open"), "merged": of("merged"), "failed": of("failed"), "createdAt": row.created_at,
        }));
        let numbers =
            [total, of("made"), of("open"), of("merged"), of("failed")].map(|count| count.to_string());
        let mut cells = vec![name, row.control.word().to_owned(), when(row.created_at)];
        cells.extend(numbers);
        rows.push(cells);
    }
    if context.ui.json() {
        context.ui.document(&json!(documents));
    } else if rows.is_empty() {
        context.ui.line("No shifts yet. Next: fleetwright shift new NAME > NAME.yaml");
    } else {
        let head = ["shift", "control", "first planned", "targets", "made", "open", "merged", "failed"];
        context.ui.line(table(&head, rows));
    }
    Ok(Code::Done)
}

/// How a budget stands, in one line.
pub(super) fn forecast_line(forecast: &Forecast) -> String {
    let Forecast { forge, waiting, budget, .. } = forecast;
    let used: u32 = budget.used.iter().sum();
    let allowed = match (budget.per_hour, budget.per_minute) {
        (Some(hour), _) => format!("{used} of {hour} creations used within the hour"),
        (None, Some(minute)) => format!("at most {minute} creations a minute"),
        (None, None) => "no limit is known".to_owned(),
    };
    let last = forecast.last_at.map_or("nobody can tell when".to_owned(), |at| format!("{} UTC", when(at)));
    let blocked = match budget.blocked_until {
        Some(until) => format!("; nothing is sent before {} UTC, as the forge asked", when(until)),
        None => String::new(),
    };
    format!(
        "{forge}: {} to open, the last one by {last} ({allowed}){blocked}",
        number(u64::from(*waiting), "pull request", "pull requests")
    )
}
