//! Taking what a server sends into a mirror.
//!
//! It lands in a repository of its own beneath the mirror, where it is looked at, and only then becomes part of it: in
//! one piece where it is exactly what the tip needs, else object by object.

mod index;

use std::fs;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use fleetwright_core::Oid;

pub use index::{MAX_DECODED_BYTES, MAX_INCOMING_BYTES};

use crate::error::{GitError, Result};
use crate::mirror::{self, Refreshed};
use crate::refs::Head;
use crate::repository::Repository;
use crate::wire::Want;

/// The folder beneath a mirror where things land. What an interruption leaves there is swept by the next one.
const LANDING: &str = "incoming";

/// A mirror about to be brought up to the tip of a server's default branch.
///
/// Safe to interrupt anywhere, as [`crate::refresh_mirror`] is, and with the same demand: one worker at a time.
#[derive(Debug)]
pub struct Incoming {
    mirror: Repository,
    head: Head,
    have: Option<Oid>,
    landing: PathBuf,
}

impl Incoming {
    /// Opens a mirror, or makes it anew where it is missing or not usable.
    ///
    /// # Errors
    /// [`GitError::NotARepository`] where the folder holds something that is not a mirror: it is left alone.
    pub fn begin(mirror_dir: &Path, head: &Head) -> Result<Incoming> {
        if let Some(mirror) = mirror::open(mirror_dir)?
            && let Ok(have) = tip(&mirror)
            && (!mirror::is_worn(&mirror) || have == head.commit)
        {
            return Incoming::with(mirror, head, have);
        }
        Incoming::anew(mirror_dir, head)
    }

    /// Makes the mirror anew, whatever was in it: for when what came did not fit to what was there.
    ///
    /// # Errors
    /// As [`Incoming::begin`].
    pub fn anew(mirror_dir: &Path, head: &Head) -> Result<Incoming> {
        // Refuses a folder that is not ours to delete.
        mirror::open(mirror_dir)?;
        Incoming::with(mirror::create(mirror_dir, &head.branch)?, head, None)
    }

    fn with(mirror: Repository, head: &Head, have: Option<Oid>) -> Result<Incoming> {
        let landing = mirror.path().join(LANDING);
        sweep(&landing)?;
        Ok(Incoming { mirror, head: head.clone(), have, landing })
    }

    /// What must be fetched; `None` where the mirror has it.
    ///
    /// # Errors
    /// [`GitError::Io`].
    pub fn want(&self) -> Result<Option<Want>> {
        match self.head.commit {
            Some(commit) if !self.mirror.has(commit)? => Ok(Some(Want { commit, have: self.have })),
            _ => Ok(None),
        }
    }

    /// Moves the mirror to the head, which needs nothing more.
    ///
    /// # Errors
    /// [`GitError::MissingObject`] where it does.
    pub fn settle(self) -> Result<Refreshed> {
        mirror::update(&self.mirror, &self.head, |commit| {
            Err(GitError::MissingObject { oid: commit, path: self.mirror.path().to_owned() })
        })
    }

    /// Takes the pack of [`Incoming::want`]: indexed, every object's name computed from its content, then looked through as
    /// any tip is that a mirror takes.
    ///
    /// # Errors
    /// [`GitError::Pack`] for a pack that is broken, cut off or too costly to unfold; [`GitError::Limit`] beyond 2 GiB
    /// or a million objects; [`GitError::MissingObject`], [`GitError::HostileName`] and so on for what is in it.
    pub fn take(self, pack: &mut dyn BufRead) -> Result<Refreshed> {
        let landed = self.land()?;
        let folder = self.landing.join("objects/pack");
        // A pack of what changed may be differences to what was asked to be left out.
        let count = match self.have {
            Some(_) => self.mirror.with_bases(|bases| index::index(&folder, pack, Some(bases)))?,
            None => index::index(&folder, pack, None)?,
        };
        mirror::update(&self.mirror, &self.head, |commit| {
            let wanted = mirror::lacking_with(&self.mirror, &landed, commit)?;
            // Nothing more and nothing less than the tip needs: the pack can stay as it is.
            if wanted.len() == count.objects && all_in(&landed, &wanted)? {
                self.mirror.adopt_packs(&landed)?;
                return Ok((count.objects, count.bytes));
            }
            mirror::copy_all(&self.mirror, &landed, &wanted)
        })
    }

    /// An empty bare repository for another process, such as git, to fetch the head into.
    ///
    /// # Errors
    /// [`GitError::Io`].
    pub fn landing(&self) -> Result<&Path> {
        drop(self.land()?);
        Ok(&self.landing)
    }

    /// Takes what was put into [`Incoming::landing`].
    ///
    /// # Errors
    /// [`GitError::MissingObject`] where the head is not among it, and as [`Incoming::take`].
    pub fn take_landed(self) -> Result<Refreshed> {
        let landed = Repository::open(&self.landing)?;
        mirror::update(&self.mirror, &self.head, |commit| {
            let wanted = mirror::lacking_with(&self.mirror, &landed, commit)?;
            mirror::copy_all(&self.mirror, &landed, &wanted)
        })
    }

    fn land(&self) -> Result<Repository> {
        fs::create_dir(&self.landing).map_err(|error| GitError::io("create", &self.landing, error))?;
        Repository::init_in(&self.landing, &self.head.branch)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // What stays is swept by the next one.
        let _ = sweep(&self.landing);
    }
}

/// The tip that a mirror has with all it needs.
fn tip(mirror: &Repository) -> Result<Option<Oid>> {
    let Some(commit) = mirror.head()?.commit else {
        return Ok(None);
    };
    mirror.tree_data(mirror.tree_of(commit)?)?;
    Ok(mirror.shallow()?.contains(&commit).then_some(commit))
}

fn all_in(landed: &Repository, wanted: &[Oid]) -> Result<bool> {
    for oid in wanted {
        if !landed.has(*oid)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn sweep(landing: &Path) -> Result<()> {
    match fs::remove_dir_all(landing) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(GitError::io("delete", landing, error))
        }
        _ => Ok(()),
    }
}
