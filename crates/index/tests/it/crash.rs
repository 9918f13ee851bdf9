//! Writes that fail, processes that die, files that rot: the state before stays, or what is lost is told
//! and read again.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use fleetwright_index::disk::{Disk, Stream, SystemDisk};
use fleetwright_index::{Index, IndexError, Writer};

use crate::fleet::{Fleet, found, lines};

/// A disk that works so many times and then no more, as if the process were killed there.
struct Failing(Arc<AtomicI64>);

struct FailingStream(Box<dyn Stream>, Arc<AtomicI64>);

fn step(left: &AtomicI64) -> io::Result<()> {
    if left.fetch_sub(1, Ordering::Relaxed) > 0 { Ok(()) } else { Err(io::Error::other("no space left")) }
}

impl Write for FailingStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Half of what is written arrives before the end.
        let half = bytes.len().div_ceil(2);
        step(&self.1).inspect_err(|_| drop(self.0.write(&bytes[..half])))?;
        self.0.write(&bytes[..half])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Stream for FailingStream {
    fn sync(&mut self) -> io::Result<()> {
        step(&self.1)?;
        self.0.sync()
    }
}

impl Disk for Failing {
    fn create(&self, path: &Path) -> io::Result<Box<dyn Stream>> {
        step(&self.0)?;
        Ok(Box::new(FailingStream(SystemDisk.create(path)?, Arc::clone(&self.0))))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        step(&self.0)?;
        SystemDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        step(&self.0)?;
        SystemDisk.remove(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        step(&self.0)?;
        SystemDisk.sync_folder(path)
    }
}

fn grown(rounds: u32) -> Fleet {
    let mut fleet = Fleet::default();
    for round in 0..rounds {
        for at in 0..3 {
            fleet.put(
                &format!("repo{at}"),
                format!("file{}", round % 4),
                format!("needle of round {round} at {at}\n"),
            );
        }
    }
    fleet
}

#[test]
fn wherever_writing_ends_the_old_state_or_the_new_one_is_there() {
    let (mut failed, mut steps) = (0, 0);
    let all = regex::bytes::Regex::new("needle").unwrap();
    loop {
        let folder = tempfile::tempdir().unwrap();
        // So many commits before that the next one merges and removes old states.
        for rounds in 1..=9 {
            grown(rounds).indexed(folder.path());
        }
        let (before, after) = (grown(9), grown(10));
        let disk = Failing(Arc::new(AtomicI64::new(steps)));
        let outcome = Writer::open_on(folder.path(), Arc::new(disk), false)
            .and_then(|mut writer| after.sync(&mut writer));
        let index = Index::open(folder.path()).unwrap();
        assert!(index.damage().is_empty() && index.check().is_empty(), "after {steps} steps");
        let new = index.tree("repo0") == Some(after.tree("repo0"));
        let shown = if new { &after } else { &before };
        assert_eq!(found(&index, shown, &lines("needle")), shown.plain(&all), "after {steps} steps");
        if outcome.is_ok() {
            assert!(new);
            break;
        }
        failed += 1;
        after.indexed(folder.path());
        let index = Index::open(folder.path()).unwrap();
        assert_eq!(found(&index, &after, &lines("needle")), after.plain(&all), "and the next one goes on");
        steps += 1;
    }
    assert!(failed > 20, "only {failed} places to fail were tried");
}

#[test]
fn a_writer_that_failed_is_not_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Failing(Arc::new(AtomicI64::new(2)));
    let mut writer = Writer::open_on(folder.path(), Arc::new(disk), false).unwrap();
    let error = grown(1).sync(&mut writer).unwrap_err().to_string();
    assert!(error.starts_with("cannot write ") && error.ends_with("no space left"), "{error}");
    assert!(matches!(writer.commit(), Err(IndexError::Broken)));
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("segment-")).collect();
    files.sort();
    files
}

