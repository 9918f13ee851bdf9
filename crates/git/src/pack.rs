//! Writing one pack of whole objects, and its index (gitformat-pack(5), versions 2).

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};

use fleetwright_core::Oid;

use crate::beneath::{Folder, temporary_name};
use crate::error::{GitError, Result};
use crate::object::{Kind, Object, finish};
use crate::zlib::deflate;

/// Packs of 2 GiB and more need 64-bit offsets in the index, which this writer leaves out.
const MAX_PACK_BYTES: u64 = (1 << 31) - 1;

/// A pack being written into a repository's `objects/pack`; it counts only after [`Writer::finish`].
pub(crate) struct Writer {
    folder: Folder,
    temporary: Vec<u8>,
    file: BufWriter<File>,
    hasher: gix::hash::Hasher,
    length: u64,
    entries: Vec<Entry>,
    wanted: u32,
}

struct Entry {
    oid: Oid,
    crc: u32,
    offset: u32,
}

impl Writer {
    /// Starts a pack of exactly `wanted` objects.
    pub(crate) fn new(repository: &Folder, wanted: usize) -> io::Result<Self> {
        let wanted = u32::try_from(wanted).map_err(io::Error::other)?;
        let folder = repository.make(b"objects/pack")?;
        let temporary = temporary_name();
        let file = BufWriter::new(folder.create_new(&temporary, 0o444)?);
        let mut writer = Writer {
            folder,
            temporary,
            file,
            hasher: gix::hash::hasher(gix::hash::Kind::Sha1),
            length: 0,
            entries: Vec::with_capacity(wanted as usize),
            wanted,
        };
        writer.append(&header(wanted))?;
        Ok(writer)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    /// Appends an object. Give every object once.
    pub(crate) fn add(&mut self, kind: Kind, oid: Oid, data: &[u8]) -> io::Result<()> {
        let offset = u32::try_from(self.length).unwrap_or(u32::MAX);
        let mut stored = Vec::new();
        entry(kind, data, &mut stored)?;
        if self.length + stored.len() as u64 > MAX_PACK_BYTES {
            return Err(io::Error::other("one pack would hold more than 2 GiB"));
        }
        let crc = crc32fast::hash(&stored);
        self.entries.push(Entry { oid, crc, offset });
        self.append(&stored)
    }

    /// Completes pack and index, the index last: without it no reader looks at the pack. Returns the bytes written.
    pub(crate) fn finish(mut self) -> io::Result<u64> {
        if self.entries.len() != self.wanted as usize {
            return Err(io::Error::other("the pack holds fewer objects than announced"));
        }
        let hasher = std::mem::replace(&mut self.hasher, gix::hash::hasher(gix::hash::Kind::Sha1));
        let checksum = finish(hasher).ok_or_else(|| io::Error::other("forged SHA-1 collision"))?;
        self.file.write_all(checksum.as_bytes())?;
        self.file.flush()?;
        self.entries.sort_unstable_by_key(|entry| entry.oid);
        let index = index(&self.entries, checksum)?;
        self.folder.rename(&self.temporary, format!("pack-{checksum}.pack").as_bytes())?;
        self.folder.replace(format!("pack-{checksum}.idx").as_bytes(), &index, 0o444)?;
        Ok(self.length + 20 + index.len() as u64)
    }
}

impl Drop for Writer {
    /// Sweeps the temporary file of a pack that was given up; after `finish` it is gone already.
    fn drop(&mut self) {
        let _ = self.folder.remove(&self.temporary);
    }
}

/// Appends a whole pack of these objects, each once and none as a difference to another.
///
/// # Errors
/// [`GitError::Limit`] beyond 2 GiB.
pub(crate) fn append(objects: &[Object], out: &mut Vec<u8>) -> Result<()> {
    let start = out.len();
    let mut seen = HashSet::with_capacity(objects.len());
    let each_once: Vec<&Object> = objects.iter().filter(|object| seen.insert(object.oid)).collect();
    out.extend_from_slice(&header(u32::try_from(each_once.len()).unwrap_or(u32::MAX)));
    for object in each_once {
        entry(object.kind, &object.data, out).map_err(|error| GitError::io("deflate", "an object", error))?;
        if (out.len() - start) as u64 > MAX_PACK_BYTES {
            return Err(GitError::Limit { what: "bytes in a pack", limit: MAX_PACK_BYTES });
        }
    }
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(&out[start..]);
    let checksum = finish(hasher).ok_or(GitError::Collision { kind: "pack" })?;
    out.extend_from_slice(checksum.as_bytes());
    Ok(())
}

fn header(objects: u32) -> [u8; 12] {
    let mut header = *b"PACK\0\0\0\x02\0\0\0\0";
    header[8..].copy_from_slice(&objects.to_be_bytes());
    header
}

/// Appends one object as a pack stores it.
fn entry(kind: Kind, data: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    entry_header(kind, data.len(), out);
    deflate(data, out)
}

fn index(entries: &[Entry], pack: Oid) -> io::Result<Vec<u8>> {
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255 {
        let upto = entries.partition_point(|entry| entry.oid.as_bytes()[0] <= first);
        index.extend_from_slice(&u32::try_from(upto).unwrap_or(u32::MAX).to_be_bytes());
    }
    entries.iter().for_each(|entry| index.extend_from_slice(entry.oid.as_bytes()));
    entries.iter().for_each(|entry| index.extend_from_slice(&entry.crc.to_be_bytes()));
    entries.iter().for_each(|entry| index.extend_from_slice(&entry.offset.to_be_bytes()));
    index.extend_from_slice(pack.as_bytes());
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(&index);
    let checksum = finish(hasher).ok_or_else(|| io::Error::other("forged SHA-1 collision"))?;
    index.extend_from_slice(checksum.as_bytes());
    Ok(index)
}

fn entry_header(kind: Kind, size: usize, out: &mut Vec<u8>) {
    let number: u8 = match kind {
        Kind::Commit => 1,
        Kind::Tree => 2,
        Kind::Blob => 3,
        Kind::Tag => 4,
    };
    let mut byte = number << 4 | (size & 0x0f) as u8;
    let mut rest = size >> 4;
    while rest > 0 {
        out.push(byte | 0x80);
        byte = (rest & 0x7f) as u8;
        rest >>= 7;
    }
    out.push(byte);
}
