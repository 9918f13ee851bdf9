//! Indexing a pack of somebody else: within limits of bytes, objects and work.

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use gix::utils::progress::{Id, MessageLevel, StepShared, UNKNOWN, Unit};
use gix::{Count, NestedProgress, Progress};

use crate::error::{GitError, Result};
use crate::mirror::MAX_OBJECTS;
use crate::odb::MAX_BLOB_BYTES;

/// The most bytes of a pack that is taken: 2 GiB. The tip of a large repository has some hundred megabytes.
pub const MAX_INCOMING_BYTES: u64 = 2 << 30;
/// The most bytes a pack may unfold to: 16 GiB, about a minute's work. Differences of differences can be made to unfold
/// to any size.
pub const MAX_DECODED_BYTES: usize = 16 << 30;
/// How often the work is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// gix-pack's name for the bytes it unfolded (`index::write::ProgressId`).
const UNFOLDED: Id = *b"IWDB";

/// What was indexed.
pub(super) struct Indexed {
    pub(super) objects: usize,
    pub(super) bytes: u64,
}

/// Writes a pack and its index into `folder`, under their own names. What it names of `bases` is put into it.
pub(super) fn index(
    folder: &Path,
    pack: &mut dyn BufRead,
    bases: Option<&gix::odb::HandleArc>,
) -> Result<Indexed> {
    let mut header = [0; 12];
    pack.read_exact(&mut header).map_err(|error| broken(error.to_string()))?;
    let objects = u32::from_be_bytes([header[8], header[9], header[10], header[11]]) as usize;
    if objects > MAX_OBJECTS {
        return Err(GitError::Limit { what: "objects in the tip of a branch", limit: MAX_OBJECTS as u64 });
    }
    let mut capped = Capped { inner: Cursor::new(header).chain(pack), left: MAX_INCOMING_BYTES };
    let written = watched(|stop, progress| write(folder, &mut capped, bases, (stop, progress)));
    if capped.left == 0 {
        return Err(GitError::Limit { what: "bytes in a pack that was fetched", limit: MAX_INCOMING_BYTES });
    }
    Ok(Indexed { objects: written?, bytes: MAX_INCOMING_BYTES - capped.left })
}

fn write(
    folder: &Path,
    pack: &mut dyn Read,
    bases: Option<&gix::odb::HandleArc>,
    (stop, progress): (&AtomicBool, &mut Work),
) -> Result<usize> {
    let options = gix_pack::bundle::write::Options {
        // Many mirrors are refreshed at once: one thread each.
        thread_limit: Some(1),
        alloc_limit_bytes: usize::try_from(MAX_BLOB_BYTES).ok(),
        ..Default::default()
    };
    let mut pack = BufReader::with_capacity(64 << 10, pack);
    // The index is built on offsets that the pack itself names: a panic is corruption, as it is on reading.
    let written = catch_unwind(AssertUnwindSafe(|| {
        gix_pack::Bundle::write_to_directory(
            &mut pack,
            Some(folder),
            progress,
            stop,
            bases,
            gix::hash::Kind::Sha1,
            options,
        )
    }));
    match written {
        Ok(Ok(written)) => Ok(written.index.num_objects as usize),
        Ok(Err(error)) => Err(broken(error.to_string())),
        Err(_) => Err(broken("its entries name what is not there")),
    }
}

/// Runs `work` and stops it once it has unfolded too much.
fn watched<T>(work: impl FnOnce(&AtomicBool, &mut Work) -> Result<T>) -> Result<T> {
    let (stop, over) = (AtomicBool::new(false), AtomicBool::new(false));
    let mut progress = Work { unfolded: Arc::default(), own: Arc::default(), id: UNKNOWN };
    let unfolded = Arc::clone(&progress.unfolded);
    let done = thread::scope(|scope| {
        let watch = scope.spawn(|| {
            while !over.load(Ordering::Acquire) {
                thread::park_timeout(LOOK);
                if unfolded.load(Ordering::Relaxed) > MAX_DECODED_BYTES {
                    stop.store(true, Ordering::Relaxed);
                }
            }
        });
        let done = work(&stop, &mut progress);
        over.store(true, Ordering::Release);
        watch.thread().unpark();
        done
    });
    if stop.load(Ordering::Relaxed) {
        let limit = MAX_DECODED_BYTES as u64;
        return Err(GitError::Limit { what: "bytes that a pack unfolds to", limit });
    }
    done
}

fn broken(why: impl Into<String>) -> GitError {
    GitError::Pack { why: why.into() }
}

/// Reads up to a limit, and fails there.
struct Capped<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if room == 0 && !buffer.is_empty() {
            return Err(io::Error::other("the pack is too large"));
        }
        let read = self.inner.read(&mut buffer[..room])?;
        self.left -= read as u64;
        Ok(read)
    }
}

/// Counts what gix-pack unfolds; all else it tells is nobody's business.
struct Work {
    unfolded: StepShared,
    own: StepShared,
    id: Id,
}

impl Work {
    fn counted(&self) -> &Arc<AtomicUsize> {
        if self.id == UNFOLDED { &self.unfolded } else { &self.own }
    }
}

impl Count for Work {
    fn set(&self, step: usize) {
        // The bytes only grow: indexing and resolving both count there.
        self.own.store(step, Ordering::Relaxed);
    }

    fn step(&self) -> usize {
        self.counted().load(Ordering::Relaxed)
    }

    fn inc_by(&self, step: usize) {
        self.counted().fetch_add(step, Ordering::Relaxed);
    }

    fn counter(&self) -> StepShared {
        Arc::clone(self.counted())
    }
}

impl Progress for Work {
    fn init(&mut self, _: Option<usize>, _: Option<Unit>) {}

    fn set_name(&mut self, _: String) {}

    fn name(&self) -> Option<String> {
        None
    }

    fn id(&self) -> Id {
        self.id
    }

    fn message(&self, _: MessageLevel, _: String) {}
}

impl NestedProgress for Work {
    type SubProgress = Work;

    fn add_child(&mut self, name: impl Into<String>) -> Work {
        self.add_child_with_id(name, UNKNOWN)
    }

    fn add_child_with_id(&mut self, _: impl Into<String>, id: Id) -> Work {
        Work { unfolded: Arc::clone(&self.unfolded), own: Arc::default(), id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_stops_at_its_limit() {
        let mut capped = Capped { inner: io::repeat(7), left: 10 };
        let mut buffer = [0; 8];
        assert_eq!(capped.read(&mut buffer).unwrap(), 8);
        assert_eq!(capped.read(&mut buffer).unwrap(), 2);
        assert!(capped.read(&mut buffer).is_err());
    }

    #[test]
    fn work_that_unfolds_too_much_is_stopped() {
        let result: Result<()> = watched(|stop, progress| {
            let decoding =
                progress.add_child_with_id("Resolving", UNKNOWN).add_child_with_id("Decoding", UNFOLDED);
            decoding.counter().fetch_add(MAX_DECODED_BYTES + 1, Ordering::Relaxed);
            while !stop.load(Ordering::Relaxed) {
                thread::yield_now();
            }
            Ok(())
        });
        assert!(matches!(result, Err(GitError::Limit { .. })));
        assert!(watched(|_, _| Ok(())).is_ok());
    }
}
