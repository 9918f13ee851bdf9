//! Reading back what a script left in a working folder.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use fleetwright_core::Oid;
use gix::bstr::ByteSlice as _;
use gix::glob::pattern::Case;
use gix::ignore::search::Ignore;
use rustix::fs::FileType;

use super::limits::{Limits, Used, refuse};
use crate::beneath::{Folder, Listed};
use crate::build::{Change, Edit};
use crate::error::{GitError, Result};
use crate::object::{Kind, Mode, name};
use crate::path::{self, MAX_PATH_BYTES, RepoPath, hostile};
use crate::repository::Repository;

/// The largest `.gitignore` obeyed, in bytes; beyond that it is an error.
const MAX_IGNORE_BYTES: u64 = 1 << 20;
/// The most names of one folder, ignored ones included.
const MAX_NAMES: usize = 1_000_000;
const SETUID_SETGID: u32 = 0o6000;
const OWNER_EXECUTES: u32 = 0o100;

/// What changed in `directory` against `tree`, sorted by path: the edits that make the one of the other.
///
/// Every file is hashed. New files that a `.gitignore` of the folder excludes are left out, and ignored folders are not
/// entered unless the tree has files there; what the tree has is never lost to a rule. `.git` at the top is the script's
/// own and is dropped.
///
/// # Errors
/// [`GitError::Folder`] for devices, fifos, sockets, mounts, hard links, setuid and setgid files and anything inside a
/// submodule; [`GitError::HostileName`] for names like a nested `.git`; [`GitError::Limit`].
pub fn read_back(
    repository: &Repository,
    tree: Option<Oid>,
    directory: &Path,
    limits: Limits,
) -> Result<Vec<Edit>> {
    let listed = match tree {
        Some(tree) => repository.list(tree, limits.tree())?,
        None => Vec::new(),
    };
    let mut tracked = HashMap::with_capacity(listed.len());
    let mut folders = HashSet::new();
    for entry in listed {
        let path = entry.path.as_bytes();
        for (at, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            if !folders.contains(&path[..at]) {
                folders.insert(path[..at].to_vec());
            }
        }
        tracked.insert(entry.path, (entry.mode, entry.oid));
    }
    let root = Folder::open(directory).map_err(|source| GitError::io("open", directory, source))?;
    let mut walk = Walk {
        directory,
        tracked,
        folders,
        ignored: gix::ignore::Search::default(),
        used: Used::new(limits),
        edits: Vec::new(),
    };
    walk.folder(&root, &mut Vec::new(), Place { depth: 1, ignored: false })?;
    let deleted = walk.tracked.into_keys().map(|path| Edit { path, change: Change::Delete });
    walk.edits.extend(deleted);
    walk.edits.sort_unstable_by(|left, right| left.path.cmp(&right.path));
    Ok(walk.edits)
}

#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    /// Whether the folder itself is ignored; then only tracked files in it count.
    ignored: bool,
}

struct Walk<'a> {
    directory: &'a Path,
    /// What the tree has and the walk has not met yet.
    tracked: HashMap<RepoPath, (Mode, Oid)>,
    /// Folders with tracked files below.
    folders: HashSet<Vec<u8>>,
    ignored: gix::ignore::Search,
    used: Used,
    edits: Vec<Edit>,
}

