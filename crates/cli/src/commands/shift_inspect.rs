//! `shift targets`, `why`, `diff` and `logs`: one shift from near.

use fleetwright_api::shifts::{Diff, Gate, Log, Logged, Logs, Near, Target, Targets, Why};
use serde_json::json;

use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::{coloured, table, when};

/// Every target of a shift, page by page.
pub(super) async fn all(
    context: &Context<'_>,
    shift: &str,
    stage: Option<&str>,
) -> Result<Vec<Target>, Failure> {
    let mut asked =
        Targets { shift: shift.to_owned(), stage: stage.map(str::to_owned), ..Targets::default() };
    let mut targets = Vec::new();
    loop {
        let page = context.call(asked.clone()).await?;
        targets.extend(page.items);
        match page.next {
            Some(next) => asked.cursor = Some(next),
            None => return Ok(targets),
        }
    }
}

pub(super) async fn targets(context: &Context<'_>, shift: &str, stage: Option<&str>) -> Ended {
    let targets = all(context, shift, stage).await?;
    if context.ui.json() {
        context.ui.document(&json!(targets));
        return Ok(Code::Done);
    }
    let rows = targets.into_iter().map(|target| {
        let number = target.detail["pull"]["number"].as_u64();
        let pull = number.map(|number| format!("#{number}")).unwrap_or_default();
        vec![target.target, target.stage, pull, target.reason]
    });
    context.ui.line(table(&["target", "stage", "pull", "why"], rows.collect()));
    Ok(Code::Done)
}

pub(super) async fn why(context: &Context<'_>, shift: &str, repo: &str) -> Ended {
    let told = context.call(Why { shift: shift.to_owned(), repo: repo.to_owned() }).await?;
    if context.ui.json() {
        context.ui.document(&json!(told));
        return Ok(Code::Done);
    }
    for Near { target, why, gates, seen_at } in &told {
        context.ui.line(format!("{target}: {why}"));
        let Some(seen_at) = seen_at else { continue };
        let row = |gate: &Gate| vec![gate.gate.clone(), gate.value.clone(), gate.verdict.clone()];
        context.ui.line(table(&["gate", "found", "verdict"], gates.iter().map(row).collect()));
        context.ui.say(format!(
            "As the forge last showed it, {} UTC. Looked at again by `fleetwright shift status {shift}`.",
            when(*seen_at)
        ));
    }
    Ok(Code::Done)
}

pub(super) async fn diff(context: &Context<'_>, shift: &str, repo: &str) -> Ended {
    let patches = context.call(Diff { shift: shift.to_owned(), repo: repo.to_owned() }).await?;
    if context.ui.json() {
        context.ui.document(&json!(patches));
        return Ok(Code::Done);
    }
    for patch in patches {
        match patch.patch.as_str() {
            "" => context.ui.note(format!("{}: no change is stored ({})", patch.target, patch.stage)),
            text => context.ui.line(coloured(text.trim_end())),
        }
    }
    Ok(Code::Done)
}

pub(super) async fn logs(context: &Context<'_>, shift: &str, repo: Option<&str>) -> Ended {
    let told = context.call(Logs { shift: shift.to_owned(), repo: repo.map(str::to_owned) }).await?;
    if context.ui.json() {
        match (repo, told.first()) {
            (None, Some(log)) => context.ui.document(&json!({ "shift": shift, "events": log.events })),
            _ => context.ui.document(&json!(told)),
        }
        return Ok(Code::Done);
    }
    for Log { events, log, .. } in told {
        show_events(context, &events);
        if !log.is_empty() {
            context.ui.line(log.trim_end());
        }
    }
    Ok(Code::Done)
}

fn show_events(context: &Context<'_>, events: &[Logged]) {
    for event in events {
        let target = event.target.as_deref().unwrap_or_default();
        let line =
            format!("{}  {:<18} {:<10} {target} {}", when(event.at), event.what, event.actor, event.detail);
        context.ui.line(line.trim_end());
    }
}
