//! What differs between two trees.

use std::collections::BTreeMap;

use fleetwright_core::Oid;

use crate::build::{Change, Edit};
use crate::error::{GitError, Result};
use crate::object::Mode;
use crate::path::{self, RepoPath};
use crate::repository::Repository;
use crate::tree::{self, Limits};

impl Repository {
    /// The edits (`PutOid` and `Delete`) that make `new` of `old`, sorted by path. Equal directories are not read; a
    /// rename is a deletion and an addition.
    ///
    /// # Errors
    /// As [`Repository::list`], for what differs.
    pub fn edits_between(&self, old: Option<Oid>, new: Option<Oid>) -> Result<Vec<Edit>> {
        let mut comparison = Comparison { repository: self, limits: Limits::default(), edits: Vec::new() };
        comparison.directory(old, new, b"", 1)?;
        comparison.edits.sort_unstable_by(|left, right| left.path.cmp(&right.path));
        Ok(comparison.edits)
    }
}

struct Comparison<'a> {
    repository: &'a Repository,
    limits: Limits,
    edits: Vec<Edit>,
}

impl Comparison<'_> {
    fn directory(&mut self, old: Option<Oid>, new: Option<Oid>, path: &[u8], depth: usize) -> Result<()> {
        if depth > self.limits.depth || path.len() > self.limits.path_bytes {
            return Err(GitError::Limit {
                what: "levels of directories or bytes in a path",
                limit: self.limits.depth as u64,
            });
        }
        let mut names: BTreeMap<Vec<u8>, [Option<(u32, Oid)>; 2]> = BTreeMap::new();
        for (side, tree) in [old, new].into_iter().enumerate() {
            let Some(tree) = tree else { continue };
            let data = self.repository.tree_data(tree)?;
            for node in tree::parse(tree, &data, path)? {
                names.entry(node.name.to_vec()).or_default()[side] = Some((node.mode, node.oid));
            }
        }
        for (name, [old, new]) in names {
            if old != new {
                self.entry([old, new], &path::join(path, &name), depth)?;
            }
        }
        Ok(())
    }

    fn entry(&mut self, sides: [Option<(u32, Oid)>; 2], path: &[u8], depth: usize) -> Result<()> {
        let [old_tree, new_tree] =
            sides.map(|side| side.filter(|(mode, _)| *mode == tree::DIRECTORY).map(|(_, oid)| oid));
        let [old, new] =
            sides.map(|side| side.and_then(|(mode, oid)| Mode::from_bits(mode).map(|mode| (mode, oid))));
        if old_tree.is_some() || new_tree.is_some() {
            self.directory(old_tree, new_tree, path, depth + 1)?;
        }
        let change = match (old, new) {
            (old, new) if old == new => return Ok(()),
            (_, Some((mode, oid))) => Change::PutOid { mode, oid },
            (_, None) => Change::Delete,
        };
        if self.edits.len() == self.limits.entries {
            return Err(GitError::Limit {
                what: "differences between two trees",
                limit: self.limits.entries as u64,
            });
        }
        self.edits.push(Edit { path: RepoPath::joined(b"", path), change });
        Ok(())
    }
}
