//! `shift try`: the laptop loop. One checkout, the diff, seconds.

use std::path::Path;

use fleetwright_engine::load::Loaded;
use fleetwright_engine::trial::try_on;
use fleetwright_store::Outcome;
use serde_json::json;

use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::{coloured, number};

pub(super) fn run(context: &Context<'_>, file: &Path, checkout: &Path, write: bool) -> Ended {
    let ui = context.ui;
    let loaded = Loaded::read(file)?;
    if !checkout.is_dir() {
        let message = format!("{} is not a folder\n  try: the path of a checkout", checkout.display());
        return Err(Failure::usage(message));
    }
    let trial = try_on(&loaded, checkout, context.isolation(), write)?;
    let change = &trial.made.change;
    let patch = String::from_utf8_lossy(change.patch.as_deref().unwrap_or_default()).into_owned();
    let log = String::from_utf8_lossy(&change.log).into_owned();
    if ui.json() {
        ui.document(
            &json!({ "outcome": change.outcome, "patch": patch, "log": log, "written": trial.written }),
        );
    } else {
        if !log.is_empty() {
            ui.note(log.trim_end());
        }
        if !patch.is_empty() {
            ui.line(coloured(patch.trim_end()));
        }
        match &change.outcome {
            Outcome::Changed { files, .. } => {
                let files = number(files.len() as u64, "file", "files");
                ui.note(match write {
                    true => format!("{files} written"),
                    false => format!("{files} would change; `--write` writes it"),
                });
            }
            Outcome::Unchanged => ui.note("unchanged: the steps left every byte as it was"),
            Outcome::NotApplicable { why } => ui.note(format!("not applicable: {why}")),
            Outcome::Failed { fault } => ui.note(format!("failed: {fault}")),
        }
    }
    Ok(match change.outcome {
        Outcome::Failed { .. } => Code::SomeFailed,
        _ => Code::Done,
    })
}
