//! `deps advisories`: what is affected, through what, and what mends it.

use std::collections::BTreeSet;

use fleetwright_engine::deps::{Exposure, Hit, advisories};

use super::deps_show::{place, short};
use crate::args::AdvisoriesArgs;
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::{number, plain, wide_table};

/// Files that are no advisories, of which so many are told.
const TOLD: usize = 5;

/// Advisories against one place, of which so many are named.
const NAMES: usize = 2;

pub(super) async fn run(context: &Context<'_>, args: &AdvisoriesArgs) -> Ended {
    let fleet = context.open().await?;
    let path = args.path.clone().or_else(|| fleet.config.advisories.clone());
    let path = path.ok_or_else(|| {
        Failure::usage("no advisories are given\n  try: name a folder or zip of OSV's, or set `dependencies.advisories` in fleetwright.yaml")
    })?;
    let told = advisories(&fleet, &path, args.called.as_deref()).await?;
    let code = if told.hits.is_empty() { Code::Done } else { Code::SomeFailed };
    if context.ui.json() {
        context.ui.document(&serde_json::to_value(&told).unwrap_or_default());
        return Ok(code);
    }
    if !told.hits.is_empty() {
        let head = [
            "severity",
            "advisory",
            "package",
            "version",
            "fixed in",
            "repository",
            "component",
            "where",
            "because of",
        ];
        context.ui.line(wide_table(&head, told.hits.iter().map(|hit| row(&told, hit)).collect()));
    }
    context.ui.say(said(&told));
    for (file, why) in told.findings.iter().take(TOLD) {
        context.ui.note(plain(&format!("{file}: {why}")));
    }
    if told.findings.len() > TOLD {
        context.ui.note(format!("and {} more files that are no advisories", told.findings.len() - TOLD));
    }
    Ok(code)
}

fn row(told: &Exposure, hit: &Hit) -> Vec<String> {
    let severity = hit.score.map_or(hit.rating.to_owned(), |score| format!("{} {score:.1}", hit.rating));
    // People know the CVE; the other name is in the JSON.
    let names: Vec<&str> = hit
        .advisories
        .iter()
        .map(|id| {
            let aliases = told.advisories.get(id).map_or(&[][..], |advisory| &advisory.aliases);
            aliases.iter().find(|alias| alias.starts_with("CVE-")).unwrap_or(id).as_str()
        })
        .collect();
    let found = &hit.found;
    let components: Vec<&str> = found.components.iter().map(|name| short(name)).collect();
    let because = if found.path.is_empty() { found.through.clone() } else { found.path.join(" > ") };
    let fix = hit.fix.as_deref().unwrap_or("none known");
    let place = place(found);
    let words = [
        severity.as_str(),
        &few(&names),
        &found.package,
        &found.version,
        fix,
        &found.repo,
        &components.join(", "),
        &place,
        &because,
    ];
    words.map(plain).to_vec()
}

/// The first few of many names.
fn few(names: &[&str]) -> String {
    let more = names.len().saturating_sub(NAMES);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    names.iter().take(NAMES).copied().collect::<Vec<_>>().join(", ") + &more
}

fn said(told: &Exposure) -> String {
    let repos: BTreeSet<&str> = told.hits.iter().map(|hit| hit.found.repo.as_str()).collect();
    let read = number(told.read as u64, "advisory", "advisories");
    let untold: BTreeSet<&str> = told.untold.iter().map(|found| found.repo.as_str()).collect();
    let untold = match untold.len() {
        0 => String::new(),
        some => format!("; in {} it cannot be told", number(some as u64, "repository", "repositories")),
    };
    if told.hits.is_empty() {
        return format!("Nothing in use is affected by any of {read}{untold}.");
    }
    let hits = number(told.hits.len() as u64, "place", "places");
    let repos = number(repos.len() as u64, "repository", "repositories");
    format!("{hits} in {repos} affected by {} of {read}{untold}", told.advisories.len())
}
