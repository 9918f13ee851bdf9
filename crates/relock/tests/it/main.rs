//! The commands, by ecosystem.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod node;
mod others;
mod plan;
mod python;

use fleetwright_package::Package;
use fleetwright_relock::{Ask, plan};

/// The commands for a lockfile, as lines.
pub(crate) fn lines(file: &str, package: &str, locked: &[&str], (to, alone): (&str, bool)) -> Vec<String> {
    let (path, format) = file.split_once('=').unwrap();
    let package: Package = package.parse().unwrap();
    let locked: Vec<String> = locked.iter().map(|version| (*version).to_owned()).collect();
    let ecosystem = package.ecosystem();
    let (package, locked) = (&package, locked.as_slice());
    match plan(&Ask { path, ecosystem, format, text: "", package, locked, to, alone }) {
        Ok(plan) => plan.commands.iter().map(|words| words.join(" ")).collect(),
        Err(why) => vec![why],
    }
}
