//! Blobs that were added and are in no segment yet.

use std::collections::HashMap;
use std::io;

use fleetwright_core::Oid;

use crate::grams::Grams;
use crate::limits::{BINARY_PROBE_BYTES, MAX_INDEXED_BYTES};
use crate::postings::List;
use crate::segment::{BINARY, LARGE, TEXT};
use crate::segment_writer::SegmentWriter;

/// The memory that lists may take before they are written out, in bytes.
const MAX_BYTES: usize = 96 << 20;

/// The most blobs of one segment that is written out.
const MAX_BLOBS: usize = 1 << 17;

/// What a list takes beside its bytes: its struct, its place in the table, its allocation.
const LIST_BYTES: usize = 128;

/// The lists of blobs that are in no segment yet.
pub(crate) struct Buffer {
    lists: HashMap<u32, List>,
    bytes: usize,
    blobs: HashMap<Oid, u32>,
    grams: Grams,
}

impl Buffer {
    pub(crate) fn new() -> Buffer {
        Buffer { lists: HashMap::new(), bytes: 0, blobs: HashMap::new(), grams: Grams::new() }
    }

    pub(crate) fn number_of(&self, oid: Oid) -> Option<u32> {
        self.blobs.get(&oid).copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.blobs.is_empty()
    }

    /// Whether it should be written out.
    pub(crate) fn is_full(&self) -> bool {
        self.blobs.len() >= MAX_BLOBS || self.bytes + self.lists.len() * LIST_BYTES >= MAX_BYTES
    }

    /// Adds a blob with its content, numbered above all before.
    pub(crate) fn add(&mut self, oid: Oid, number: u32, content: &[u8]) {
        if content.len() as u64 > MAX_INDEXED_BYTES {
            return self.add_large(oid, number);
        }
        self.blobs.insert(oid, number);
        if content[..content.len().min(BINARY_PROBE_BYTES)].contains(&0) {
            push(&mut self.lists, &mut self.bytes, BINARY, number);
            return;
        }
        push(&mut self.lists, &mut self.bytes, TEXT, number);
        for gram in self.grams.of(content) {
            push(&mut self.lists, &mut self.bytes, *gram, number);
        }
    }

    /// Adds a blob that is too large to be indexed.
    pub(crate) fn add_large(&mut self, oid: Oid, number: u32) {
        self.blobs.insert(oid, number);
        push(&mut self.lists, &mut self.bytes, LARGE, number);
    }

    /// Writes all into a segment and is empty then.
    pub(crate) fn write_out(&mut self, mut out: SegmentWriter) -> io::Result<u64> {
        let mut lists: Vec<(u32, List)> = std::mem::take(&mut self.lists).into_iter().collect();
        lists.sort_unstable_by_key(|(gram, _)| *gram);
        for (gram, list) in lists {
            out.list(gram, &list.finish())?;
        }
        self.bytes = 0;
        out.finish(std::mem::take(&mut self.blobs).into_iter().collect())
    }
}

fn push(lists: &mut HashMap<u32, List>, bytes: &mut usize, gram: u32, number: u32) {
    let list = lists.entry(gram).or_insert_with(List::new);
    let before = list.capacity();
    list.push(number);
    *bytes += list.capacity() - before;
}
