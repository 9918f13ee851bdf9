//! `HEAD` and branches: reading, and moving one branch by compare-and-swap.
//!
//! By hand instead of gix-ref's, which follows symbolic links. The protocol is git's: a `.lock` file next to the
//! reference, compare under the lock, rename.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::thread;
use std::time::Duration;

use fleetwright_core::Oid;
use rustix::fs::FileType;

use crate::beneath::Folder;
use crate::branch_name;
use crate::error::{GitError, Result};
use crate::repository::{MAX_SMALL_FILE, Repository};

/// The largest `packed-refs` read, in bytes: 256 MiB, some three million references.
const MAX_PACKED_REFS: u64 = 256 << 20;
/// The most branches listed.
const MAX_BRANCHES: usize = 100_000;
/// The deepest folder below `refs/heads`.
const MAX_REF_DEPTH: usize = 32;
/// How often a lock held by somebody else is tried, 5 ms apart: one second.
const LOCK_TRIES: u32 = 200;
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// Where `HEAD` points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The default branch, without `refs/heads/`.
    pub branch: String,
    /// Its commit; `None` where the branch was not born yet.
    pub commit: Option<Oid>,
}

impl Repository {
    /// The default branch and its commit.
    ///
    /// # Errors
    /// [`GitError::BadRef`] where `HEAD` is detached, a symbolic link, or names anything but a valid branch.
    pub fn head(&self) -> Result<Head> {
        let bad = |why: &str| self.bad_ref("HEAD", why);
        let content = self.root.read(b"HEAD", MAX_SMALL_FILE).map_err(|error| bad(&error.to_string()))?;
        let content = content.ok_or_else(|| bad("it is missing"))?;
        let text = std::str::from_utf8(&content).map_err(|_| bad("it is not UTF-8"))?;
        let target = text.strip_prefix("ref:").ok_or_else(|| bad("it is detached; point it at a branch"))?;
        let branch =
            target.trim().strip_prefix("refs/heads/").ok_or_else(|| bad("it does not name a branch"))?;
        branch_name::check(branch)?;
        Ok(Head { branch: branch.to_owned(), commit: self.branch(branch)? })
    }

    /// The commit of a branch, if there is such a branch.
    ///
    /// # Errors
    /// [`GitError::BadBranch`], [`GitError::BadRef`] for a file that holds no object name.
    pub fn branch(&self, name: &str) -> Result<Option<Oid>> {
        branch_name::check(name)?;
        let full = format!("refs/heads/{name}");
        match self.loose_ref(&full)? {
            Some(oid) => Ok(Some(oid)),
            None => self.packed_ref(&full),
        }
    }

    /// All branches, sorted by name. Names that are not UTF-8 are refused like any other bad name.
    ///
    /// # Errors
    /// [`GitError::BadRef`], [`GitError::BadBranch`], [`GitError::Limit`] beyond 100,000.
    pub fn branches(&self) -> Result<Vec<(String, Oid)>> {
        let mut found = BTreeMap::new();
        for line in self.packed_refs()?.split(|byte| *byte == b'\n') {
            if let Some((oid, name)) = self.packed_line(line)?
                && let Some(branch) = name.strip_prefix("refs/heads/")
            {
                branch_name::check(branch)?;
                found.insert(branch.to_owned(), oid);
            }
        }
        if let Some(heads) = self.root.sub(b"refs/heads").map_err(self.io("open refs/heads of"))? {
            self.collect(&heads, "", 0, &mut found)?;
        }
        Ok(found.into_iter().collect())
    }

    fn collect(
        &self,
        folder: &Folder,
        prefix: &str,
        depth: usize,
        found: &mut BTreeMap<String, Oid>,
    ) -> Result<()> {
        let limit =
            || GitError::Limit { what: "branches or folders of branches", limit: MAX_BRANCHES as u64 };
        if depth > MAX_REF_DEPTH || found.len() > MAX_BRANCHES {
            return Err(limit());
        }
        for entry in folder.list(MAX_BRANCHES).map_err(self.io("list the branches of"))? {
            let name = String::from_utf8(entry.name)
                .map_err(|_| self.bad_ref(&format!("refs/heads/{prefix}..."), "its name is not UTF-8"))?;
            let branch = format!("{prefix}{name}");
            if entry.kind == FileType::Directory {
                let folder = folder.sub_here(name.as_bytes()).map_err(self.io("list the branches of"))?;
                self.collect(&folder, &format!("{branch}/"), depth + 1, found)?;
            } else if !name.ends_with(".lock") && !name.starts_with("tmp_obj_") {
                branch_name::check(&branch)?;
                if let Some(oid) = self.loose_ref(&format!("refs/heads/{branch}"))? {
                    found.insert(branch, oid);
                }
            }
        }
        Ok(())
    }

