//! Where declarations are read: files of repositories out of their mirrors, or files of this machine.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use fleetwright_core::Oid;
use fleetwright_git::{RepoPath, Repository};
use fleetwright_infra::{Finding, Reading, Severity};
use fleetwright_store::{DeclaredRow, RepoRow};
use globset::GlobSet;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::checkout;
use super::sheet::{MAX_FILE, Sheet, take_in};
use crate::error::EngineError;
use crate::fleet::{Fleet, unknown_repo};
use crate::globs;

/// Which repositories are meant.
#[derive(Debug)]
pub struct Which {
    names: Vec<String>,
    globs: GlobSet,
}

impl Which {
    /// Those of these names and globs; all of them when there is none.
    ///
    /// # Errors
    /// The glob that is none.
    pub fn new(names: &[String]) -> Result<Which, EngineError> {
        let globs = globs::compile(names).map_err(|(index, why)| {
            EngineError::Usage(format!(
                "--repo {}: {why}\n  try: a name or a glob such as 'acme/*'",
                names[index]
            ))
        })?;
        Ok(Which { names: names.to_vec(), globs })
    }

    /// The rows of the fleet that are meant, by name.
    ///
    /// # Errors
    /// When there is none, or the database fails.
    pub async fn of(&self, fleet: &Fleet) -> Result<Vec<RepoRow>, EngineError> {
        let all = fleet.store.repos().await?;
        let known: Vec<String> = all.iter().map(|row| row.name.clone()).collect();
        let mut rows: Vec<RepoRow> = all;
        rows.retain(|row| self.names.is_empty() || self.globs.is_match(&row.name));
        match self.names.as_slice() {
            [first, ..] if rows.is_empty() && !known.is_empty() => {
                Err(EngineError::Usage(unknown_repo(first, &known)))
            }
            _ => Ok(rows),
        }
    }
}

/// Where declarations are read.
pub enum Source<'a> {
    /// Repositories of the fleet, as they were last read.
    Fleet(&'a Fleet, &'a Which),
    /// Files and folders of this machine, and the repository they are of, as policies know it.
    Files(&'a [PathBuf], &'a str),
}

/// One repository whose files are to be read.
pub(crate) struct Place {
    row: RepoRow,
    mirror: PathBuf,
    tree: Oid,
    paths: BTreeSet<String>,
}

impl Source<'_> {
    /// What is there to read. `wanted` says of which declared things the files are read.
    pub(crate) async fn places(&self, wanted: fn(&DeclaredRow) -> bool) -> Result<Vec<Place>, EngineError> {
        let Source::Fleet(fleet, which) = self else { return Ok(Vec::new()) };
        let readings = fleet.store.readings().await?;
        let mut places = Vec::new();
        for row in which.of(fleet).await? {
            let Some(read) = readings.get(&row.id) else { continue };
            let declared = fleet.store.declared(Some(row.id)).await?;
            let mut paths: BTreeSet<String> =
                declared.into_iter().filter(|(_, each)| wanted(each)).map(|(_, each)| each.path).collect();
            let findings = fleet.store.findings(Some(row.id)).await?;
            let bad = findings.into_iter().filter(|(_, finding)| finding.area == "infra");
            paths.extend(bad.map(|(_, finding)| finding.path));
            let mirror = fleet.mirror(&row.forge, &row.name);
            if !paths.is_empty() {
                places.push(Place { row, mirror, tree: read.tree, paths });
            }
        }
        Ok(places)
    }

    /// Reads everything and gives each repository to `take`, as many at once as there are cores; answers in
    /// the order of names.
    pub(crate) async fn each<T: Send + 'static>(
        &self,
        places: Vec<Place>,
        take: impl Fn(Sheet) -> T + Send + Sync + 'static,
    ) -> Result<Vec<T>, EngineError> {
        if let Source::Files(paths, repo) = self {
            return Ok(checkout::read(paths, repo)?.into_iter().map(take).collect());
        }
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let (seats, take) = (Arc::new(Semaphore::new(cores)), Arc::new(take));
        let mut running = JoinSet::new();
        for (at, place) in places.into_iter().enumerate() {
            let (seats, take) = (Arc::clone(&seats), Arc::clone(&take));
            running.spawn(async move {
                let _seat = seats.acquire_owned().await;
                tokio::task::spawn_blocking(move || (at, take(place.read()))).await
            });
        }
        let mut all = Vec::new();
        while let Some(ended) = running.join_next().await {
            let ended = ended.and_then(|ended| ended);
            all.push(ended.map_err(|error| EngineError::Refused(format!("a reading ended badly: {error}")))?);
        }
        all.sort_by_key(|(at, _)| *at);
        Ok(all.into_iter().map(|(_, taken)| taken).collect())
    }
}

impl Place {
    fn read(&self) -> Sheet {
        let facts = &self.row.facts;
        let mut sheet = Sheet {
            repo: self.row.name.clone(),
            facts: json!({
                "name": self.row.name, "forge": self.row.forge, "topics": facts.topics,
                "language": facts.language, "archived": facts.archived, "defaultBranch": facts.default_branch,
            }),
            prefix: PathBuf::new(),
            files: 0,
            reading: Reading::default(),
        };
        let repository = match Repository::open(&self.mirror) {
            Ok(repository) => repository,
            Err(error) => {
                let file = self.paths.first().map_or("", String::as_str);
                sheet.reading.findings.push(unread(file, &format!("the mirror could not be read: {error}")));
                return sheet;
            }
        };
        for path in &self.paths {
            match self.blob(&repository, path) {
                Ok(bytes) => take_in(&mut sheet, path, &bytes),
                Err(why) => sheet.reading.findings.push(unread(path, &why)),
            }
        }
        sheet
    }

    fn blob(&self, repository: &Repository, path: &str) -> Result<Vec<u8>, String> {
        let name = RepoPath::new(path).map_err(|error| error.to_string())?;
        let entry = repository.find(self.tree, &name).map_err(|error| error.to_string())?;
        let entry = entry.ok_or("it is not in the tree that was read")?;
        repository.blob(entry.oid, MAX_FILE).map_err(|error| error.to_string())
    }
}

/// What could not be read is not known to be right, and that is an error: not knowing is no yes.
fn unread(path: &str, why: &str) -> Finding {
    Finding {
        file: path.to_owned(),
        line: 0,
        column: 0,
        key: String::new(),
        message: format!("not read: {why}"),
        remedy: "`fleetwright repo sync` fetches the repository again".to_owned(),
        severity: Severity::Error,
    }
}
