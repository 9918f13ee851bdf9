//! The content of files, from the mirrors.

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use fleetwright_core::Oid;
use fleetwright_git::Repository;
use fleetwright_index::Blobs;

/// The largest file that is read for a search, in bytes (64 MiB): forges warn from 50 MB on.
pub const MAX_SEARCHED_BYTES: u64 = 64 << 20;

/// How many repositories stay open. Files come sorted by repository, so that a few per thread do.
const OPEN: usize = 64;

/// The mirrors of the fleet by the names the index has for them.
pub(super) struct Mirrors {
    paths: HashMap<String, PathBuf>,
    /// Open and not in use: whoever reads takes one out, so that threads do not wait for each other.
    idle: Mutex<VecDeque<(String, Repository)>>,
}

impl Mirrors {
    pub(super) fn new(paths: HashMap<String, PathBuf>) -> Mirrors {
        Mirrors { paths, idle: Mutex::new(VecDeque::new()) }
    }

    fn take(&self, repo: &str) -> Result<Repository, String> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = idle.iter().position(|(name, _)| name == repo)
            && let Some((_, open)) = idle.remove(at)
        {
            return Ok(open);
        }
        drop(idle);
        let path = self.paths.get(repo).ok_or("the repository is gone: `fleetwright repo sync`")?;
        if !path.exists() {
            return Err("its mirror had to make room: `fleetwright repo sync` fetches it again".to_owned());
        }
        Repository::open(path).map_err(|error| error.to_string())
    }

    fn give_back(&self, repo: &str, repository: Repository) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= OPEN {
            idle.pop_front();
        }
        idle.push_back((repo.to_owned(), repository));
    }
}

impl Blobs for Mirrors {
    fn blob(&self, repo: &str, oid: Oid) -> Result<Vec<u8>, String> {
        let repository = self.take(repo)?;
        let read = repository.blob(oid, MAX_SEARCHED_BYTES).map_err(|error| error.to_string());
        self.give_back(repo, repository);
        read
    }
}
