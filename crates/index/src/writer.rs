//! Writing an index.
//!
//! Room is bounded: segments are merged by tiers (at most seven of each size stay), one with more than
//! a quarter of dead blobs is rewritten once the blobs that repositories let go reach a quarter of all,
//! so that a state takes at most about twice what its repositories need; and older states are kept as
//! long as they take less than half of that again ([`crate::prune`]).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::{self, File, TryLockError};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fleetwright_core::Oid;

use crate::awaited::{self, Open};
use crate::buffer::Buffer;
use crate::disk::{Disk, SystemDisk};
use crate::error::{Damage, IndexError};
use crate::index::SnapshotId;
use crate::limits::MAX_INDEXED_BYTES;
use crate::listing::{self, Entry};
use crate::manifest::{self, Manifest};
use crate::merge::{self, MergeError};
use crate::paged::PagedWriter;
use crate::prune;
use crate::segment::{Listing, Segment};
use crate::segment_writer::SegmentWriter;
use crate::state::State;

/// Above so many entries whose blobs are awaited, listings are looked through for those that are ready.
const MANY_OPEN: usize = 100_000;

/// The one that writes. Nothing is seen by readers before [`commit`](Writer::commit).
pub struct Writer {
    folder: PathBuf,
    disk: Arc<dyn Disk>,
    _lock: File,
    state: State,
    buffer: Buffer,
    /// Segments that were written since the last commit.
    fresh: Vec<Arc<Segment>>,
    /// What repositories hold now, written, or that they are gone.
    ready: BTreeMap<String, Option<(Oid, Vec<u8>)>>,
    /// Listings with blobs that are awaited.
    open: BTreeMap<String, Open>,
    wanted: HashSet<Oid>,
    next_blob: u32,
    next_segment: u64,
    broken: bool,
}

/// What a commit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The new state.
    pub snapshot: SnapshotId,
    /// Repositories that stay as they were, because blobs of theirs were not added, and how many.
    pub left_out: Vec<(String, usize)>,
}

impl Writer {
    /// Opens the index below `folder` for writing, making the folder if need be. Damaged parts that
    /// show when files are opened are forgotten, so that the repositories in them count as unknown.
    ///
    /// # Errors
    /// Another process writes, or the disk cannot be read.
    pub fn open(folder: &Path) -> Result<Writer, IndexError> {
        Writer::open_on(folder, Arc::new(SystemDisk), false)
    }

    /// As [`open`](Writer::open), and reads every page first, so that all damage is found and
    /// forgotten; for when a search told of some. Takes about a second for 500 MB.
    ///
    /// # Errors
    /// As [`open`](Writer::open).
    pub fn open_checked(folder: &Path) -> Result<Writer, IndexError> {
        Writer::open_on(folder, Arc::new(SystemDisk), true)
    }

