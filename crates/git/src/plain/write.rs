//! Writing a tree into a fresh folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use fleetwright_core::Oid;

use super::limits::{Limits, Used, refuse};
use crate::beneath::Folder;
use crate::build::{Change, Edit};
use crate::error::{GitError, Result};
use crate::object::Mode;
use crate::path::RepoPath;
use crate::repository::Repository;

/// The longest target of a symbolic link, in bytes (Linux' `PATH_MAX` with its NUL).
const MAX_LINK_BYTES: u64 = 4095;

/// Where the bytes of a file come from.
enum Content<'a> {
    Blob(Oid),
    Bytes(&'a [u8]),
}

/// Writes `tree` with `edits` on top into `directory`, which must be missing or empty.
///
/// Files are made with mode 666 or 777 less the umask; links as links, wherever they point; submodules as empty
/// folders. `tree: None` is the empty tree.
///
/// # Errors
/// [`GitError::Folder`] for a folder with content; [`GitError::Limit`]; all that [`Repository::list`],
/// [`Repository::build`] and [`Repository::blob`] refuse. What was written so far stays: throw the folder away.
pub fn write_out(
    repository: &Repository,
    tree: Option<Oid>,
    edits: &[Edit],
    directory: &Path,
    limits: Limits,
) -> Result<()> {
    let files = overlay(repository, tree, edits, &limits)?;
    let io = |doing| move |source: std::io::Error| GitError::io(doing, directory, source);
    fs::create_dir_all(directory).map_err(io("create"))?;
    let root = Folder::open(directory).map_err(io("open"))?;
    if root.list(1).map_or(true, |listed| !listed.is_empty()) {
        return Err(refuse(
            directory.as_os_str().as_encoded_bytes(),
            "the folder to write into is not empty",
        ));
    }
    let mut writer = Writer { repository, directory, root, open: Vec::new(), used: Used::new(limits) };
    files.iter().try_for_each(|(path, (mode, content))| writer.entry(path, *mode, content))
}

fn overlay<'a>(
    repository: &Repository,
    tree: Option<Oid>,
    edits: &'a [Edit],
    limits: &Limits,
) -> Result<BTreeMap<RepoPath, (Mode, Content<'a>)>> {
    // Refuses edits that do not fit the tree, so that below a path is never a file and a folder at once.
    repository.build(tree, edits)?;
    let listed = match tree {
        Some(tree) => repository.list(tree, limits.tree())?,
        None => Vec::new(),
    };
    let mut files: BTreeMap<_, _> =
        listed.into_iter().map(|entry| (entry.path, (entry.mode, Content::Blob(entry.oid)))).collect();
    for edit in edits {
        let path = edit.path.clone();
        match &edit.change {
            Change::Put { mode, content } => files.insert(path, (*mode, Content::Bytes(content))),
            Change::PutOid { mode, oid } => files.insert(path, (*mode, Content::Blob(*oid))),
            Change::Delete => files.remove(&path),
        };
    }
    Ok(files)
}

struct Writer<'a> {
    repository: &'a Repository,
    directory: &'a Path,
    root: Folder,
    /// The folders from the root to where the last file was written.
    open: Vec<(Vec<u8>, Folder)>,
    used: Used,
}

impl Writer<'_> {
    fn entry(&mut self, path: &RepoPath, mode: Mode, content: &Content<'_>) -> Result<()> {
        self.used.entry()?;
        let mut folders: Vec<&[u8]> = path.components().collect();
        let name = folders.pop().unwrap_or_default();
        if folders.len() >= self.used.limits.depth {
            return Err(GitError::Limit { what: "levels of folders", limit: self.used.limits.depth as u64 });
        }
        self.enter(&folders)?;
        let io = |source| GitError::io("write", self.directory.join(path.to_string()), source);
        let limit = if mode == Mode::Symlink { MAX_LINK_BYTES } else { self.used.limits.file_bytes };
        let read;
        let bytes = match content {
            _ if mode == Mode::Submodule => &[],
            Content::Bytes(bytes) => *bytes,
            Content::Blob(oid) => {
                read = self.repository.blob(*oid, limit)?;
                &read[..]
            }
        };
        self.used.file(bytes.len() as u64)?;
        let folder = self.open.last().map_or(&self.root, |(_, folder)| folder);
        match mode {
            Mode::Submodule => folder.make_new(name).map(drop).map_err(io),
            Mode::Symlink
                if bytes.is_empty() || bytes.contains(&0) || bytes.len() as u64 > MAX_LINK_BYTES =>
            {
                Err(refuse(path.as_bytes(), "its target is empty, too long or has a NUL byte"))
            }
            Mode::Symlink => folder.link_new(name, bytes).map_err(io),
            Mode::File | Mode::Executable => {
                let bits = if mode == Mode::Executable { 0o777 } else { 0o666 };
                let mut file = folder.create_new(name, bits).map_err(io)?;
                file.write_all(bytes).map_err(io)
            }
        }
    }

    /// Makes `self.open` the chain of these folders, making those that are new.
    fn enter(&mut self, folders: &[&[u8]]) -> Result<()> {
        let shared = self.open.iter().zip(folders).take_while(|((open, _), name)| open == *name).count();
        self.open.truncate(shared);
        for name in &folders[shared..] {
            self.used.entry()?;
            let parent = self.open.last().map_or(&self.root, |(_, folder)| folder);
            let made = parent
                .make(name)
                .map_err(|source| GitError::io("make folders in", self.directory, source))?;
            self.open.push((name.to_vec(), made));
        }
        Ok(())
    }
}
