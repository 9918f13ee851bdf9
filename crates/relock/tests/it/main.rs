//! The commands, by ecosystem.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod edit;
mod node;
mod others;
mod plan;
mod python;

use fleetwright_package::{Files, Package};
use fleetwright_relock::{Ask, Step, plan};

/// The steps for a lockfile without manifests, as lines.
pub(crate) fn lines(file: &str, package: &str, locked: &[&str], to: (&str, bool)) -> Vec<String> {
    lines_of(&Files::default(), (file, package), locked, to)
}

/// The steps for a lockfile, as lines.
pub(crate) fn lines_of(
    files: &Files,
    (file, package): (&str, &str),
    locked: &[&str],
    (to, alone): (&str, bool),
) -> Vec<String> {
    let (path, format) = file.split_once('=').unwrap();
    let package: Package = package.parse().unwrap();
    let locked: Vec<String> = locked.iter().map(|version| (*version).to_owned()).collect();
    let ecosystem = package.ecosystem();
    let (package, locked) = (&package, locked.as_slice());
    match plan(&Ask { path, ecosystem, format, files, package, locked, to, alone }) {
        Ok(plan) => plan.steps.iter().map(line).collect(),
        Err(why) => vec![why],
    }
}

/// A step as a line.
pub(crate) fn line(step: &Step) -> String {
    match step {
        Step::Run(words) => words.join(" "),
        Step::Write(file, Some(text)) => format!("{file} = {}", text.trim()),
        Step::Write(file, None) => format!("{file} = nothing"),
    }
}
