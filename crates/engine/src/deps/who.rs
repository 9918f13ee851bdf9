//! Who depends on a package, in which version, and why.

use std::collections::BTreeSet;

use fleetwright_package::{Package, Range};
use fleetwright_store::{Use, Ways};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::whose::Components;
use crate::error::EngineError;
use crate::fleet::Fleet;

/// Who depends on a package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Who {
    /// Those whose version is in the range.
    pub found: Vec<Found>,
    /// Those of which it cannot be told: their version is not known, or has no place in the range.
    pub untold: Vec<Found>,
    /// How many repositories depend on the package in any version.
    pub repos: usize,
}

/// One place where a package is used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The forge's name.
    pub forge: String,
    /// The repository.
    pub repo: String,
    /// References of the components, as far as they are known.
    pub components: Vec<String>,
    /// References of their owners.
    pub owners: Vec<String>,
    /// The package.
    pub package: String,
    /// The version; empty where it is not known.
    pub version: String,
    /// Why it is not known.
    pub why: String,
    /// The requirement as it is declared; empty for what is only locked.
    pub requirement: String,
    /// What it is used for, such as `runtime`.
    pub scope: String,
    /// Whether a manifest declares it.
    pub direct: bool,
    /// The file that declares or locks it.
    pub file: String,
    /// The line; 0 where there is none.
    pub line: u32,
    /// Where the version comes from, such as `property log4j.version`.
    pub through: String,
    /// The way from what is declared to it, without itself: `name version`.
    pub path: Vec<String>,
}

/// Who depends on a package in a range of versions, or in any.
///
/// # Errors
/// When the database fails.
pub async fn who(fleet: &Fleet, package: &Package, range: Option<&Range>) -> Result<Who, EngineError> {
    let known = fleet.store.versions(package.ecosystem().word(), package.name()).await?;
    let Some((id, versions)) = known else { return Ok(Who::default()) };
    let (mut inside, mut untold) = (Vec::new(), Vec::new());
    for version in versions.iter().map(String::as_str) {
        let holds = match range {
            None => Some(true),
            Some(_) if version.is_empty() => None,
            Some(range) => range.contains(version),
        };
        match holds {
            Some(true) => inside.push(version),
            Some(false) => {}
            None => untold.push(version),
        }
    }
    Ok(Who {
        found: used_in(fleet, fleet.store.uses(id, &inside).await?).await?,
        untold: used_in(fleet, fleet.store.uses(id, &untold).await?).await?,
        repos: fleet.store.users(id).await?,
    })
}

/// These uses as people read them: with the names of repositories and components, and the ways to what is only
/// locked. What a manifest declares and its lockfile locks is told once; what only sets versions for others,
/// and what is a part of the repository itself, is left out.
///
/// # Errors
/// When the database fails.
pub(crate) async fn used_in(fleet: &Fleet, uses: Vec<Use>) -> Result<Vec<Found>, EngineError> {
    let declared: BTreeSet<(i64, String, String, String)> =
        uses.iter().filter(|each| !each.file.is_lock).map(key).collect();
    let counts = |each: &Use| !["managed", "own"].contains(&each.row.scope.as_str());
    let again = |each: &Use| each.file.is_lock && each.row.direct && declared.contains(&key(each));
    let uses: Vec<Use> = uses.into_iter().filter(|each| counts(each) && !again(each)).collect();
    let repos: BTreeSet<i64> = uses.iter().map(|each| each.repo).collect();
    let shared = uses.iter().filter(|each| !each.row.members.is_empty()).map(|each| each.repo).collect();
    let components = Components::of(fleet, &repos, &shared).await?;
    let locked = uses.iter().filter(|each| each.row.via.is_some());
    let places: Vec<(i64, u32)> = locked.map(|each| (each.file_id, each.row.part)).collect();
    let ways = fleet.store.ways(&places).await?;
    let found = uses.into_iter().map(|each| found(each, (&components, &ways)));
    let mut found: Vec<Found> = found.collect();
    let key = |each: &Found| (each.repo.clone(), each.forge.clone(), each.file.clone(), each.line);
    found.sort_by_cached_key(key);
    Ok(found)
}

fn key(each: &Use) -> (i64, String, String, String) {
    (each.repo, each.row.ecosystem.clone(), each.row.name.clone(), each.row.version.clone())
}

fn found(each: Use, (components, ways): (&Components, &Ways)) -> Found {
    let using = components.using(&each);
    let references: BTreeSet<&str> = using.iter().map(|component| component.reference.as_str()).collect();
    let owners: BTreeSet<&str> =
        using.iter().map(|component| component.owner.as_str()).filter(|owner| !owner.is_empty()).collect();
    let mut path = ways.get(&(each.file_id, each.row.part)).cloned().unwrap_or_default();
    path.reverse();
    let (forge, repo) = components.repo(each.repo);
    Found {
        forge,
        repo,
        components: references.into_iter().map(str::to_owned).collect(),
        owners: owners.into_iter().map(str::to_owned).collect(),
        package: format!("{}:{}", each.row.ecosystem, each.row.name),
        version: each.row.version,
        why: each.row.why,
        requirement: each.row.requirement,
        scope: each.row.scope,
        direct: each.row.direct,
        file: each.file.path,
        line: each.row.line,
        through: each.row.through,
        path,
    }
}