    pub(crate) fn bad_ref(&self, name: &str, why: &str) -> GitError {
        GitError::BadRef { name: name.to_owned(), path: self.path.clone(), why: why.to_owned() }
    }

    fn loose_ref(&self, full: &str) -> Result<Option<Oid>> {
        let content = match self.root.read(full.as_bytes(), MAX_SMALL_FILE) {
            Ok(Some(content)) => content,
            Ok(None) => return Ok(None),
            Err(error) => return self.not_a_file(full, &error),
        };
        let text = std::str::from_utf8(&content).unwrap_or("").trim_end();
        let oid = text.parse().map_err(|_| self.bad_ref(full, "its file does not hold an object name"))?;
        Ok(Some(oid))
    }

    /// A folder, or a file where a folder is looked for, means "no such branch"; all else is broken.
    fn not_a_file(&self, full: &str, error: &std::io::Error) -> Result<Option<Oid>> {
        let is_folder = matches!(self.root.sub(full.as_bytes()), Ok(Some(_)));
        if is_folder || error.kind() == std::io::ErrorKind::NotADirectory {
            return Ok(None);
        }
        Err(self.bad_ref(full, &error.to_string()))
    }

    pub(crate) fn packed_refs(&self) -> Result<Vec<u8>> {
        let read = self.root.read(b"packed-refs", MAX_PACKED_REFS);
        Ok(read.map_err(self.io("read packed-refs of"))?.unwrap_or_default())
    }

    fn packed_ref(&self, full: &str) -> Result<Option<Oid>> {
        for line in self.packed_refs()?.split(|byte| *byte == b'\n') {
            if line.ends_with(full.as_bytes())
                && let Some((oid, name)) = self.packed_line(line)?
                && name == full
            {
                return Ok(Some(oid));
            }
        }
        Ok(None)
    }

