//! A fleet in memory, and an index of it on disk.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use fleetwright_core::Oid;
use fleetwright_index::{
    Blobs, Entry, Globs, Hit, Index, IndexError, Mode, Pattern, Query, Reading, Summary, Writer,
};

/// Repositories with their files; blobs by name, counted when read.
#[derive(Default)]
pub(crate) struct Fleet {
    pub(crate) repos: BTreeMap<String, BTreeMap<Vec<u8>, (Mode, Oid)>>,
    pub(crate) blobs: HashMap<Oid, Vec<u8>>,
    pub(crate) read: AtomicUsize,
}

/// A name that depends on the bytes; good enough for a fleet of tests.
pub(crate) fn name_of(bytes: &[u8]) -> Oid {
    let mut name = [0; 20];
    for (at, part) in name.chunks_mut(4).enumerate() {
        let mut hash = 0x811c_9dc5_u32 ^ at as u32;
        for byte in bytes.iter().chain(&[0xff, at as u8]) {
            hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
        part.copy_from_slice(&(hash ^ hash >> 15).to_be_bytes());
    }
    Oid::from_bytes(name)
}

impl Fleet {
    pub(crate) fn put(&mut self, repo: &str, path: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) {
        self.put_as(Mode::File, repo, path.as_ref(), bytes.as_ref());
    }

    pub(crate) fn put_as(&mut self, mode: Mode, repo: &str, path: &[u8], bytes: &[u8]) {
        let oid = name_of(bytes);
        self.blobs.insert(oid, bytes.to_vec());
        self.repos.entry(repo.to_owned()).or_default().insert(path.to_vec(), (mode, oid));
    }

    pub(crate) fn tree(&self, repo: &str) -> Oid {
        name_of(format!("{:?}", self.repos[repo]).as_bytes())
    }

    /// Tells the writer a repository and gives it what it misses. The answer is how many blobs that was.
    pub(crate) fn tell(&self, writer: &mut Writer, repo: &str) -> Result<usize, IndexError> {
        let size = |oid: &Oid| Some(self.blobs[oid].len() as u64);
        let entries: Vec<Entry<'_>> = self.repos[repo]
            .iter()
            .map(|(path, (mode, oid))| Entry { path, mode: *mode, oid: *oid, size: size(oid) })
            .collect();
        let missing = writer.repository(repo, self.tree(repo), &entries)?;
        missing.iter().try_for_each(|oid| writer.add(*oid, &self.blobs[oid]))?;
        Ok(missing.len())
    }

    /// Brings the index up to date as a sync does. The answer is how many blobs were read.
    pub(crate) fn sync(&self, writer: &mut Writer) -> Result<usize, IndexError> {
        let known: Vec<String> = writer.repositories().map(|(repo, _)| repo.to_owned()).collect();
        known.iter().filter(|repo| !self.repos.contains_key(*repo)).for_each(|repo| writer.remove(repo));
        let mut read = 0;
        for repo in self.repos.keys() {
            if writer.tree(repo) != Some(self.tree(repo)) {
                read += self.tell(writer, repo)?;
            }
        }
        assert!(writer.commit()?.left_out.is_empty());
        Ok(read)
    }

    pub(crate) fn indexed(&self, folder: &Path) -> Index {
        self.sync(&mut Writer::open(folder).unwrap()).unwrap();
        Index::open(folder).unwrap()
    }

    /// `repo:path:line` of every match, by reading everything.
    pub(crate) fn plain(&self, pattern: &regex::bytes::Regex) -> Vec<String> {
        let mut found = Vec::new();
        for (repo, files) in &self.repos {
            for (path, (mode, oid)) in files {
                let bytes = &self.blobs[oid];
                if !matches!(mode, Mode::File | Mode::Executable) || bytes.contains(&0) {
                    continue;
                }
                let lines = bytes.strip_suffix(b"\n").unwrap_or(bytes).split(|byte| *byte == b'\n');
                for (number, line) in lines.enumerate().filter(|_| !bytes.is_empty()) {
                    if pattern.is_match(line.strip_suffix(b"\r").unwrap_or(line)) {
                        found.push(format!("{repo}:{}:{}", String::from_utf8_lossy(path), number + 1));
                    }
                }
            }
        }
        found.sort();
        found
    }
}

impl Blobs for Fleet {
    fn blob(&self, repo: &str, oid: Oid) -> Result<Vec<u8>, String> {
        self.read.fetch_add(1, Ordering::Relaxed);
        let held = self.repos.get(repo).is_some_and(|files| files.values().any(|(_, own)| *own == oid));
        self.blobs.get(&oid).filter(|_| held).cloned().ok_or_else(|| format!("{repo} has no {oid}"))
    }
}

pub(crate) fn lines(text: &str) -> Pattern {
    Pattern::lines(text, Reading::default()).unwrap()
}

pub(crate) fn hits(index: &Index, fleet: &Fleet, query: &Query<'_>) -> (Vec<Hit>, Summary) {
    let mut hits = Vec::new();
    let summary = index.search(query, fleet, &mut |hit| {
        hits.push(hit);
        ControlFlow::Continue(())
    });
    (hits, summary)
}

/// `repo:path:line` of every match, by the index.
pub(crate) fn found(index: &Index, fleet: &Fleet, pattern: &Pattern) -> Vec<String> {
    let (hits, _) = hits(index, fleet, &Query::new(pattern, &Globs::all()));
    let mut found = Vec::new();
    for hit in hits {
        for place in &hit.places {
            let path = String::from_utf8_lossy(&place.path).into_owned();
            found.extend(hit.lines.iter().map(|line| format!("{}:{path}:{}", place.repo, line.number)));
        }
    }
    found.sort();
    found
}
