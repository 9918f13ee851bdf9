//! Whose a dependency is: the components around the manifest that brings it in.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_infra::{Component, around};
use fleetwright_store::Use;

use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::infra::Around;

/// The components of some repositories.
pub(crate) struct Components {
    declared: Around,
    names: BTreeMap<i64, (String, String)>,
    paths: BTreeMap<i64, Vec<String>>,
}

impl Components {
    /// Loads what these repositories declare; `shared` are those in which a lockfile is that of several manifests.
    pub(crate) async fn of(
        fleet: &Fleet,
        repos: &BTreeSet<i64>,
        shared: &BTreeSet<i64>,
    ) -> Result<Components, EngineError> {
        Ok(Components {
            declared: Around::of(fleet.store.entities_of(repos).await?),
            names: fleet.store.names_of(repos).await?,
            paths: fleet.store.dependency_paths(shared).await?,
        })
    }

    /// The repository's forge and name.
    pub(crate) fn repo(&self, repo: i64) -> (String, String) {
        self.names.get(&repo).cloned().unwrap_or_default()
    }

    /// The components of the manifests that a use is reached from, or of its own file.
    pub(super) fn using(&self, each: &Use) -> Vec<&Component> {
        self.around(each.repo, &each.file.path, &each.row.members)
    }

    /// The components of these manifests of a repository, given by position, or of the file where there are none.
    pub(crate) fn around(&self, repo: i64, path: &str, members: &[u32]) -> Vec<&Component> {
        let known = self.paths.get(&repo);
        let members = members.iter().filter_map(|at| known?.get(*at as usize));
        let mut paths: Vec<&str> = members.map(String::as_str).collect();
        if paths.is_empty() {
            paths.push(path);
        }
        let components = self.declared.of_repo(repo, "", "").components;
        paths.into_iter().flat_map(|path| around(path, components)).collect()
    }
}
