//! `shift targets`, `why`, `diff` and `logs`: one shift from near.

use fleetwright_core::event::TargetName;
use fleetwright_core::gate::Gate;
use fleetwright_core::stage::Stage;
use fleetwright_engine::command::{Which, choose, known};
use fleetwright_engine::report::{Explained, document};
use serde_json::json;

use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::{coloured, table, when};

/// How many events are shown.
const EVENTS: u32 = 200;

pub(super) async fn targets(context: &Context<'_>, shift: &str, stage: Option<&str>) -> Ended {
    let fleet = context.open().await?;
    known(&fleet, shift).await?;
    if let Some(word) = stage.filter(|word| !Stage::WORDS.contains(word)) {
        let message = format!("`{word}` is not a stage\n  try: one of {}", Stage::WORDS.join(", "));
        return Err(Failure::usage(message));
    }
    let mut targets = choose(&fleet, shift, &Which::All, false).await?;
    targets.retain(|target| stage.is_none_or(|stage| target.stage.word() == stage));
    if context.ui.json() {
        context.ui.document(&targets.iter().map(document).collect());
        return Ok(Code::Done);
    }
    let rows = targets.iter().map(|target| {
        let pull = target.stage.pull().map(|pull| format!("#{}", pull.number)).unwrap_or_default();
        vec![target.name.to_string(), target.stage.word().to_owned(), pull, target.reason.clone()]
    });
    context.ui.line(table(&["target", "stage", "pull", "why"], rows.collect()));
    Ok(Code::Done)
}

pub(super) async fn why(context: &Context<'_>, shift: &str, repo: &str) -> Ended {
    let fleet = context.open().await?;
    let told = fleet.why(shift, repo).await?;
    if context.ui.json() {
        context.ui.document(&json!(told));
        return Ok(Code::Done);
    }
    for Explained { target, why, gates, seen_at } in &told {
        context.ui.line(format!("{target}: {why}"));
        let Some(seen_at) = seen_at else { continue };
        let row = |gate: &Gate| {
            let verdict = gate.closed.as_ref().map_or("open".to_owned(), |why| format!("closed: {why}"));
            vec![gate.gate.to_owned(), gate.value.clone(), verdict]
        };
        context.ui.line(table(&["gate", "found", "verdict"], gates.iter().map(row).collect()));
        context.ui.say(format!(
            "As the forge last showed it, {} UTC. Looked at again by `fleetwright shift status {shift}`.",
            when(*seen_at)
        ));
    }
    Ok(Code::Done)
}

pub(super) async fn diff(context: &Context<'_>, shift: &str, repo: &str) -> Ended {
    let fleet = context.open().await?;
    known(&fleet, shift).await?;
    let mut documents = Vec::new();
    for target in choose(&fleet, shift, &Which::Target(repo.to_owned()), false).await? {
        let stored = match &target.key {
            Some(key) => fleet.store.change(key).await?,
            None => None,
        };
        let patch = stored.and_then(|change| change.patch).unwrap_or_default();
        let text = String::from_utf8_lossy(&patch).into_owned();
        if context.ui.json() {
            documents.push(json!({ "target": target.name.to_string(), "patch": text }));
        } else if text.is_empty() {
            context.ui.note(format!("{}: no change is stored ({})", target.name, target.stage.word()));
        } else {
            context.ui.line(coloured(text.trim_end()));
        }
    }
    if context.ui.json() {
        context.ui.document(&json!(documents));
    }
    Ok(Code::Done)
}

pub(super) async fn logs(context: &Context<'_>, shift: &str, repo: Option<&str>) -> Ended {
    let fleet = context.open().await?;
    known(&fleet, shift).await?;
    let Some(repo) = repo else {
        let events = fleet.store.events(shift, None, EVENTS).await?;
        match context.ui.json() {
            true => context.ui.document(&json!({ "shift": shift, "events": events })),
            false => show_events(context, &events),
        }
        return Ok(Code::Done);
    };
    let mut documents = Vec::new();
    for target in choose(&fleet, shift, &Which::Target(repo.to_owned()), false).await? {
        let name: &TargetName = &target.name;
        let events = fleet.store.events(shift, Some(name), EVENTS).await?;
        let stored = match &target.key {
            Some(key) => fleet.store.change(key).await?,
            None => None,
        };
        let log = stored.map(|change| change.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        if context.ui.json() {
            documents.push(json!({ "target": name.to_string(), "events": events, "log": log }));
            continue;
        }
        show_events(context, &events);
        if !log.is_empty() {
            context.ui.line(log.trim_end());
        }
    }
    if context.ui.json() {
        context.ui.document(&json!(documents));
    }
    Ok(Code::Done)
}

fn show_events(context: &Context<'_>, events: &[fleetwright_store::LoggedEvent]) {
    for logged in events {
        let event = &logged.event;
        let target = event.target.as_ref().map(ToString::to_string).unwrap_or_default();
        let line =
            format!("{}  {:<18} {:<10} {target} {}", when(logged.at), event.what, event.actor, event.detail);
        context.ui.line(line.trim_end());
    }
}
