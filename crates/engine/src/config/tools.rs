//! What the tools of ecosystems get that bring lockfiles up to date.

use std::path::{Path, PathBuf};

use fleetwright_core::hosts::Hosts;
use fleetwright_core::source::{Source, SourceError};

use super::place::absolute;

/// What the tools of ecosystems get that bring lockfiles up to date.
#[derive(Debug, Clone, Default)]
pub struct Tools {
    /// The hosts they may reach; without any they have no network.
    pub hosts: Hosts,
    /// The hosts as they were written.
    pub named: Vec<String>,
    /// A folder that is copied to their home before they start.
    pub home: Option<PathBuf>,
    /// Folders of programs that are looked through before the system's.
    pub path: Vec<PathBuf>,
}

/// What every sandbox sees already.
const SYSTEM: &str = "/usr";

impl Tools {
    /// The folders of programs that a sandbox does not see by itself.
    pub(super) fn beside_system(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.path.iter().filter(|path| !path.starts_with(SYSTEM)).cloned()
    }

    /// All of it as a word: what a tool comes to depends on it.
    pub(crate) fn word(&self) -> String {
        format!("{:?}", (&self.named, &self.home, &self.path))
    }

    /// Reads what a configuration says; `folder` is the one it is in.
    pub(super) fn of(
        source: &Source,
        folder: &Path,
        (hosts, home, path): (Vec<String>, Option<PathBuf>, Vec<PathBuf>),
    ) -> Result<Tools, SourceError> {
        let remedy =
            "write the name alone, such as `registry.example.org`, `*.example.org` or `registry.corp:8443`";
        let read = Hosts::parse(&hosts)
            .map_err(|(index, why)| source.error(&format!("dependencies.hosts[{index}]"), why, remedy))?;
        let path = path.iter().map(|path| absolute(folder, path)).collect();
        Ok(Tools { hosts: read, named: hosts, home: home.map(|home| absolute(folder, &home)), path })
    }
}