    /// As [`open`](Writer::open), on a disk of the caller's.
    ///
    /// # Errors
    /// As [`open`](Writer::open).
    pub fn open_on(folder: &Path, disk: Arc<dyn Disk>, checked: bool) -> Result<Writer, IndexError> {
        let failed = |what| move |source| IndexError::Disk { what, path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(failed("make"))?;
        let lock =
            File::options().create(true).append(true).open(folder.join("lock")).map_err(failed("lock"))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => IndexError::Locked { path: folder.to_owned() },
            TryLockError::Error(source) => failed("lock")(source),
        })?;
        let state = State::open(folder, None)?;
        let state = if checked { state.checked() } else { state };
        prune::orphans(&*disk, folder)?;
        Ok(Writer {
            folder: folder.to_owned(),
            disk,
            _lock: lock,
            buffer: Buffer::new(),
            fresh: Vec::new(),
            ready: BTreeMap::new(),
            open: BTreeMap::new(),
            wanted: HashSet::new(),
            next_blob: state.manifest.next_blob,
            next_segment: state.manifest.next_segment,
            state,
            broken: false,
        })
    }

    /// What was damaged and is forgotten.
    pub fn damage(&self) -> &[Damage] {
        &self.state.damage
    }

    /// The repositories of the last commit, sorted by name, with the tree each was read at.
    pub fn repositories(&self) -> impl Iterator<Item = (&str, Oid)> {
        self.state.repositories()
    }

    /// The tree a repository was read at, if it need not be read again while that is its tree.
    pub fn tree(&self, repo: &str) -> Option<Oid> {
        match self.ready.get(repo) {
            Some(change) => change.as_ref().map(|(tree, _)| *tree),
            None => self.open.get(repo).map(|open| open.tree).or_else(|| self.state.tree(repo)),
        }
    }

    /// Says what a repository holds now, in place of what it held. The answer is the blobs whose content
    /// is not known yet and was not asked for before: [`add`](Writer::add) them. Blobs above
    /// [`MAX_INDEXED_BYTES`] by `size` are not asked for.
    ///
    /// # Errors
    /// A listing beyond the limits; an index that cannot be read or written.
    pub fn repository(
        &mut self,
        repo: &str,
        tree: Oid,
        entries: &[Entry<'_>],
    ) -> Result<Vec<Oid>, IndexError> {
        awaited::checked(repo, entries)?;
        self.settle()?;
        let mut open = Open { tree, entries: Vec::with_capacity(entries.len()) };
        let mut missing = Vec::new();
        for entry in entries {
            let number = if entry.mode.is_file() { self.number(entry)? } else { Some(0) };
            if number.is_none() && self.wanted.insert(entry.oid) {
                missing.push(entry.oid);
            }
            open.entries.push((entry.path.to_vec(), entry.mode, entry.oid, number));
        }
        open.entries.sort_unstable();
        open.entries.dedup_by(|left, right| left.0 == right.0);
        self.ready.remove(repo);
        self.open.insert(repo.to_owned(), open);
        Ok(missing)
    }

    /// The number of an entry's blob, if it is known or needs no content.
    fn number(&mut self, entry: &Entry<'_>) -> Result<Option<u32>, IndexError> {
        let known = self.known(entry.oid)?;
        if known.is_some() || entry.size.is_none_or(|size| size <= MAX_INDEXED_BYTES) {
            return Ok(known);
        }
        let number = self.take_number()?;
        self.buffer.add_large(entry.oid, number);
        Ok(Some(number))
    }

    fn known(&self, oid: Oid) -> Result<Option<u32>, IndexError> {
        if let Some(number) = self.buffer.number_of(oid) {
            return Ok(Some(number));
        }
        for segment in self.fresh.iter().rev() {
            if let Some(number) = segment.number_of(oid)? {
                return Ok(Some(number));
            }
        }
        Ok(self.state.number_of(oid)?)
    }

    fn take_number(&mut self) -> Result<u32, IndexError> {
        let number = self.next_blob;
        let next = number.checked_add(1).ok_or_else(|| IndexError::Full { path: self.folder.clone() })?;
        self.next_blob = next;
        Ok(number)
    }

    /// Adds the content of a blob; one that is known already is left as it is.
    ///
    /// # Errors
    /// The index cannot be read or written.
    pub fn add(&mut self, oid: Oid, bytes: &[u8]) -> Result<(), IndexError> {
        self.usable()?;
        let asked = self.wanted.remove(&oid);
        if !asked && self.known(oid)?.is_some() {
            return Ok(());
        }
        let number = self.take_number()?;
        self.buffer.add(oid, number, bytes);
        if self.buffer.is_full() { self.flush(Vec::new()) } else { Ok(()) }
    }

    /// Removes a repository; one that is not known is no error.
    pub fn remove(&mut self, repo: &str) {
        self.open.remove(repo);
        self.ready.remove(repo);
        if self.state.listing(repo).is_some() {
            self.ready.insert(repo.to_owned(), None);
        }
    }

    /// Makes everything since the last commit durable and visible at once.
    ///
    /// # Errors
    /// The disk cannot be written, or a segment that is merged cannot be read: then readers see the
    /// state before, and the writer has to be opened again.
    pub fn commit(&mut self) -> Result<Committed, IndexError> {
        self.usable()?;
        self.settle_each()?;
        let left_out: Vec<_> = std::mem::take(&mut self.open)
            .into_iter()
            .map(|(repo, open)| (repo, open.entries.iter().filter(|entry| entry.3.is_none()).count()))
            .collect();
        self.wanted.clear();
        for repo in self.state.forgotten() {
            self.ready.entry(repo).or_insert(None);
        }
        let unchanged = self.ready.is_empty() && self.buffer.is_empty() && self.fresh.is_empty();
        if !unchanged || !self.state.damage.is_empty() {
            self.broken = true;
            self.publish()?;
            self.broken = false;
        }
        Ok(Committed { snapshot: SnapshotId::of(self.state.manifest.generation), left_out })
    }

    fn usable(&self) -> Result<(), IndexError> {
        if self.broken { Err(IndexError::Broken) } else { Ok(()) }
    }

    /// Writes listings whose blobs are all there.
    fn settle(&mut self) -> Result<(), IndexError> {
        self.usable()?;
        let awaited: usize = self.open.values().map(|open| open.entries.len()).sum();
        if self.wanted.is_empty() || awaited > MANY_OPEN { self.settle_each() } else { Ok(()) }
    }

    fn settle_each(&mut self) -> Result<(), IndexError> {
        for (repo, mut open) in std::mem::take(&mut self.open) {
            let mut numbers: HashMap<Oid, Option<u32>> = HashMap::new();
            for (_, _, oid, number) in open.entries.iter_mut().filter(|entry| entry.3.is_none()) {
                *number = match numbers.get(oid) {
                    Some(known) => *known,
                    None => self.known(*oid)?,
                };
                numbers.insert(*oid, *number);
            }
            match open.write() {
                Some(bytes) => drop(self.ready.insert(repo, Some((open.tree, bytes)))),
                None => drop(self.open.insert(repo, open)),
            }
        }
        Ok(())
    }

    fn new_segment(&mut self) -> Result<(PathBuf, SegmentWriter), IndexError> {
        let path = self.folder.join(prune::segment_name(self.next_segment));
        self.next_segment += 1;
        let temporary = self.folder.join("new-segment");
        let stream =
            self.disk.create(&temporary).map_err(|source| self.failed("make", &temporary, source))?;
        Ok((path, SegmentWriter::new(PagedWriter::new(stream))))
    }

    fn failed(&self, what: &'static str, path: &Path, source: std::io::Error) -> IndexError {
        IndexError::Disk { what, path: path.to_owned(), source }
    }

    fn named(&self, path: &Path) -> Result<Arc<Segment>, IndexError> {
        let renamed = self.disk.rename(&self.folder.join("new-segment"), path);
        renamed.map_err(|source| self.failed("name", path, source))?;
        Ok(Arc::new(Segment::open(path)?))
    }

    /// Writes the buffer out as a segment, with these listings.
    fn flush(&mut self, listings: Vec<(Listing, Vec<u8>)>) -> Result<(), IndexError> {
        self.broken = true;
        let (path, mut out) = self.new_segment()?;
        let written = listings.iter().try_for_each(|(listing, bytes)| out.listing(listing, bytes));
        let written = written.and_then(|()| self.buffer.write_out(out));
        written.map_err(|source| self.failed("write", &path, source))?;
        let segment = self.named(&path)?;
        self.fresh.push(segment);
        self.broken = false;
        Ok(())
    }

    fn publish(&mut self) -> Result<(), IndexError> {
        let newest = manifest::generations(&self.folder)?.first().copied().unwrap_or(0);
        let generation = newest.max(self.state.manifest.generation) + 1;
        let mut maybe_dead = self.state.manifest.maybe_dead + self.let_go()?;
        let listings: Vec<_> = std::mem::take(&mut self.ready)
            .into_iter()
            .map(|(repo, change)| {
                let (tree, bytes) = change.map_or((None, Vec::new()), |(tree, bytes)| (Some(tree), bytes));
                (Listing { repo, generation, tree, at: 0, length: 0 }, bytes)
            })
            .collect();
        if !listings.is_empty() || !self.buffer.is_empty() {
            self.flush(listings)?;
            self.broken = true;
        }
        std::mem::take(&mut self.fresh).into_iter().for_each(|segment| self.state.push(segment));
        self.merge(&mut maybe_dead)?;
        let segments = self.state.segments.iter();
        let manifest = Manifest {
            generation,
            next_blob: self.next_blob,
            next_segment: self.next_segment,
            maybe_dead,
            segments: segments.map(|segment| (segment.name().to_owned(), segment.bytes())).collect(),
        };
        let synced = self.disk.sync_folder(&self.folder);
        synced.map_err(|source| self.failed("sync", &self.folder, source))?;
        manifest::write(&*self.disk, &self.folder, &manifest)?;
        self.state.manifest = manifest;
        self.state.mended();
        prune::old_states(&*self.disk, &self.folder, &self.state.manifest)
    }

    /// How many blobs the changed repositories let go.
    fn let_go(&self) -> Result<u64, IndexError> {
        let mut gone = 0;
        for (repo, change) in &self.ready {
            let mut held = BTreeSet::new();
            if let Some((_, bytes)) = change {
                let _ = listing::read(bytes, &mut |entry| {
                    held.insert(entry.number);
                    ControlFlow::Continue(())
                });
            }
            self.state.each(repo, &mut |entry| {
                gone += u64::from(entry.mode.is_file() && !held.contains(&entry.number));
                ControlFlow::Continue(())
            })?;
        }
        Ok(gone)
    }

    /// Merges what is crowded, stale or half dead.
    fn merge(&mut self, maybe_dead: &mut u64) -> Result<(), IndexError> {
        let blobs: usize = self.state.segments.iter().map(|segment| segment.blobs).sum();
        if *maybe_dead * 4 > blobs as u64 {
            let live = merge::live(&self.state)?;
            while let Some(at) = merge::half_dead(&self.state, &live)?.first().copied() {
                self.replace(&[at], Some(&live))?;
            }
            *maybe_dead = 0;
        }
        while let Some(at) = merge::stale(&self.state).first().copied() {
            self.replace(&[at], None)?;
        }
        let crowded = merge::crowded(&self.state.segments);
        if crowded.is_empty() { Ok(()) } else { self.replace(&crowded, None) }
    }

    fn replace(&mut self, group: &[usize], live: Option<&crate::marks::Marks>) -> Result<(), IndexError> {
        let (path, out) = self.new_segment()?;
        let merged = merge::merge(&self.state, group, live, out);
        merged.map_err(|error| match error {
            MergeError::Damage(damage) => IndexError::Damaged(damage),
            MergeError::Disk(source) => self.failed("write", &path, source),
        })?;
        let merged = self.named(&path)?;
        let holds_some = merged.blobs > 0 || !merged.listings.is_empty();
        self.state.replace(group, holds_some.then_some(merged));
        Ok(())
    }
}
