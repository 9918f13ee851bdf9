//! Opening and creating bare repositories.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::beneath::Folder;
use crate::error::{GitError, Result};

/// The largest `config` read, in bytes; git writes some hundred.
const MAX_CONFIG: u64 = 1 << 20;
/// The largest `HEAD`, loose reference or `shallow` file read, in bytes.
pub(crate) const MAX_SMALL_FILE: u64 = 1 << 20;

/// A bare repository with SHA-1 names and files as references.
///
/// Nothing in its config has an effect: it is read only to refuse what would redirect reads (worktrees, alternates,
/// `commondir`) or mean another format. `Send` and `Sync` (threads take turns at the packs; for speed open
/// one per thread, which costs some 50 us). It holds one file descriptor and, once a pack was needed, the packs' maps. Linux only (`openat2`).
pub struct Repository {
    pub(crate) path: PathBuf,
    pub(crate) root: Folder,
    pub(crate) packs: Mutex<Option<gix::odb::HandleArc>>,
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Repository").field(&self.path).finish()
    }
}

impl Repository {
    /// Opens a bare repository: the folder itself, no search upwards.
    ///
    /// # Errors
    /// [`GitError::NotARepository`] for anything else than a folder with `HEAD`, `objects` and `refs`;
    /// [`GitError::Unsupported`] for SHA-256 or reftable repositories and for those that reach outside their folder.
    pub fn open(path: &Path) -> Result<Repository> {
        let root = Folder::open(path).map_err(|source| not_one(path, &source))?;
        let repository = Repository { path: path.to_owned(), root, packs: Mutex::new(None) };
        repository.check_layout()?;
        repository.check_config()?;
        Ok(repository)
    }

    /// Creates an empty bare repository in a folder that is missing or empty. `HEAD` is written last: what an
    /// interruption leaves is not a repository.
    ///
    /// # Errors
    /// [`GitError::BadBranch`] for `default_branch`, [`GitError::NotARepository`] for a folder with content.
    pub fn init_bare(path: &Path, default_branch: &str) -> Result<Repository> {
        crate::branch_name::check(default_branch)?;
        let io = |doing| move |source: io::Error| GitError::io(doing, path, source);
        fs::create_dir_all(path).map_err(io("create"))?;
        if fs::read_dir(path).map_err(io("list"))?.next().is_some() {
            return Err(GitError::NotARepository {
                path: path.to_owned(),
                why: "the folder is not empty; choose another".to_owned(),
            });
        }
        Repository::init_in(path, default_branch)
    }

    /// As [`Repository::init_bare`], in a folder that is there and may hold other files.
    pub(crate) fn init_in(path: &Path, default_branch: &str) -> Result<Repository> {
        crate::branch_name::check(default_branch)?;
        let io = |doing| move |source: io::Error| GitError::io(doing, path, source);
        let root = Folder::open(path).map_err(io("open"))?;
        for folder in ["objects/pack", "objects/info", "refs/heads", "refs/tags"] {
            root.make(folder.as_bytes()).map_err(io("create folders in"))?;
        }
        let config = b"[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n";
        root.replace(b"config", config, 0o644).map_err(io("write config in"))?;
        let head = format!("ref: refs/heads/{default_branch}\n");
        root.replace(b"HEAD", head.as_bytes(), 0o644).map_err(io("write HEAD in"))?;
        Ok(Repository { path: path.to_owned(), root, packs: Mutex::new(None) })
    }

    /// The folder it was opened at.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn io(&self, doing: &'static str) -> impl Fn(io::Error) -> GitError {
        move |source| GitError::io(doing, &self.path, source)
    }

    fn refuse(&self, why: impl Into<String>) -> GitError {
        GitError::Unsupported { path: self.path.clone(), why: why.into() }
    }

    fn check_layout(&self) -> Result<()> {
        for folder in ["objects", "refs"] {
            let there = self.root.sub(folder.as_bytes()).map_err(|source| not_one(&self.path, &source))?;
            if there.is_none() {
                return Err(missing(&self.path, folder));
            }
        }
        for (file, why) in [
            (
                "objects/info/alternates",
                "it borrows objects from elsewhere; run `git repack -a -d` and remove objects/info/alternates",
            ),
            ("commondir", "it is a linked worktree; name the repository it belongs to"),
            ("gitdir", "it is a linked worktree; name the repository it belongs to"),
            (".git", "it has a working tree; name its .git folder's bare clone"),
        ] {
            if !matches!(self.root.has(file.as_bytes()), Ok(false)) {
                return Err(self.refuse(why));
            }
        }
        Ok(())
    }

    fn check_config(&self) -> Result<()> {
        let config = self.root.read(b"config", MAX_CONFIG).map_err(self.io("read config of"))?;
        let config = config.ok_or_else(|| missing(&self.path, "config"))?;
        let options = gix::config::file::init::Options::default();
        let metadata = gix::config::file::Metadata::from(gix::config::Source::Local);
        let config = gix::config::File::from_bytes_no_includes(&config, metadata, options)
            .map_err(|error| self.refuse(format!("its config cannot be parsed: {error}")))?;
        let value = |key: &str| config.string(key).map(|value| value.to_string().to_ascii_lowercase());
        if config.string("core.worktree").is_some() {
            return Err(self.refuse("its config names a worktree; remove core.worktree"));
        }
        if config.boolean("core.bare").ok().flatten() != Some(true) {
            return Err(
                self.refuse("its config does not say core.bare = true; clone it with `git clone --bare`")
            );
        }
        if !matches!(value("core.repositoryformatversion").as_deref(), None | Some("0" | "1")) {
            return Err(self.refuse("its core.repositoryformatversion is neither 0 nor 1"));
        }
        for (key, supported) in [("extensions.objectformat", "sha1"), ("extensions.refstorage", "files")] {
            if let Some(found) = value(key).filter(|found| found != supported) {
                return Err(self.refuse(format!("{key} is {found}, only {supported} is supported")));
            }
        }
        Ok(())
    }
}

fn missing(path: &Path, what: &str) -> GitError {
    GitError::NotARepository { path: path.to_owned(), why: format!("{what} is missing") }
}

fn not_one(path: &Path, source: &io::Error) -> GitError {
    GitError::NotARepository { path: path.to_owned(), why: source.to_string() }
}
