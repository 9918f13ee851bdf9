//! Writing a segment: listings first, then lists in order, then what finds them.

use std::io;

use fleetwright_core::Oid;

use crate::paged::PagedWriter;
use crate::segment::{BLOCK, FORMAT, Listing};
use crate::varint;

/// A segment while it is written.
pub(crate) struct SegmentWriter {
    out: PagedWriter,
    directory: Vec<u8>,
    dictionary: Vec<u8>,
    /// First trigram, place in the dictionary, place of the first list.
    blocks: Vec<(u32, u64, u64)>,
    in_block: usize,
    last: u32,
}

impl SegmentWriter {
    pub(crate) fn new(out: PagedWriter) -> SegmentWriter {
        SegmentWriter {
            out,
            directory: Vec::new(),
            dictionary: Vec::new(),
            blocks: Vec::new(),
            in_block: 0,
            last: 0,
        }
    }

    /// Writes the listing of a repository; before any list.
    pub(crate) fn listing(&mut self, listing: &Listing, bytes: &[u8]) -> io::Result<()> {
        varint::put_bytes(&mut self.directory, listing.repo.as_bytes());
        varint::put(&mut self.directory, listing.generation);
        varint::put_bytes(&mut self.directory, listing.tree.as_ref().map_or(&[], |tree| tree.as_bytes()));
        varint::put(&mut self.directory, self.out.position());
        varint::put(&mut self.directory, bytes.len() as u64);
        self.out.write(bytes)
    }

    /// Writes a list; trigrams ascend.
    pub(crate) fn list(&mut self, gram: u32, bytes: &[u8]) -> io::Result<()> {
        if self.in_block == 0 || self.in_block == BLOCK {
            self.blocks.push((gram, self.dictionary.len() as u64, self.out.position()));
            (self.in_block, self.last) = (0, gram);
        }
        varint::put(&mut self.dictionary, u64::from(gram - self.last));
        varint::put(&mut self.dictionary, bytes.len() as u64);
        self.in_block += 1;
        self.last = gram;
        self.out.write(bytes)
    }

    /// Writes the rest and makes the file durable. The answer is its bytes.
    pub(crate) fn finish(mut self, mut rows: Vec<(Oid, u32)>) -> io::Result<u64> {
        rows.sort_unstable();
        let directory_at = self.out.position();
        self.out.write(&self.directory)?;
        let blobs_at = self.out.position();
        for (oid, number) in rows {
            self.out.write(oid.as_bytes())?;
            self.out.write(&number.to_le_bytes())?;
        }
        let dictionary_at = self.out.position();
        self.out.write(&self.dictionary)?;
        let blocks_at = self.out.position();
        let mut table = Vec::new();
        for (first, at, lists_at) in self.blocks {
            varint::put(&mut table, u64::from(first));
            varint::put(&mut table, dictionary_at + at);
            varint::put(&mut table, lists_at);
        }
        self.out.write(&table)?;
        let mut tail = Vec::new();
        for number in [FORMAT, directory_at, blobs_at, dictionary_at, blocks_at] {
            varint::put(&mut tail, number);
        }
        self.out.write(&tail)?;
        self.out.write(&(tail.len() as u32).to_le_bytes())?;
        self.out.finish()
    }
}
