//! Three-way merge of trees in memory.
//!
//! Content is merged by gix's text driver; which file meets which is decided by path. gix's tree merge also follows
//! renames, and for that reads attributes and drivers out of config; here a file renamed on one side and changed on the
//! other is a conflict, upon which a shift is simply made again on the new base.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use fleetwright_core::Oid;
use gix::diff::blob::InternedInput;
use gix::merge::blob::Resolution;
use gix::merge::blob::builtin_driver::text;

use crate::build::{Change, Edit};
use crate::error::{GitError, Result};
use crate::object::{Kind, Mode, Object};
use crate::odb::MAX_META_BYTES;
use crate::path::RepoPath;
use crate::repository::Repository;

/// The largest file merged line by line, in bytes: 16 MiB. Larger ones, changed on both sides, are a conflict.
const MAX_MERGED_BYTES: u64 = 16 << 20;
/// A NUL among the first 8,000 bytes makes a file binary: git's rule (`buffer_is_binary`).
const SNIFFED_BYTES: usize = 8_000;

/// What a merge came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// Both sides' changes fit.
    Clean {
        /// The merged tree.
        tree: Oid,
        /// The objects that neither side has, children first; nothing was written.
        objects: Vec<Object>,
    },
    /// They do not.
    Conflict {
        /// The files changed on both sides, sorted.
        paths: Vec<RepoPath>,
    },
}

pub(crate) fn is_binary(content: &[u8]) -> bool {
    content[..content.len().min(SNIFFED_BYTES)].contains(&0)
}

impl Repository {
    /// Merges the changes from `base` to `theirs` into `ours`. Each may be a commit or a tree.
    ///
    /// # Errors
    /// As [`Repository::list`] and [`Repository::blob`]; a conflict is not an error.
    pub fn merge(&self, base: Oid, ours: Oid, theirs: Oid) -> Result<Merged> {
        let [base, ours, theirs] = [self.peel(base)?, self.peel(ours)?, self.peel(theirs)?];
        let mine = self.edits_between(Some(base), Some(ours))?;
        let mine: BTreeMap<RepoPath, Change> =
            mine.into_iter().map(|edit| (edit.path, edit.change)).collect();
        let mut edits = Vec::new();
        let mut conflicts = Vec::new();
        for edit in self.edits_between(Some(base), Some(theirs))? {
            match mine.get(&edit.path) {
                None => edits.push(edit),
                Some(change) if *change == edit.change => {}
                Some(change) => match self.both(base, &edit.path, change, &edit.change)? {
                    Some(change) => edits.push(Edit { path: edit.path, change }),
                    None => conflicts.push(edit.path),
                },
            }
        }
        if !conflicts.is_empty() {
            return Ok(Merged::Conflict { paths: conflicts });
        }
        match self.build(Some(ours), &edits) {
            Ok(built) => Ok(Merged::Clean { tree: built.tree, objects: built.objects }),
            // A file on one side where the other has a folder.
            Err(GitError::Edit { path, .. }) => Ok(Merged::Conflict { paths: vec![RepoPath::new(path)?] }),
            Err(other) => Err(other),
        }
    }

    fn peel(&self, oid: Oid) -> Result<Oid> {
        match self.read_any(oid, MAX_META_BYTES)?.0 {
            Kind::Tree => Ok(oid),
            _ => self.tree_of(oid),
        }
    }

    /// One file that both sides changed; `None` where they do not fit.
    fn both(&self, base: Oid, path: &RepoPath, ours: &Change, theirs: &Change) -> Result<Option<Change>> {
        let (
            Change::PutOid { mode: ours_mode, oid: ours },
            Change::PutOid { mode: theirs_mode, oid: theirs },
        ) = (ours, theirs)
        else {
            return Ok(None);
        };
        let Some(before) = self.find(base, path)? else {
            return Ok(None);
        };
        if ![before.mode, *ours_mode, *theirs_mode]
            .iter()
            .all(|mode| matches!(mode, Mode::File | Mode::Executable))
        {
            return Ok(None);
        }
        // With two values, a bit that both sides changed is the same on both.
        let mode = if *ours_mode == before.mode { *theirs_mode } else { *ours_mode };
        if *ours == before.oid || ours == theirs {
            return Ok(Some(Change::PutOid { mode, oid: *theirs }));
        }
        if *theirs == before.oid {
            return Ok(Some(Change::PutOid { mode, oid: *ours }));
        }
        let mut contents = Vec::with_capacity(3);
        for oid in [before.oid, *ours, *theirs] {
            match self.blob(oid, MAX_MERGED_BYTES) {
                Ok(content) if !is_binary(&content) => contents.push(content),
                Ok(_) | Err(GitError::TooLarge { .. }) => return Ok(None),
                Err(other) => return Err(other),
            }
        }
        let merged = merge_text(&contents[0], &contents[1], &contents[2]);
        Ok(merged.map(|content| Change::Put { mode, content }))
    }
}

fn merge_text(base: &[u8], ours: &[u8], theirs: &[u8]) -> Option<Vec<u8>> {
    let merge = || {
        let mut merged = Vec::new();
        let mut input = InternedInput::default();
        let labels = text::Labels::default();
        let options = text::Options::default();
        let resolution = text(&mut merged, &mut input, labels, ours, base, theirs, options);
        (resolution == Resolution::Complete).then_some(merged)
    };
    // gix asserts its own invariants; a file that breaks them counts as a conflict.
    catch_unwind(AssertUnwindSafe(merge)).ok().flatten()
}