impl Walk<'_> {
    fn io(&self, doing: &'static str, path: &[u8]) -> impl Fn(std::io::Error) -> GitError {
        let path = self.directory.join(path.to_str_lossy().as_ref());
        move |source| GitError::io(doing, &path, source)
    }

    fn folder(&mut self, folder: &Folder, path: &mut Vec<u8>, place: Place) -> Result<()> {
        if place.depth > self.used.limits.depth {
            return Err(GitError::Limit { what: "levels of folders", limit: self.used.limits.depth as u64 });
        }
        let lists = self.ignored.patterns.len();
        let mut names = folder.list(MAX_NAMES).map_err(self.io("list", path))?;
        names.sort_unstable_by(|left, right| left.name.cmp(&right.name));
        if names.iter().any(|entry| entry.name == b".gitignore" && entry.kind == FileType::RegularFile) {
            self.obey(folder, path)?;
        }
        for listed in names {
            if path.is_empty() && listed.name == b".git" {
                continue;
            }
            let length = path.len();
            *path = path::join(path, &listed.name);
            self.entry(folder, &listed, path, place)?;
            path.truncate(length);
        }
        self.ignored.patterns.truncate(lists);
        Ok(())
    }

    fn obey(&mut self, folder: &Folder, path: &[u8]) -> Result<()> {
        let rules =
            folder.read(b".gitignore", MAX_IGNORE_BYTES).map_err(self.io("read .gitignore in", path))?;
        let source = path::join(path, b".gitignore");
        let source = Path::new(OsStr::from_bytes(&source));
        let rules = rules.unwrap_or_default();
        self.ignored
            .add_patterns_buffer(&rules, source, Some(Path::new("")), Ignore { support_precious: false })
            .map_err(self.io("read .gitignore in", path))
    }

    fn is_ignored(&self, path: &[u8], is_folder: bool) -> bool {
        self.ignored
            .pattern_matching_relative_path(path.as_bstr(), Some(is_folder), Case::Sensitive)
            .is_some_and(|found| !found.pattern.is_negative())
    }

    fn entry(&mut self, parent: &Folder, listed: &Listed, path: &mut Vec<u8>, place: Place) -> Result<()> {
        let stat = parent.stat(&listed.name).map_err(self.io("look at", path))?;
        let kind = FileType::from_raw_mode(stat.st_mode);
        if path.len() > MAX_PATH_BYTES {
            return Err(refuse(path, "its path is longer than 4096 bytes"));
        }
        let checked = RepoPath::joined(b"", path);
        let before = self.tracked.get(&checked).copied();
        let holds_tracked = kind == FileType::Directory && self.folders.contains(path.as_slice());
        let ignored = place.ignored || self.is_ignored(path, kind == FileType::Directory);
        if ignored && before.is_none() && !holds_tracked {
            return Ok(());
        }
        path::check_name(&listed.name, kind == FileType::Symlink).map_err(|why| hostile(path, why))?;
        self.used.entry()?;
        match kind {
            FileType::Directory => {
                let folder = parent.sub_here(&listed.name).map_err(self.io("enter", path))?;
                if before.is_some_and(|(mode, _)| mode == Mode::Submodule) {
                    return self.submodule(&folder, &checked);
                }
                self.folder(&folder, path, Place { depth: place.depth + 1, ignored })
            }
            FileType::RegularFile => {
                let (mode, content) = self.file(parent, &listed.name, path)?;
                self.met(checked, mode, content)
            }
            FileType::Symlink => {
                let target = parent.link_target(&listed.name).map_err(self.io("read the link", path))?;
                self.met(checked, Mode::Symlink, target)
            }
            _ => Err(refuse(path, "it is a device, a fifo or a socket; delete it at the end of the script")),
        }
    }

    /// A submodule is an empty folder here, and stays one.
    fn submodule(&mut self, folder: &Folder, path: &RepoPath) -> Result<()> {
        if folder.list(1).map_or(true, |listed| !listed.is_empty()) {
            return Err(refuse(
                path.as_bytes(),
                "it is a submodule; its content belongs to another repository",
            ));
        }
        self.tracked.remove(path);
        Ok(())
    }

    fn file(&mut self, parent: &Folder, name: &[u8], path: &[u8]) -> Result<(Mode, Vec<u8>)> {
        let opened = parent.file(name).map_err(self.io("open", path))?;
        let (file, stat) =
            opened.ok_or_else(|| refuse(path, "it vanished; something still runs in the folder"))?;
        if stat.st_nlink > 1 {
            return Err(refuse(path, "it is a hard link; copy the file instead"));
        }
        if stat.st_mode & SETUID_SETGID != 0 {
            return Err(refuse(path, "it is setuid or setgid; git cannot keep that"));
        }
        let size = u64::try_from(stat.st_size).unwrap_or(0);
        self.used.file(size)?;
        let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        file.take(size + 1).read_to_end(&mut content).map_err(self.io("read", path))?;
        if content.len() as u64 != size {
            return Err(refuse(path, "it changed while it was read; something still runs in the folder"));
        }
        let executable = stat.st_mode & OWNER_EXECUTES != 0;
        Ok((if executable { Mode::Executable } else { Mode::File }, content))
    }

    fn met(&mut self, path: RepoPath, mode: Mode, content: Vec<u8>) -> Result<()> {
        let before = self.tracked.remove(&path);
        if let Some((old_mode, old)) = before
            && name(Kind::Blob, &content)? == old
        {
            if old_mode != mode {
                let change = Change::PutOid { mode, oid: old };
                self.edits.push(Edit { path, change });
            }
            return Ok(());
        }
        let change = Change::Put { mode, content };
        self.edits.push(Edit { path, change });
        Ok(())
    }
}
