//! Mirrors: depth-1 bare copies of a repository's default branch, kept as a cache.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;

use fleetwright_core::Oid;

use crate::error::{GitError, Result};
use crate::object::Kind;
use crate::odb::{MAX_BLOB_BYTES, MAX_META_BYTES};
use crate::pack;
use crate::path::{self, MAX_PATH_BYTES};
use crate::refs::Head;
use crate::repository::Repository;
use crate::tree;

/// A file that only a mirror has: without it a folder is never replaced or deleted.
const MARKER: &str = "fleetwright-mirror";
/// Every refresh that found something new leaves a pack; with this many a mirror is made anew, which also drops what
/// older tips needed.
const MAX_PACKS: usize = 32;
/// The most objects of one tip.
pub(crate) const MAX_OBJECTS: usize = 1_000_000;

/// What a refresh did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refreshed {
    /// The source's default branch and its commit, which the mirror now has.
    pub head: Head,
    /// The tree of that commit.
    pub tree: Option<Oid>,
    /// Whether the mirror was elsewhere before.
    pub moved: bool,
    /// Objects copied.
    pub copied_objects: usize,
    /// Bytes written for them.
    pub copied_bytes: u64,
}

/// Makes `mirror_dir` a depth-1 copy of the tip of `source`'s default branch, or brings it up to date.
///
/// In-process, incremental, and safe to interrupt anywhere: objects come before the branch that names them, and a mirror
/// that does not open or lacks something is made anew. Every object's hash is verified on the way. The caller sees to it
/// that a mirror is refreshed by one worker at a time and not read while it is.
///
/// # Errors
/// [`GitError::NotARepository`] where `mirror_dir` holds something that is not a mirror: it is left alone. All that
/// can be wrong with the source: [`GitError::HostileName`], [`GitError::Corrupt`], [`GitError::BadRef`] and so on.
pub fn refresh_mirror(mirror_dir: &Path, source: &Repository) -> Result<Refreshed> {
    let head = source.head()?;
    if let Some(mirror) = open(mirror_dir)?
        && (!is_worn(&mirror) || mirror.head().ok().as_ref() == Some(&head))
        && let Ok(refreshed) = update(&mirror, &head, |commit| copy(&mirror, source, commit))
    {
        return Ok(refreshed);
    }
    let mirror = create(mirror_dir, &head.branch)?;
    let refreshed = update(&mirror, &head, |commit| copy(&mirror, source, commit))?;
    Ok(Refreshed { moved: true, ..refreshed })
}

/// Copies one commit with its tree into a mirror, and moves nothing in it.
///
/// # Errors
/// As [`refresh_mirror`]; [`GitError::NotARepository`] where there is no mirror yet.
pub fn bring_commit(mirror_dir: &Path, source: &Repository, commit: Oid) -> Result<()> {
    let mirror = open(mirror_dir)?.ok_or_else(|| GitError::NotARepository {
        path: mirror_dir.to_owned(),
        why: "the mirror is not there".to_owned(),
    })?;
    copy(&mirror, source, commit).map(|_| ())
}

/// The bytes of all files below a mirror, for a quota.
///
/// # Errors
/// [`GitError::Io`]; a folder that is not there has 0 bytes.
pub fn mirror_bytes(mirror_dir: &Path) -> Result<u64> {
    let entries = match fs::read_dir(mirror_dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(GitError::io("list", mirror_dir, error)),
    };
    let mut bytes = 0;
    for entry in entries {
        let entry = entry.map_err(|error| GitError::io("list", mirror_dir, error))?;
        let metadata = entry.metadata().map_err(|error| GitError::io("look at", entry.path(), error))?;
        bytes += if metadata.is_dir() { mirror_bytes(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}

/// A mirror that is usable as it is; `None` where it must be made anew.
pub(crate) fn open(directory: &Path) -> Result<Option<Repository>> {
    let mut entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(GitError::io("list", directory, error)),
    };
    if entries.next().is_none() {
        return Ok(None);
    }
    if fs::symlink_metadata(directory.join(MARKER)).is_err() {
        return Err(GitError::NotARepository {
            path: directory.to_owned(),
            why: "it is no mirror and not empty; choose another folder for mirrors".to_owned(),
        });
    }
    Ok(Repository::open(directory).ok())
}

/// Whether a mirror has so many packs that the next move makes it anew.
pub(crate) fn is_worn(mirror: &Repository) -> bool {
    let packs = fs::read_dir(mirror.path().join("objects/pack"));
    packs.map_or(0, |packs| packs.count() / 2) >= MAX_PACKS
}

pub(crate) fn create(directory: &Path, branch: &str) -> Result<Repository> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(GitError::io("delete", directory, error));
        }
        _ => {}
    }
    fs::create_dir_all(directory).map_err(|error| GitError::io("create", directory, error))?;
    fs::write(directory.join(MARKER), b"").map_err(|error| GitError::io("write into", directory, error))?;
    Repository::init_in(directory, branch)
}

