//! Files of the fleet that Locations name by address: they are read from the mirrors, never fetched.

use std::collections::BTreeMap;
use std::path::PathBuf;

use fleetwright_core::Oid;
use fleetwright_git::{Limits, Mode, RepoPath, Repository};
use fleetwright_store::{FetchedRow, RepoRow};

use super::due::{Due, Room};
use super::followed::Address;
use crate::error::EngineError;
use crate::fleet::Fleet;

/// The largest file, in bytes: that of an address on the network.
const MAX_FILE: u64 = fleetwright_fetch::MAX_TEXT as u64;

/// The rows of files and patterns, as their repositories are now. While a tree is the same, nothing is
/// read.
///
/// # Errors
/// When a piece of work ends badly.
pub(super) async fn read(
    fleet: &Fleet,
    repos: &BTreeMap<i64, RepoRow>,
    due: Vec<Due>,
    room: &mut Room,
) -> Result<Vec<FetchedRow>, EngineError> {
    let mut moved: Vec<(Due, PathBuf, Oid)> = Vec::new();
    let mut rows = Vec::new();
    for due in due {
        let (Address::File(repo, _) | Address::Files(repo, _)) = due.address else { continue };
        let Some(row) = repos.get(&repo) else { continue };
        let Some(tree) = row.tree else {
            let why = row.fault.clone().unwrap_or_else(|| "it has no commit".to_owned());
            let failed = due.failed(format!("{} cannot be read: {why}", row.name), "sync again", false);
            rows.push(room.keep(&due, failed));
            continue;
        };
        let same = due.old.as_ref().filter(|old| old.tag == tree.to_string() && old.fault.is_empty());
        match same {
            Some(same) => rows.push(room.keep(&due, same.clone())),
            None => moved.push((due, fleet.mirror(&row.forge, &row.name), tree)),
        }
    }
    let mut left = *room;
    let read = tokio::task::spawn_blocking(move || {
        let read = moved.iter().map(|(due, mirror, tree)| left.keep(due, one(due, mirror, *tree)));
        (read.collect::<Vec<_>>(), left)
    });
    let read = read.await.map_err(|error| EngineError::Refused(format!("a reading ended badly: {error}")))?;
    *room = read.1;
    rows.extend(read.0);
    Ok(rows)
}

fn one(due: &Due, mirror: &std::path::Path, tree: Oid) -> FetchedRow {
    let read = Repository::open(mirror).map_err(|error| error.to_string());
    let read = read.and_then(|repository| match &due.address {
        Address::File(_, path) => file(&repository, tree, path),
        Address::Files(_, pattern) => files(&repository, tree, pattern),
        Address::Net(_) => Ok(None),
    });
    match read {
        Ok(Some(text)) => due.taken(text, tree.to_string()),
        Ok(None) => {
            let fault = "no such file is on the default branch".to_owned();
            due.failed(fault, "commit it, or write `presence: optional`", true)
        }
        Err(why) => due.failed(why, "mend the file, or sync again", false),
    }
}

fn file(repository: &Repository, tree: Oid, path: &str) -> Result<Option<String>, String> {
    let Ok(path) = RepoPath::new(path) else { return Ok(None) };
    let found = repository.find(tree, &path).map_err(|error| error.to_string())?;
    let is_file = |mode: Mode| matches!(mode, Mode::File | Mode::Executable);
    let Some(entry) = found.filter(|entry| is_file(entry.mode)) else { return Ok(None) };
    let bytes = repository.blob(entry.oid, MAX_FILE).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map(Some).map_err(|_| "it is not UTF-8 text".to_owned())
}

/// The paths that fit a pattern, one a line.
fn files(repository: &Repository, tree: Oid, pattern: &str) -> Result<Option<String>, String> {
    let glob = fleetwright_catalog::glob(pattern).map_err(|error| error.to_string())?;
    let entries = repository.list(tree, Limits::default()).map_err(|error| error.to_string())?;
    let paths: Vec<&str> = entries
        .iter()
        .filter(|entry| matches!(entry.mode, Mode::File | Mode::Executable))
        .filter_map(|entry| entry.path.as_str())
        .filter(|path| glob.is_match(path) && !path.contains(['\n', '\r']))
        .collect();
    Ok((!paths.is_empty()).then(|| paths.join("\n")))
}
