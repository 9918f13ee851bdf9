//! Whose a dependency is: the component around the manifest that brings it in.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_store::EntityRow;

use crate::error::EngineError;
use crate::fleet::Fleet;

/// The components of some repositories.
pub(super) struct Components {
    by_repo: BTreeMap<i64, Vec<EntityRow>>,
    names: BTreeMap<i64, (String, String)>,
}

impl Components {
    /// Loads what these repositories declare.
    pub(super) async fn of(fleet: &Fleet, repos: &BTreeSet<i64>) -> Result<Components, EngineError> {
        let mut by_repo: BTreeMap<i64, Vec<EntityRow>> = BTreeMap::new();
        for row in fleet.store.entities_of(repos).await? {
            if let (Some(repo), true) = (row.repo, row.kind.eq_ignore_ascii_case("component")) {
                by_repo.entry(repo).or_default().push(row);
            }
        }
        Ok(Components { by_repo, names: fleet.store.names_of(repos).await? })
    }

    /// The repository's forge and name.
    pub(super) fn repo(&self, repo: i64) -> (String, String) {
        self.names.get(&repo).cloned().unwrap_or_default()
    }

    /// The component a file belongs to, and its owner: the only one of the repository, else that of the nearest
    /// folder around it.
    pub(super) fn around(&self, repo: i64, path: &str) -> Option<(&str, &str)> {
        let all = self.by_repo.get(&repo)?;
        let folder = |row: &EntityRow| row.path.rsplit_once('/').map_or(0, |(folder, _)| folder.len() + 1);
        let holds = |row: &&EntityRow| path.starts_with(row.path.get(..folder(row)).unwrap_or_default());
        let nearest = match all.as_slice() {
            [one] => one,
            several => several.iter().filter(holds).max_by_key(|row| folder(row))?,
        };
        Some((&nearest.reference, &nearest.owner))
    }
}
