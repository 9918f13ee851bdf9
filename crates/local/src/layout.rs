//! Where the local forge keeps its files, and which repositories there are.

use std::fs;
use std::path::{Path, PathBuf};

use fleetwright_core::repo::RepoFacts;
use fleetwright_git::Repository;
use serde::Deserialize;

use crate::access;
use fleetwright_forge::{ForgeError, Listed, Tip};

/// How many folders deep repositories are looked for: `root/group/subgroup/repo.git`.
const DEPTH: usize = 4;

/// Where the local forge keeps its files.
#[derive(Debug, Clone)]
pub struct Layout {
    root: PathBuf,
}

/// What a person wrote about a repository.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RepoFile {
    topics: Vec<String>,
    archived: bool,
}

impl Layout {
    /// The layout below a folder.
    pub fn new(root: &Path) -> Layout {
        Layout { root: root.to_owned() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The bare repository of a name.
    ///
    /// # Errors
    /// When the name could lead out of the folder.
    pub fn repository(&self, repo: &str) -> Result<PathBuf, ForgeError> {
        self.beside(repo, "git")
    }

    /// The folder of a repository's pull requests.
    ///
    /// # Errors
    /// When the name could lead out of the folder.
    pub fn folder(&self, repo: &str) -> Result<PathBuf, ForgeError> {
        self.beside(repo, "forge")
    }

    fn beside(&self, repo: &str, ending: &str) -> Result<PathBuf, ForgeError> {
        let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0']);
        match repo.split('/').all(plain) {
            true => Ok(self.root.join(format!("{repo}.{ending}"))),
            false => Err(ForgeError::NotFound { what: format!("a repository called {repo:?}") }),
        }
    }

    /// Every repository below the folder, by name. One that cannot be read is listed with its fault.
    ///
    /// # Errors
    /// When the folder itself cannot be read.
    pub fn list(&self) -> Result<Vec<Listed>, ForgeError> {
        let mut names = Vec::new();
        self.collect(&self.root, "", DEPTH, &mut names)
            .map_err(|error| access(&self.root.display().to_string(), error))?;
        names.sort();
        Ok(names.into_iter().map(|name| self.listed(name)).collect())
    }

    fn collect(
        &self,
        folder: &Path,
        prefix: &str,
        depth: usize,
        names: &mut Vec<String>,
    ) -> std::io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') || !entry.file_type()?.is_dir() {
                continue;
            }
            match name.strip_suffix(".git") {
                Some(stem) => names.push(format!("{prefix}{stem}")),
                None if depth > 1 && !name.ends_with(".forge") => {
                    // A folder that cannot be read hides its repositories, never the others.
                    let _ = self.collect(&entry.path(), &format!("{prefix}{name}/"), depth - 1, names);
                }
                None => {}
            }
        }
        Ok(())
    }

    fn listed(&self, name: String) -> Listed {
        let owner = name.rsplit_once('/').map_or("", |(owner, _)| owner).to_owned();
        let mut listed = Listed {
            name,
            facts: RepoFacts { owner, ..RepoFacts::default() },
            tip: Tip::Unborn,
            fault: None,
        };
        match self.read(&mut listed) {
            Ok(()) => {}
            Err(ForgeError::Access { why, .. }) => listed.fault = Some(why),
            Err(error) => listed.fault = Some(error.to_string()),
        }
        listed
    }

    fn read(&self, listed: &mut Listed) -> Result<(), ForgeError> {
        let fault = |error: &dyn std::fmt::Display| access(&listed.name, error);
        let file = self.written(&listed.name)?;
        listed.facts.topics = file.topics;
        listed.facts.archived = file.archived;
        let repository = Repository::open(&self.repository(&listed.name)?).map_err(|error| fault(&error))?;
        let head = repository.head().map_err(|error| fault(&error))?;
        listed.facts.default_branch = head.branch;
        listed.tip = head.commit.map_or(Tip::Unborn, Tip::At);
        Ok(())
    }

    /// Whether a person wrote that a repository is archived.
    pub(crate) fn is_archived(&self, repo: &str) -> Result<bool, ForgeError> {
        Ok(self.written(repo)?.archived)
    }

    /// What a person wrote about a repository, if anything.
    fn written(&self, repo: &str) -> Result<RepoFile, ForgeError> {
        let path = self.folder(repo)?.join("repo.json");
        match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text)
                .map_err(|error| access(repo, format!("{}: {error}", path.display()))),
            Err(_) => Ok(RepoFile::default()),
        }
    }
}
