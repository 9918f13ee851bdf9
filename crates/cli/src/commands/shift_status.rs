//! `shift status` and `shift list`: where shifts stand.

use fleetwright_api::shifts::{Budget, Continue, List, Status, StatusOf};
use fleetwright_core::why::Why;
use serde_json::json;

use crate::context::{Context, Ended};
use crate::failure::Code;
use crate::show::{counts_table, number, table, when};

pub(super) async fn run(context: &Context<'_>, name: Option<&str>, offline: bool) -> Ended {
    let Some(name) = name else { return list(context).await };
    // A server drives what runs by itself, and whoever only reads there may ask.
    let halted = match offline || context.global.server.is_some() {
        true => None,
        false => context.call(Continue { shift: name.to_owned() }).await?.halted,
    };
    ended(context, name, halted.is_some()).await
}

/// Shows where a shift stands after it was driven, and how the command ends.
pub(super) async fn ended(context: &Context<'_>, name: &str, halted: bool) -> Ended {
    let code = show(context, name).await?;
    Ok(if halted { Code::Halted } else { code })
}

/// Shows where a shift stands, and says what that is worth as a command's end.
pub(super) async fn show(context: &Context<'_>, name: &str) -> Ended {
    let status = context.call(StatusOf { shift: name.to_owned() }).await?;
    let failed = status.counts.iter().any(|count| count.stage == "failed");
    let unanswered = Why::NotSeen.to_string();
    let code = match status.counts.iter().any(|count| count.reason == unanswered) {
        true => Code::Unanswered,
        false if failed => Code::SomeFailed,
        false => Code::Done,
    };
    if context.ui.json() {
        context.ui.document(&json!(status));
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
    let shifts = context.call(List {}).await?;
    if context.ui.json() {
        context.ui.document(&json!(shifts));
    } else if shifts.is_empty() {
        context.ui.line("No shifts yet. Next: fleetwright shift new NAME > NAME.yaml");
    } else {
        let rows = shifts.into_iter().map(|shift| {
            let numbers = [shift.targets, shift.made, shift.open, shift.merged, shift.failed];
            let words = [shift.name, shift.control, when(shift.created_at)];
            words.into_iter().chain(numbers.map(|count| count.to_string())).collect()
        });
        let head = ["shift", "control", "first planned", "targets", "made", "open", "merged", "failed"];
        context.ui.line(table(&head, rows.collect()));
    }
    Ok(Code::Done)
}

/// How a budget stands, in one line.
pub(super) fn forecast_line(forecast: &Budget) -> String {
    let Budget { forge, waiting, budget, .. } = forecast;
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
