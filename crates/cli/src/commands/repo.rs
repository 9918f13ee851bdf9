//! `repo sync`, `list` and `show`.

use fleetwright_api::repos::{List, Repo, Sync};
use serde_json::json;

use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::{number, table};
use crate::ui::rows;

/// How many letters of a commit are shown.
const SHORT: usize = 10;

pub(super) async fn sync(context: &Context<'_>) -> Ended {
    let synced = context.call(Sync {}).await?;
    if context.ui.json() {
        context.ui.document(&json!(synced));
        return Ok(Code::Done);
    }
    context.ui.say(format!(
        "{} listed, {} moved and fetched, {} cannot be read",
        number(synced.listed as u64, "repository", "repositories"),
        synced.fetched,
        synced.faults
    ));
    context.ui.say(format!(
        "{} read, {} in them; catalog: {} changed, {} gone",
        number(synced.read as u64, "repository", "repositories"),
        number(synced.findings as u64, "finding", "findings"),
        number(synced.entities.changed as u64, "entity", "entities"),
        synced.entities.gone
    ));
    Ok(Code::Done)
}

/// Every repository that is known, page by page.
async fn all(context: &Context<'_>) -> Result<Vec<Repo>, Failure> {
    let (mut asked, mut repos) = (List::default(), Vec::new());
    loop {
        let page = context.call(asked.clone()).await?;
        repos.extend(page.items);
        match page.next {
            Some(next) => asked.cursor = Some(next),
            None => return Ok(repos),
        }
    }
}

pub(super) async fn list(context: &Context<'_>) -> Ended {
    let repos = all(context).await?;
    if context.ui.json() {
        context.ui.list(rows(&repos));
        return Ok(Code::Done);
    }
    if repos.is_empty() {
        context.ui.line("No repositories known yet. Next: fleetwright repo sync");
        return Ok(Code::Done);
    }
    let rows = repos.iter().map(|repo| {
        let fact = |key: &str| repo.facts[key].as_str().unwrap_or_default().to_owned();
        let head = repo.head.as_deref().and_then(|head| head.get(..SHORT)).unwrap_or_default().to_owned();
        let state = match (&repo.fault, repo.facts["archived"].as_bool(), &repo.head) {
            (Some(fault), ..) => fault.lines().next().unwrap_or_default().to_owned(),
            (None, Some(true), _) => "archived".to_owned(),
            (None, _, None) => "empty".to_owned(),
            (None, _, Some(_)) => String::new(),
        };
        vec![repo.name.clone(), fact("language"), fact("defaultBranch"), head, state]
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
