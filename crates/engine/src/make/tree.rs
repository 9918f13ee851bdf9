//! A working tree in memory: the base, and what the steps did to it.

use std::collections::BTreeMap;

use fleetwright_core::Oid;
use fleetwright_git::{Change, Edit, Entry, GitError, Limits, Mode, RepoPath, Repository};

/// The largest file a declarative step reads, in bytes: the edit room's own limit.
pub(crate) const MAX_FILE: u64 = 16 << 20;

/// A working tree in memory. Paths are those of the repository, not of a workspace.
pub struct WorkTree<'a> {
    repository: &'a Repository,
    base: Oid,
    entries: BTreeMap<RepoPath, Entry>,
    edits: BTreeMap<RepoPath, Change>,
    prefix: String,
}

impl<'a> WorkTree<'a> {
    /// The tree `base`, seen from the directory `dir` of it.
    ///
    /// # Errors
    /// When the tree cannot be read, or holds names no tree may hold.
    pub fn new(repository: &'a Repository, base: Oid, dir: &str) -> Result<WorkTree<'a>, GitError> {
        let entries = repository.list(base, Limits::default())?;
        let entries = entries.into_iter().map(|entry| (entry.path.clone(), entry)).collect();
        let prefix = if dir.is_empty() { String::new() } else { format!("{dir}/") };
        Ok(WorkTree { repository, base, entries, edits: BTreeMap::new(), prefix })
    }

    /// The repository the base is in.
    pub fn repository(&self) -> &'a Repository {
        self.repository
    }

    /// The base tree.
    pub fn base(&self) -> Oid {
        self.base
    }

    /// The directory that is seen, with a slash at its end; empty for the whole repository.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The files below the directory that match, in order. Paths are relative to the directory.
    pub fn matching(&self, globs: &globset::GlobSet) -> Vec<(String, RepoPath, Mode)> {
        let mut found: Vec<_> = self
            .files()
            .filter_map(|(path, mode)| {
                let shown = path.as_str()?.strip_prefix(&self.prefix)?;
                globs.is_match(shown).then(|| (shown.to_owned(), path.clone(), mode))
            })
            .collect();
        found.sort();
        found
    }

    /// Every file of the repository, in no order.
    pub fn files(&self) -> impl Iterator<Item = (&RepoPath, Mode)> {
        let base = self.entries.values().filter(|entry| !self.edits.contains_key(&entry.path));
        let base = base.map(|entry| (&entry.path, entry.mode));
        let edited = self.edits.iter().filter_map(|(path, change)| match change {
            Change::Put { mode, .. } | Change::PutOid { mode, .. } => Some((path, *mode)),
            Change::Delete => None,
        });
        base.chain(edited)
    }

    /// Whether there is a file at a path, and what it is.
    pub fn mode(&self, path: &RepoPath) -> Option<Mode> {
        match self.edits.get(path) {
            Some(Change::Put { mode, .. } | Change::PutOid { mode, .. }) => Some(*mode),
            Some(Change::Delete) => None,
            None => self.entries.get(path).map(|entry| entry.mode),
        }
    }

    /// The bytes of a file; `None` where there is none.
    ///
    /// # Errors
    /// When it is too large or cannot be read.
    pub fn read(&self, path: &RepoPath) -> Result<Option<Vec<u8>>, GitError> {
        self.read_up_to(path, MAX_FILE)
    }

    /// The bytes of a file that may have so many; `None` where there is none.
    ///
    /// # Errors
    /// When it is larger or cannot be read.
    pub fn read_up_to(&self, path: &RepoPath, most: u64) -> Result<Option<Vec<u8>>, GitError> {
        match self.edits.get(path) {
            Some(Change::Put { content, .. }) => Ok(Some(content.clone())),
            Some(Change::PutOid { oid, .. }) => self.repository.blob(*oid, most).map(Some),
            Some(Change::Delete) => Ok(None),
            None => match self.entries.get(path) {
                Some(entry) => self.repository.blob(entry.oid, most).map(Some),
                None => Ok(None),
            },
        }
    }

    /// Changes a file; later changes of it win.
    pub fn put(&mut self, path: RepoPath, change: Change) {
        self.edits.insert(path, change);
    }

    /// Moves a file, unread where the base has it.
    pub fn rename(&mut self, from: &RepoPath, to: RepoPath) {
        let moved = match self.edits.remove(from) {
            Some(Change::Delete) => None,
            Some(change) => Some(change),
            None => self.entries.get(from).map(|entry| Change::PutOid { mode: entry.mode, oid: entry.oid }),
        };
        if self.entries.contains_key(from) {
            self.edits.insert(from.clone(), Change::Delete);
        }
        if let Some(change) = moved {
            self.edits.insert(to, change);
        }
    }

    /// Exchanges every edit for what a command left, told against the base.
    pub fn replace_edits(&mut self, edits: Vec<Edit>) {
        self.edits = edits.into_iter().map(|edit| (edit.path, edit.change)).collect();
    }

    /// What differs from the base: edits that came to nothing are left out.
    pub fn edits(&self) -> Vec<Edit> {
        let differs = |path: &RepoPath, change: &Change| match (self.entries.get(path), change) {
            (None, Change::Delete) => false,
            (Some(entry), Change::PutOid { mode, oid }) => (entry.mode, entry.oid) != (*mode, *oid),
            (Some(entry), Change::Put { mode, content }) => {
                let same = fleetwright_git::name(fleetwright_git::Kind::Blob, content);
                entry.mode != *mode || same.ok() != Some(entry.oid)
            }
            _ => true,
        };
        let kept = self.edits.iter().filter(|(path, change)| differs(path, change));
        kept.map(|(path, change)| Edit { path: path.clone(), change: change.clone() }).collect()
    }
}
