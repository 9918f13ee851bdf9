//! A file in pages, each with a checksum: whatever is read is compared first.
//!
//! Layout: the content in pages of 4 KiB (the last may be shorter), then a CRC-32 for each page (over
//! its number and its bytes, so that a page in another's place is seen), then a footer.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::disk::Stream;
use crate::error::Damage;

const PAGE: u64 = 4096;
const MAGIC: &[u8; 8] = b"fwindex1";

/// Magic, length of the content, CRC-32 of the checksums, CRC-32 of the footer before it.
const FOOTER: usize = 24;

fn checksum(number: u64, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&number.to_le_bytes());
    hasher.update(bytes);
    hasher.finalize()
}

/// Such a file while it is written, front to back.
pub(crate) struct PagedWriter {
    stream: io::BufWriter<Box<dyn Stream>>,
    page: Vec<u8>,
    sums: Vec<u8>,
    length: u64,
}

impl PagedWriter {
    pub(crate) fn new(stream: Box<dyn Stream>) -> PagedWriter {
        let stream = io::BufWriter::with_capacity(256 << 10, stream);
        PagedWriter { stream, page: Vec::new(), sums: Vec::new(), length: 0 }
    }

    /// Where the next byte comes to lie.
    pub(crate) fn position(&self) -> u64 {
        self.length
    }

    pub(crate) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = PAGE as usize - self.page.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.page.extend_from_slice(now);
            self.length += now.len() as u64;
            bytes = later;
            if self.page.len() as u64 == PAGE {
                self.end_page()?;
            }
        }
        Ok(())
    }

    fn end_page(&mut self) -> io::Result<()> {
        let number = (self.sums.len() / 4) as u64;
        self.sums.extend_from_slice(&checksum(number, &self.page).to_le_bytes());
        self.stream.write_all(&self.page)?;
        self.page.clear();
        Ok(())
    }

    /// Writes the rest and makes all durable. The answer is the length of the file in bytes.
    pub(crate) fn finish(mut self) -> io::Result<u64> {
        if !self.page.is_empty() {
            self.end_page()?;
        }
        self.stream.write_all(&self.sums)?;
        let mut footer = MAGIC.to_vec();
        footer.extend_from_slice(&self.length.to_le_bytes());
        footer.extend_from_slice(&crc32fast::hash(&self.sums).to_le_bytes());
        footer.extend_from_slice(&crc32fast::hash(&footer).to_le_bytes());
        self.stream.write_all(&footer)?;
        self.stream.flush()?;
        self.stream.get_mut().sync()?;
        Ok(self.length + self.sums.len() as u64 + FOOTER as u64)
    }
}

/// Such a file while it is read.
#[derive(Debug)]
pub(crate) struct Paged {
    name: String,
    file: File,
    length: u64,
    sums: Vec<u8>,
}

impl Paged {
    /// Opens a file and reads its checksums.
    pub(crate) fn open(path: &Path) -> Result<Paged, Damage> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let failed = |why: String| Damage { file: name.clone(), why };
        let io = |error: io::Error| failed(error.to_string());
        let file = File::open(path).map_err(io)?;
        let total = file.metadata().map_err(io)?.len();
        let before = total.checked_sub(FOOTER as u64).ok_or_else(|| failed("it is too short".to_owned()))?;
        let mut footer = [0; FOOTER];
        file.read_exact_at(&mut footer, before).map_err(io)?;
        let number =
            |at: usize| u32::from_le_bytes([footer[at], footer[at + 1], footer[at + 2], footer[at + 3]]);
        let length = u64::from(number(8)) | u64::from(number(12)) << 32;
        if &footer[..8] != MAGIC || crc32fast::hash(&footer[..20]) != number(20) {
            return Err(failed("its end is not what was written".to_owned()));
        }
        let sums = before.checked_sub(length).filter(|sums| *sums == length.div_ceil(PAGE) * 4);
        let sums = sums.ok_or_else(|| failed(format!("it has {total} bytes, which does not fit its end")))?;
        let mut bytes = vec![0; sums as usize];
        file.read_exact_at(&mut bytes, length).map_err(io)?;
        if crc32fast::hash(&bytes) != number(16) {
            return Err(failed("its checksums are not what was written".to_owned()));
        }
        Ok(Paged { name, file, length, sums: bytes })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn damaged(&self, why: impl Into<String>) -> Damage {
        Damage { file: self.name.clone(), why: why.into() }
    }

    /// Reads a range, comparing the checksums of all pages it touches.
    pub(crate) fn read(&self, at: u64, length: usize) -> Result<Vec<u8>, Damage> {
        let end = at.checked_add(length as u64).filter(|end| *end <= self.length);
        let end = end.ok_or_else(|| self.damaged(format!("it refers to byte {at} beyond its end")))?;
        if length == 0 {
            return Ok(Vec::new());
        }
        let first = at / PAGE;
        let start = first * PAGE;
        let stop = (end.div_ceil(PAGE) * PAGE).min(self.length);
        let mut bytes = vec![0; (stop - start) as usize];
        self.file.read_exact_at(&mut bytes, start).map_err(|error| self.damaged(error.to_string()))?;
        for (page, number) in bytes.chunks(PAGE as usize).zip(first..) {
            if self.sums.get(number as usize * 4..number as usize * 4 + 4)
                != Some(&checksum(number, page).to_le_bytes())
            {
                return Err(self.damaged(format!("the checksum of page {number} does not fit")));
            }
        }
        bytes.drain(..(at - start) as usize);
        bytes.truncate(length);
        Ok(bytes)
    }

    /// Compares all checksums.
    pub(crate) fn check(&self) -> Result<(), Damage> {
        let mut at = 0;
        while at < self.length {
            let length = (self.length - at).min(256 * PAGE);
            self.read(at, length as usize)?;
            at += length;
        }
        Ok(())
    }
}

/// Reads a file front to back in small ranges, through a buffer.
pub(crate) struct Window<'a> {
    paged: &'a Paged,
    at: u64,
    bytes: Vec<u8>,
}

/// How far a window reads ahead, in bytes.
const AHEAD: u64 = 128 << 10;

impl<'a> Window<'a> {
    pub(crate) fn new(paged: &'a Paged) -> Window<'a> {
        Window { paged, at: 0, bytes: Vec::new() }
    }

    pub(crate) fn read(&mut self, at: u64, length: usize) -> Result<&[u8], Damage> {
        let inside = |window: &Window<'_>| {
            let from = usize::try_from(at.checked_sub(window.at)?).ok()?;
            (from.checked_add(length)? <= window.bytes.len()).then_some(from)
        };
        if inside(self).is_none() {
            let start = at / PAGE * PAGE;
            let ahead = (length as u64 + PAGE).max(AHEAD).min(self.paged.length.saturating_sub(start));
            self.bytes = self.paged.read(start, ahead as usize)?;
            self.at = start;
        }
        let from = inside(self);
        from.map(|from| &self.bytes[from..from + length])
            .ok_or_else(|| self.paged.damaged(format!("it refers to byte {at} beyond its end")))
    }
}
