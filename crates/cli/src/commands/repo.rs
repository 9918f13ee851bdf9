//! `repo sync`, `list` and `show`.

use fleetwright_engine::know::know;
use fleetwright_engine::{EngineError, sync, teams};
use serde_json::json;

use crate::context::{Context, Ended};
use crate::failure::Code;
use crate::show::{number, table};

pub(super) async fn sync(context: &Context<'_>) -> Ended {
    let fleet = context.open().await?;
    let (caller, bar) = context.caller();
    let known = async {
        let synced = sync::sync(&fleet, |_| true, caller.progress.as_ref()).await?;
        teams::refresh(&fleet, 0, caller.progress.as_ref()).await?;
        Ok::<_, EngineError>((synced, know(&fleet, caller.progress.as_ref()).await?))
    };
    let known = known.await;
    bar.clear();
    let (synced, (ingested, assembled)) = known?;
    sync::trim(&fleet).await?;
    if context.ui.json() {
        let (listed, fetched, faults) = (synced.listed, synced.fetched, synced.faults);
        context.ui.document(&json!({
            "listed": listed, "fetched": fetched, "faults": faults, "read": ingested.read,
            "forgotten": ingested.forgotten, "findings": ingested.findings,
            "entities": { "changed": assembled.put, "gone": assembled.gone, "whole": assembled.whole },
        }));
    } else {
        context.ui.say(format!(
            "{} listed, {} moved and fetched, {} cannot be read",
            number(synced.listed as u64, "repository", "repositories"),
            synced.fetched,
            synced.faults
        ));
        context.ui.say(format!(
            "{} read, {} in them; catalog: {} changed, {} gone",
            number(ingested.read as u64, "repository", "repositories"),
            number(ingested.findings as u64, "finding", "findings"),
            number(assembled.put as u64, "entity", "entities"),
            assembled.gone
        ));
    }
    Ok(Code::Done)
}

pub(super) async fn list(context: &Context<'_>) -> Ended {
    let fleet = context.open().await?;
    let repos = fleet.store.repos().await?;
    if context.ui.json() {
        let told = repos.iter().map(|repo| {
            json!({
                "name": repo.name, "forge": repo.forge, "facts": repo.facts,
                "head": repo.head, "fault": repo.fault,
            })
        });
        context.ui.document(&told.collect());
        return Ok(Code::Done);
    }
    if repos.is_empty() {
        context.ui.line("No repositories known yet. Next: fleetwright repo sync");
        return Ok(Code::Done);
    }
    let rows = repos.iter().map(|repo| {
        let head = repo.head.map(|head| head.short()).unwrap_or_default();
        let branch = repo.facts.default_branch.clone();
        let state = match (&repo.fault, repo.facts.archived, repo.head) {
            (Some(fault), ..) => fault.lines().next().unwrap_or_default().to_owned(),
            (None, true, _) => "archived".to_owned(),
            (None, false, None) => "empty".to_owned(),
            (None, false, Some(_)) => String::new(),
        };
        vec![repo.name.clone(), repo.facts.language.clone(), branch, head, state]
    });
    context.ui.line(table(&["repository", "language", "branch", "tip", "state"], rows.collect()));
    Ok(Code::Done)
}

pub(super) async fn show(context: &Context<'_>, name: &str) -> Ended {
    let fleet = context.open().await?;
    let repo = fleet.repo(name).await?;
    let local = fleet.local(&repo.forge)?;
    let pulls = local.pulls(&repo.name)?;
    if context.ui.json() {
        context.ui.document(&json!({
            "name": repo.name, "forge": repo.forge, "facts": repo.facts, "head": repo.head,
            "fault": repo.fault, "pulls": pulls,
        }));
        return Ok(Code::Done);
    }
    let ui = context.ui;
    ui.line(format!("{} at {}", repo.name, repo.forge));
    ui.line(format!("  repository  {}", local.layout().repository(&repo.name)?.display()));
    ui.line(format!("  pulls       {}", local.layout().folder(&repo.name)?.join("pulls").display()));
    ui.line(format!(
        "  branch      {} at {}",
        repo.facts.default_branch,
        repo.head.map(|h| h.short()).unwrap_or_default()
    ));
    if let Some(fault) = &repo.fault {
        ui.line(format!("  fault       {fault}"));
    }
    let rows = pulls.iter().map(|pull| {
        let state = serde_json::to_value(&pull.state).unwrap_or_default();
        let word = state["state"].as_str().unwrap_or_default().to_owned();
        vec![format!("#{}", pull.number), word, pull.branch.clone(), pull.title.clone()]
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        ui.line(table(&["pull", "state", "branch", "title"], rows));
    }
    Ok(Code::Done)
}