#[test]
fn a_cut_segment_is_told_and_read_again_by_the_next_sync() {
    let folder = tempfile::tempdir().unwrap();
    let (first, mut fleet) = (grown(1), grown(1));
    first.indexed(folder.path());
    fleet.put("other", "file", "needle elsewhere\n");
    fleet.indexed(folder.path());
    let file = segments(folder.path()).remove(0);
    let length = fs::metadata(&file).unwrap().len();
    fs::File::options().write(true).open(&file).unwrap().set_len(length / 2).unwrap();
    let index = Index::open(folder.path()).unwrap();
    assert_eq!(index.damage().len(), 1);
    assert!(index.damage()[0].to_string().contains("is read again by the next sync"));
    assert_eq!((index.tree("repo0"), index.tree("other").is_some()), (None, true));
    assert_eq!(found(&index, &fleet, &lines("needle")), ["other:file:1"]);
    let mut writer = Writer::open(folder.path()).unwrap();
    assert_eq!(
        (writer.damage().len(), fleet.sync(&mut writer).unwrap()),
        (1, 3),
        "three blobs are read again"
    );
    let index = Index::open(folder.path()).unwrap();
    assert!(index.damage().is_empty());
    assert_eq!(found(&index, &fleet, &lines("needle")).len(), 4);
}

#[test]
fn a_segment_with_blobs_of_others_takes_their_repositories_along() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = Fleet::default();
    fleet.put("first", "file", "needle shared\n");
    fleet.indexed(folder.path());
    fleet.put("second", "copy", "needle shared\n");
    fleet.indexed(folder.path());
    fs::write(&segments(folder.path())[0], b"not a segment").unwrap();
    let index = Index::open(folder.path()).unwrap();
    assert_eq!((index.tree("first"), index.tree("second")), (None, None));
    let index = fleet.indexed(folder.path());
    assert_eq!(found(&index, &fleet, &lines("needle")), ["first:file:1", "second:copy:1"]);
    let again = Index::open(folder.path()).unwrap();
    assert_eq!(again.repositories().count(), 2);
}

#[test]
fn every_flipped_byte_is_found_and_no_answer_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = grown(3);
    fleet.indexed(folder.path());
    let file = segments(folder.path()).remove(0);
    let whole = fs::read(&file).unwrap();
    let all = fleet.plain(&regex::bytes::Regex::new("needle").unwrap());
    for at in (0..whole.len()).step_by(1 + whole.len() / 300) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        fs::write(&file, &bytes).unwrap();
        let index = Index::open(folder.path()).unwrap();
        assert!(!index.check().is_empty(), "byte {at}");
        let (pattern, paths) = (lines("needle"), fleetwright_index::Globs::all());
        let query = fleetwright_index::Query::new(&pattern, &paths);
        let (hits, summary) = crate::fleet::hits(&index, &fleet, &query);
        let places: usize = hits.iter().map(|hit| hit.places.len() * hit.lines.len()).sum();
        assert!(places == all.len() || !summary.damage.is_empty(), "byte {at} loses files silently");
        let mut writer = Writer::open_checked(folder.path()).unwrap();
        fleet.sync(&mut writer).unwrap();
        let index = Index::open(folder.path()).unwrap();
        assert!(index.check().is_empty());
        assert_eq!(found(&index, &fleet, &lines("needle")), all, "byte {at}");
        drop(writer);
        fs::remove_dir_all(folder.path()).unwrap();
        fleet.indexed(folder.path());
        assert_eq!(fs::read(&file).unwrap().len(), whole.len());
    }
}

#[test]
fn a_damaged_manifest_leaves_the_state_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = grown(1);
    fleet.indexed(folder.path());
    fleet.put("other", "file", "needle elsewhere\n");
    let newest = fleet.indexed(folder.path()).snapshot();
    let manifest = folder.path().join(format!("state-{:020}", newest.to_string().parse::<u64>().unwrap()));
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replacen("segment-", "segment+", 1)).unwrap();
    let index = Index::open(folder.path()).unwrap();
    assert_eq!(index.damage().len(), 1);
    assert_eq!((index.tree("repo0").is_some(), index.tree("other")), (true, None));
    let index = fleet.indexed(folder.path());
    assert!(index.snapshot() > newest && index.tree("other").is_some());
    assert_eq!(found(&index, &fleet, &lines("needle")).len(), 4);
}
