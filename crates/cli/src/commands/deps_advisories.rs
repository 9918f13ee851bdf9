//! `deps advisories`: what is affected, through what, and what mends it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use fleetwright_core::shift::is_label;
use fleetwright_engine::deps::{Exposure, Hit, advisories, mending, shift_file};
use fleetwright_engine::fleet::Fleet;
use serde_json::json;

use super::deps_show::{because, mended_in, place, short};
use crate::args::AdvisoriesArgs;
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::{number, plain, wide_table};
use crate::ui::rows;

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
    if let Some(file) = &args.fix {
        return fix(context, args, (&fleet, &told), file.as_deref()).await;
    }
    if context.ui.json() {
        let lists = vec![("hits", rows(&told.hits)), ("untold", rows(&told.untold))];
        let beside = json!({ "advisories": told.advisories, "read": told.read, "findings": told.findings });
        context.ui.lists(lists, beside.as_object().cloned().unwrap_or_default());
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

/// Writes the shift that mends.
async fn fix(
    context: &Context<'_>,
    args: &AdvisoriesArgs,
    (fleet, told): (&Fleet, &Exposure),
    file: Option<&Path>,
) -> Ended {
    let steps = mending(fleet, told).await?;
    let unmended: BTreeSet<&str> =
        told.hits.iter().filter(|hit| hit.fix.is_none()).map(|hit| hit.found.package.as_str()).collect();
    if steps.is_empty() {
        context.ui.say(said(told));
        let why =
            if unmended.is_empty() { "There is nothing to mend." } else { "No mended version is known." };
        context.ui.say(format!("{why} No shift was written."));
        return Ok(Code::Done);
    }
    let name = format!("mend-{}", args.called.as_deref().unwrap_or("advisories").to_lowercase());
    if !is_label(&name) {
        let message =
            format!("`{name}` cannot be the name of a shift\n  try: `--called` with the advisory's CVE");
        return Err(Failure::usage(message));
    }
    let path = file.map_or_else(|| Path::new("shifts").join(format!("{name}.yaml")), Path::to_owned);
    write_new(&path, &shift_file(&name, &steps, told))?;
    if context.ui.json() {
        context.ui.document(&json!({ "written": path, "steps": steps }));
    }
    context.ui.say(said(told));
    context.ui.say(format!("Wrote {}.", path.display()));
    if !unmended.is_empty() {
        let names: Vec<&str> = unmended.into_iter().collect();
        context.ui.say(format!("No mended version is known of {}.", few(&names)));
    }
    context.ui.say(format!("Next: fleetwright shift plan {}", path.display()));
    Ok(Code::Done)
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let file = File::options().write(true).create_new(true).open(path);
    let mut file = file.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::refused(format!("{} is there already\n  try: --fix FILE, another file", path.display()))
        }
        _ => Failure::from(error),
    })?;
    Ok(file.write_all(text.as_bytes())?)
}

fn row(told: &Exposure, hit: &Hit) -> Vec<String> {
    let severity = hit.score.map_or(hit.rating.to_owned(), |score| format!("{} {score:.1}", hit.rating));
    // People know the CVE; the other name is in the JSON.
    let names: Vec<&str> = hit
        .advisories
        .iter()
        .map(|id| told.advisories.get(id).map_or(id.as_str(), |advisory| advisory.known_as(id)))
        .collect();
    let found = &hit.found;
    let components: Vec<&str> = found.components.iter().map(|name| short(name)).collect();
    let place = place(found);
    let words = [
        severity.as_str(),
        &few(&names),
        &found.package,
        &found.version,
        mended_in(hit),
        &found.repo,
        &components.join(", "),
        &place,
        &because(found),
    ];
    words.map(plain).to_vec()
}

/// The first few of many names.
fn few(names: &[&str]) -> String {
    let more = names.len().saturating_sub(NAMES);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    names.iter().take(NAMES).copied().collect::<Vec<_>>().join(", ") + &more
}

/// The answer in one sentence.
pub(super) fn said(told: &Exposure) -> String {
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
