//! Pull requests as files, and the lock under which they change.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use fleetwright_core::Oid;
use fleetwright_core::pull::{PullRef, PullState};
use serde::{Deserialize, Serialize};

use crate::access;
use crate::layout::Layout;
use fleetwright_forge::ForgeError;

/// How long a lock of a killed process may turn out to be a living git's: that holds one for milliseconds.
const GIT_HOLDS: Duration = Duration::from_millis(200);

/// A pull request, as its file holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PullFile {
    /// Its number within the repository.
    pub number: u64,
    /// One line.
    pub title: String,
    /// The text, in Markdown.
    pub body: String,
    /// The branch it comes from.
    pub branch: String,
    /// The branch it goes to.
    pub base: String,
    /// Whether it still stands.
    #[serde(flatten)]
    pub state: PullState,
    /// The head it was closed or merged at; while it is open, the branch tells.
    pub head: Oid,
    /// Who opened it.
    pub author: String,
    /// Whether it is not ready.
    #[serde(default)]
    pub draft: bool,
    /// Labels.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Who was asked for a review.
    #[serde(default)]
    pub reviewers: Vec<String>,
    /// What was said.
    #[serde(default)]
    pub comments: Vec<Comment>,
    /// What reviewers decided.
    #[serde(default)]
    pub reviews: Vec<Review>,
    /// A merge that was begun: finished by whoever reads the file if the base has the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merging: Option<MergeNote>,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Who.
    pub by: String,
    /// What.
    pub body: String,
    /// When, in seconds since 1970 UTC.
    #[serde(default)]
    pub at: i64,
}

/// What a reviewer decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who.
    pub by: String,
    /// Approved, or changes asked for.
    pub approved: bool,
    /// The head that was looked at: an approval of another head does not count.
    pub head: Oid,
}

/// A merge that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeNote {
    /// The commit the base is to have.
    pub commit: Oid,
    /// That commit's tree.
    pub tree: Oid,
    /// Who merges.
    pub by: String,
}

/// The pull requests of one repository, while its lock is held.
#[derive(Debug)]
pub(crate) struct Pulls {
    repo: String,
    folder: PathBuf,
    lock: Option<File>,
}

impl Pulls {
    /// Takes the lock; it is given back when the value goes, or the process.
    pub(crate) fn lock(layout: &Layout, repo: &str) -> Result<Pulls, ForgeError> {
        let (folder, repository) = (layout.folder(repo)?, layout.repository(repo)?);
        let open = || -> std::io::Result<File> {
            fs::create_dir_all(folder.join("pulls"))?;
            let options = File::options().read(true).write(true).create(true).truncate(false).clone();
            let mut lock = options.open(folder.join("lock"))?;
            lock.lock()?;
            let mut left = String::new();
            lock.read_to_string(&mut left)?;
            if !left.is_empty() {
                give_back(&repository, &left);
                note(&lock, "")?;
            }
            Ok(lock)
        };
        let lock = open().map_err(|error| access(repo, format!("{}: {error}", folder.display())))?;
        Ok(Pulls { repo: repo.to_owned(), folder, lock: Some(lock) })
    }

    /// Moves a branch, while the lock's file says so: a process that is killed meanwhile leaves
    /// git's own lock on the branch behind, and whoever comes next knows that it is nobody's.
    pub(crate) fn moving<T>(&self, branch: &str, work: impl FnOnce() -> T) -> Result<T, ForgeError> {
        let say = |text: &str| self.lock.as_ref().map_or(Ok(()), |lock| note(lock, text));
        say(branch).map_err(|error| access(&self.repo, error))?;
        let done = work();
        say("").map_err(|error| access(&self.repo, error))?;
        Ok(done)
    }

    /// Reads without the lock: a file is always whole.
    pub(crate) fn read_only(layout: &Layout, repo: &str) -> Result<Pulls, ForgeError> {
        Ok(Pulls { repo: repo.to_owned(), folder: layout.folder(repo)?, lock: None })
    }

    pub(crate) fn reference(&self, number: u64) -> PullRef {
        PullRef { number, url: self.path(number).display().to_string() }
    }

    pub(crate) fn get(&self, number: u64) -> Result<PullFile, ForgeError> {
        let path = self.path(number);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let what = format!("pull request {number} of {}", self.repo);
                return Err(ForgeError::NotFound { what });
            }
            Err(error) => return Err(access(&self.repo, format!("{}: {error}", path.display()))),
        };
        serde_json::from_str(&text)
            .map_err(|error| access(&self.repo, format!("{}: {error}", path.display())))
    }

    /// The numbers there are, the newest first.
    pub(crate) fn numbers(&self) -> Result<Vec<u64>, ForgeError> {
        let entries = match fs::read_dir(self.folder.join("pulls")) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(access(&self.repo, error)),
        };
        let number = |name: std::ffi::OsString| name.to_str()?.strip_suffix(".json")?.parse::<u64>().ok();
        let mut numbers: Vec<u64> = entries.flatten().filter_map(|entry| number(entry.file_name())).collect();
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        Ok(numbers)
    }

    pub(crate) fn put(&self, pull: &PullFile) -> Result<(), ForgeError> {
        let text = serde_json::to_vec_pretty(pull).map_err(|error| access(&self.repo, error))?;
        replace(&self.path(pull.number), &text).map_err(|error| access(&self.repo, error))
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join("pulls").join(format!("{number}.json"))
    }
}

fn note(mut lock: &File, text: &str) -> std::io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    lock.write_all(text.as_bytes())
}

/// Removes the locks of git that a killed process held while it moved a branch.
fn give_back(repository: &Path, branch: &str) {
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    for name in [format!("refs/heads/{branch}.lock"), "packed-refs.lock".to_owned()] {
        let path = repository.join(&name);
        let inode = || fs::symlink_metadata(&path).ok().map(|file| file.ino());
        let Some(left) = inode().filter(|_| Path::new(&name).components().all(is_plain)) else { continue };
        std::thread::sleep(GIT_HOLDS);
        if inode() == Some(left) {
            // Should it fail, the next to move the branch says which file is in the way.
            let _ = fs::remove_file(&path);
        }
    }
}

/// Replaces a file as a whole: a reader sees the old one or the new one.
pub(crate) fn replace(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    let mut fresh = tempfile::NamedTempFile::new_in(parent)?;
    fresh.write_all(content)?;
    fresh.persist(path)?;
    Ok(())
}
