//! POMs that are published elsewhere: by other repositories of the fleet, or in a folder in the form of a
//! Maven repository.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use fleetwright_core::Oid;
use fleetwright_core::shift::fingerprint;
use fleetwright_deps::Shelf;
use fleetwright_git::{RepoPath, Repository};
use fleetwright_package::Published;
use fleetwright_store::Store;
use tokio::runtime::Handle;

use crate::error::EngineError;
use crate::fleet::Fleet;

/// The largest POM that is read, in bytes.
const MAX_POM: u64 = 4 << 20;

/// The most POMs that are kept in memory.
const MAX_KEPT: usize = 20_000;

/// The POMs of the fleet and of a folder; the default knows none. Asked from threads that may block.
#[derive(Default)]
pub struct Poms {
    fleet: Option<OfFleet>,
    folder: Option<PathBuf>,
    known: OnceLock<HashMap<String, Place>>,
    kept: Mutex<HashMap<String, Option<Arc<str>>>>,
    /// What was read of them.
    pub(crate) shelf: Arc<Shelf>,
}

/// Where the fleet's POMs are asked for.
struct OfFleet {
    store: Store,
    runtime: Handle,
    mirrors: PathBuf,
}

impl std::fmt::Debug for Poms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Poms").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// What repositories read of others, as a word that is another one when that moved: only for those that read
/// something of another.
#[derive(Debug, Default)]
pub(crate) struct Elsewhere(HashMap<i64, String>);

impl Elsewhere {
    /// What is known now.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn of(fleet: &Fleet) -> Result<Elsewhere, EngineError> {
        let mut read: HashMap<i64, Vec<(String, Oid)>> = HashMap::new();
        for (repo, package, tree) in fleet.store.answered().await? {
            read.entry(repo).or_default().push((package, tree));
        }
        Ok(Elsewhere(read.into_iter().map(|(repo, all)| (repo, fingerprint(&all))).collect()))
    }

    /// What a repository reads of others; empty where it reads nothing.
    pub(crate) fn word(&self, repo: i64) -> &str {
        self.0.get(&repo).map_or("", String::as_str)
    }
}

/// Where a POM lies.
struct Place {
    mirror: PathBuf,
    tree: Oid,
    path: String,
}

impl Poms {
    /// Nothing is read before the first question.
    pub(crate) fn of(fleet: &Fleet, shelf: Arc<Shelf>) -> Poms {
        let of_fleet = OfFleet {
            store: fleet.store.clone(),
            runtime: Handle::current(),
            mirrors: fleet.config.cache.join("mirrors"),
        };
        Poms { fleet: Some(of_fleet), folder: fleet.config.maven_folder.clone(), shelf, ..Poms::default() }
    }

    /// Which of these the folder has by now, each written `package version`.
    pub(super) fn appeared(&self, missing: Vec<(String, String)>) -> Vec<String> {
        let is_there = |(package, version): &(String, String)| {
            let name = package.strip_prefix("maven:").and_then(|name| name.split_once(':'));
            name.is_some_and(|(group, artifact)| self.of_folder(group, artifact, version).is_some())
        };
        let appeared = missing.into_iter().filter(is_there);
        appeared.map(|(package, version)| format!("{package} {version}")).collect()
    }

    fn known(&self) -> &HashMap<String, Place> {
        self.known.get_or_init(|| {
            let Some(fleet) = &self.fleet else { return HashMap::new() };
            // What cannot be read is not known: then a row says that the parent is missing.
            let rows = fleet.runtime.block_on(fleet.store.published("maven")).unwrap_or_default();
            let place = |row: fleetwright_store::PublishedRow| {
                let mirror = fleet.mirrors.join(&row.forge).join(format!("{}.git", row.repo));
                (format!("{} {}", row.package, row.version), Place { mirror, tree: row.tree, path: row.path })
            };
            rows.into_iter().map(place).collect()
        })
    }

    fn of_fleet(&self, name: &str) -> Option<Arc<str>> {
        let place = self.known().get(name)?;
        let repository = Repository::open(&place.mirror).ok()?;
        let entry = repository.find(place.tree, &RepoPath::new(&place.path).ok()?).ok()??;
        let bytes = repository.blob(entry.oid, MAX_POM).ok()?;
        Some(String::from_utf8(bytes).ok()?.into())
    }

    /// Of the folder, as Maven lays it out: `org/slf4j/slf4j-api/1.7.36/slf4j-api-1.7.36.pom`.
    fn of_folder(&self, group: &str, artifact: &str, version: &str) -> Option<Arc<str>> {
        let folder = self.folder.as_ref()?;
        let parts: Vec<&str> = group.split('.').chain([artifact, version]).collect();
        // Whoever writes a POM chooses these: they must not lead out of the folder.
        let is_name =
            |part: &&str| !part.is_empty() && !part.starts_with('.') && !part.contains(['/', '\\', '\0']);
        if !parts.iter().all(is_name) {
            return None;
        }
        let path = parts.iter().fold(folder.clone(), |path, part| path.join(part));
        let path = path.join(format!("{artifact}-{version}.pom"));
        if std::fs::metadata(&path).ok()?.len() > MAX_POM {
            return None;
        }
        Some(std::fs::read_to_string(path).ok()?.into())
    }
}

impl Published for Poms {
    fn pom(&self, group: &str, artifact: &str, version: &str) -> Option<Arc<str>> {
        let name = format!("maven:{group}:{artifact} {version}");
        if let Ok(kept) = self.kept.lock()
            && let Some(known) = kept.get(&name)
        {
            return known.clone();
        }
        let found = self.of_fleet(&name).or_else(|| self.of_folder(group, artifact, version));
        if let Ok(mut kept) = self.kept.lock()
            && kept.len() < MAX_KEPT
        {
            kept.insert(name, found.clone());
        }
        found
    }
}