/// Moves the mirror to a head. `bring` puts a commit and what it needs into the mirror, and tells objects and bytes.
pub(crate) fn update(
    mirror: &Repository,
    head: &Head,
    bring: impl FnOnce(Oid) -> Result<(usize, u64)>,
) -> Result<Refreshed> {
    let before = mirror.head()?;
    let mut refreshed = Refreshed {
        head: head.clone(),
        tree: None,
        moved: before != *head,
        copied_objects: 0,
        copied_bytes: 0,
    };
    if let Some(commit) = head.commit {
        refreshed.moved |= !mirror.shallow()?.contains(&commit);
        if refreshed.moved {
            if !mirror.has(commit)? {
                (refreshed.copied_objects, refreshed.copied_bytes) = bring(commit)?;
            }
            set_shallow(mirror, before.commit, commit)?;
        }
        refreshed.tree = Some(mirror.tree_of(commit)?);
    }
    if refreshed.moved {
        let at = mirror.branch(&head.branch)?;
        mirror.update_branch(&head.branch, at, head.commit)?;
    }
    if before.branch != head.branch {
        let line = format!("ref: refs/heads/{}\n", head.branch);
        mirror.root.replace(b"HEAD", line.as_bytes(), 0o644).map_err(mirror.io("write HEAD in"))?;
        if before.commit.is_some() {
            mirror.update_branch(&before.branch, before.commit, None)?;
        }
    }
    Ok(refreshed)
}

/// The old tip stays listed until the next move, since the branch points at it a moment longer.
fn set_shallow(mirror: &Repository, before: Option<Oid>, now: Oid) -> Result<()> {
    let lines: String = before.into_iter().chain([now]).map(|oid| format!("{oid}\n")).collect();
    mirror.root.replace(b"shallow", lines.as_bytes(), 0o644).map_err(mirror.io("write shallow in"))
}

/// Copies what a commit needs and the mirror lacks; returns objects and bytes.
fn copy(mirror: &Repository, source: &Repository, commit: Oid) -> Result<(usize, u64)> {
    copy_all(mirror, source, &lacking_with(mirror, source, commit)?)
}

/// Copies these objects as one pack; returns objects and bytes.
pub(crate) fn copy_all(mirror: &Repository, source: &Repository, wanted: &[Oid]) -> Result<(usize, u64)> {
    let io = |error| GitError::io("write a pack into", mirror.path(), error);
    let mut pack = pack::Writer::new(&mirror.root, wanted.len()).map_err(io)?;
    for oid in wanted {
        let (kind, data) = source.read_any(*oid, MAX_BLOB_BYTES)?;
        pack.add(kind, *oid, &data).map_err(io)?;
    }
    Ok((wanted.len(), pack.finish().map_err(io)?))
}

/// A commit, and what it needs and the mirror lacks; every name on the way is checked.
pub(crate) fn lacking_with(mirror: &Repository, source: &Repository, commit: Oid) -> Result<Vec<Oid>> {
    let mut wanted = lacking(mirror, source, source.tree_of(commit)?)?;
    wanted.push(commit);
    Ok(wanted)
}

/// Trees and blobs below `tree` that the mirror has not. A tree it has is complete: packs appear whole.
fn lacking(mirror: &Repository, source: &Repository, tree: Oid) -> Result<Vec<Oid>> {
    let limit = |what, limit: usize| GitError::Limit { what, limit: limit as u64 };
    let fresh = !mirror.has_packs()?;
    let mut seen = HashSet::new();
    let mut wanted = Vec::new();
    let mut trees = vec![(tree, Vec::new())];
    while let Some((oid, directory)) = trees.pop() {
        if !seen.insert(oid) || (!fresh && mirror.has(oid)?) {
            continue;
        }
        if directory.len() > MAX_PATH_BYTES {
            return Err(limit("bytes in a path", MAX_PATH_BYTES));
        }
        wanted.push(oid);
        let data = source.read(oid, Kind::Tree, MAX_META_BYTES)?;
        for node in tree::parse(oid, &data, &directory)? {
            if node.is_directory() {
                trees.push((node.oid, path::join(&directory, node.name)));
            } else if !node.is_submodule() && seen.insert(node.oid) && (fresh || !mirror.has(node.oid)?) {
                wanted.push(node.oid);
            }
        }
        if wanted.len() > MAX_OBJECTS {
            return Err(limit("objects in the tip of a branch", MAX_OBJECTS));
        }
    }
    Ok(wanted)
}