    /// One line of `packed-refs`: `oid SP name`; `#` starts the header and `^` what a tag peels to.
    pub(crate) fn packed_line<'a>(&self, line: &'a [u8]) -> Result<Option<(Oid, &'a str)>> {
        if line.is_empty() || line[0] == b'#' || line[0] == b'^' {
            return Ok(None);
        }
        let bad = || self.bad_ref("packed-refs", "a line is not an object name and a reference");
        let text = std::str::from_utf8(line).map_err(|_| bad())?;
        let (oid, name) = text.split_once(' ').ok_or_else(bad)?;
        Ok(Some((oid.parse().map_err(|_| bad())?, name)))
    }

    /// Moves a branch from `expected` to `new`, if it is at `expected`: `None` stands for "no such branch", so this
    /// creates, moves and deletes. Atomic against other processes, git's among them. No reflog is written, nothing is
    /// fsynced (git does fsync references: after a power cut a branch just moved may have to be set again).
    ///
    /// # Errors
    /// [`GitError::RefMoved`] with what is there instead; [`GitError::Locked`] after waiting one second;
    /// [`GitError::MissingObject`] where `new` is not in the repository;
    /// [`GitError::BadRef`] where another branch's name is a folder of this one or the other way round.
    pub fn update_branch(&self, name: &str, expected: Option<Oid>, new: Option<Oid>) -> Result<()> {
        branch_name::check(name)?;
        let full = format!("refs/heads/{name}");
        let (folder, file) = full.rsplit_once('/').unwrap_or(("refs/heads", name));
        let locked = self.lock(folder, file)?;
        let actual = self.branch(name)?;
        if actual != expected {
            return Err(GitError::RefMoved { branch: name.to_owned(), expected, actual });
        }
        match new {
            Some(oid) if !self.has(oid)? => Err(GitError::MissingObject { oid, path: self.path.clone() }),
            Some(oid) => {
                self.check_no_clash(&full)?;
                let line = format!("{oid}\n");
                locked.write(line.as_bytes()).map_err(|error| self.bad_ref(&full, &error.to_string()))
            }
            None => {
                self.forget_packed(&full)?;
                locked.folder.remove(file.as_bytes()).map_err(self.io("delete a branch of"))?;
                drop(locked);
                self.prune(folder);
                Ok(())
            }
        }
    }

    fn lock(&self, folder: &str, file: &str) -> Result<Lock> {
        let lock = format!("{file}.lock").into_bytes();
        for _ in 0..LOCK_TRIES {
            let open = self.root.make(folder.as_bytes()).and_then(|parent| {
                let created = parent.create_new(&lock, 0o644)?;
                Ok((parent, created))
            });
            match open {
                Ok((folder, content)) => {
                    return Ok(Lock { folder, name: file.as_bytes().to_vec(), lock, content, held: true });
                }
                // NotFound: somebody pruned the empty folder in between.
                Err(error)
                    if matches!(
                        error.kind(),
                        std::io::ErrorKind::AlreadyExists | std::io::ErrorKind::NotFound
                    ) =>
                {
                    thread::sleep(LOCK_PAUSE);
                }
                Err(error) => return Err(self.bad_ref(&format!("{folder}/{file}"), &error.to_string())),
            }
        }
        Err(GitError::Locked { path: self.path.join(folder).join(format!("{file}.lock")) })
    }

    /// `a` and `a/b` cannot both be branches; loose files clash by themselves, packed ones are compared here.
    fn check_no_clash(&self, full: &str) -> Result<()> {
        for line in self.packed_refs()?.split(|byte| *byte == b'\n') {
            let Some((_, other)) = self.packed_line(line)? else {
                continue;
            };
            let under =
                |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with('/'));
            if under(other, full) || under(full, other) {
                return Err(self
                    .bad_ref(full, &format!("{other} exists, and a name cannot be both branch and folder")));
            }
        }
        Ok(())
    }

    /// Takes a reference out of `packed-refs`, under that file's lock.
    fn forget_packed(&self, full: &str) -> Result<()> {
        if self.packed_ref(full)?.is_none() {
            return Ok(());
        }
        let locked = self.lock(".", "packed-refs")?;
        let mut kept = Vec::new();
        let mut dropping = false;
        for line in self.packed_refs()?.split_inclusive(|byte| *byte == b'\n') {
            let peeled = line.starts_with(b"^");
            let bare = line.strip_suffix(b"\n").unwrap_or(line);
            dropping =
                if peeled { dropping } else { self.packed_line(bare)?.is_some_and(|(_, name)| name == full) };
            if !dropping {
                kept.extend_from_slice(line);
            }
        }
        locked.write(&kept).map_err(self.io("rewrite packed-refs of"))
    }

    /// Removes the folders below `refs/heads` that a deleted branch left empty.
    fn prune(&self, mut folder: &str) {
        while let Some((parent, name)) = folder.rsplit_once('/').filter(|(parent, _)| *parent != "refs") {
            let removed = match self.root.sub(parent.as_bytes()) {
                Ok(Some(open)) => open.remove_empty(name.as_bytes()),
                _ => return,
            };
            if removed.is_err() {
                return;
            }
            folder = parent;
        }
    }
}

/// A held `.lock` file; dropping it gives up.
struct Lock {
    folder: Folder,
    name: Vec<u8>,
    lock: Vec<u8>,
    content: std::fs::File,
    held: bool,
}

impl Lock {
    fn write(mut self, content: &[u8]) -> std::io::Result<()> {
        self.content.write_all(content)?;
        match self.folder.rename(&self.lock, &self.name) {
            // An empty folder of that name is what a deleted `name/x` leaves.
            Err(error) if error.kind() == std::io::ErrorKind::IsADirectory => {
                self.folder.remove_empty(&self.name)?;
                self.folder.rename(&self.lock, &self.name)?;
            }
            other => other?,
        }
        // From here on a file of the lock's name is somebody else's.
        self.held = false;
        Ok(())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.held {
            // A failure leaves a lock file, which the next writer's `Locked` error names.
            let _ = self.folder.remove(&self.lock);
        }
    }
}
