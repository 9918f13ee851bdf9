//! Loose objects: one zlib stream per file.
//!
//! By hand instead of gix-odb's: one open instead of two for size and content, and never through a symbolic link, a
//! fifo or a header that promises more than the file can hold.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Write as _};

use fleetwright_core::Oid;
use gix::zlib::Inflate;

use crate::beneath::{Folder, temporary_name};
use crate::object::Kind;
use crate::zlib::deflate;

/// The most a zlib stream can expand, by the format (zlib's "Technical Details"): a header that promises more lies.
const MAX_RATIO: u64 = 1032;
/// Room for `commit 18446744073709551615\0`.
const MAX_HEADER: usize = 32;

thread_local! {
    /// Decoder state is some 50 KB; building it anew for every object would cost more than a small object.
    static INFLATE: RefCell<Inflate> = RefCell::new(Inflate::default());
}

/// What became of looking for a loose object.
pub(crate) enum Loose {
    Absent,
    TooLarge(u64),
    Corrupt(String),
    Found(Kind, Vec<u8>),
}

/// `objects/ab/cdef...` of `oid`, below the repository.
pub(crate) fn location(oid: Oid) -> Vec<u8> {
    let hex = oid.to_string();
    format!("objects/{}/{}", &hex[..2], &hex[2..]).into_bytes()
}

/// Reads one object; `limit` bytes of data at most.
pub(crate) fn read(repository: &Folder, oid: Oid, limit: u64) -> io::Result<Loose> {
    let Some((mut file, stat)) = repository.file(&location(oid))? else {
        return Ok(Loose::Absent);
    };
    let stored = u64::try_from(stat.st_size).unwrap_or(0);
    let mut start = [0; 4096];
    let held = fill(&mut file, &mut start)?;
    INFLATE.with_borrow_mut(|inflate| inflate_object(inflate, &start[..held], (file, stored), limit))
}

fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut held = 0;
    while held < buffer.len() {
        match file.read(&mut buffer[held..])? {
            0 => break,
            more => held += more,
        }
    }
    Ok(held)
}

fn inflate_object(
    inflate: &mut Inflate,
    start: &[u8],
    (file, stored): (File, u64),
    limit: u64,
) -> io::Result<Loose> {
    inflate.reset();
    let mut prefix = [0; 1024];
    let Ok((_, consumed, written)) = inflate.prefix(start, &mut prefix) else {
        return Ok(Loose::Corrupt("not a zlib stream".to_owned()));
    };
    let Some((kind, size, header)) = parse_header(&prefix[..written]) else {
        return Ok(Loose::Corrupt("no valid header".to_owned()));
    };
    if size > limit {
        return Ok(Loose::TooLarge(size));
    }
    let length = usize::try_from(size).unwrap_or(usize::MAX);
    if size > stored.saturating_mul(MAX_RATIO) || length < written - header {
        return Ok(Loose::Corrupt(format!("its header says {size} bytes, which its content cannot be")));
    }
    let mut rest = start[consumed..].to_vec();
    if stored > start.len() as u64 {
        file.take(stored).read_to_end(&mut rest)?;
    }
    let mut data = Vec::new();
    match inflate.rest(&rest, &prefix[..written], header, &mut data, length) {
        Ok(got) if got == length => Ok(Loose::Found(kind, data)),
        Ok(got) => Ok(Loose::Corrupt(format!("its header says {size} bytes, it has {got}"))),
        Err(_) => Ok(Loose::Corrupt("its zlib stream is broken".to_owned())),
    }
}

/// Kind, size and length of `kind size NUL`.
fn parse_header(start: &[u8]) -> Option<(Kind, u64, usize)> {
    let end = start.iter().take(MAX_HEADER).position(|byte| *byte == 0)?;
    let space = start[..end].iter().position(|byte| *byte == b' ')?;
    let digits = std::str::from_utf8(&start[space + 1..end]).ok()?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((Kind::from_word(&start[..space])?, digits.parse().ok()?, end + 1))
}

/// Writes one object unless it is there: temporary file, then rename; read-only like git's; not fsynced.
pub(crate) fn write(repository: &Folder, kind: Kind, oid: Oid, data: &[u8]) -> io::Result<()> {
    let path = location(oid);
    if repository.has(&path)? {
        return Ok(());
    }
    let mut content = format!("{} {}\0", kind.word(), data.len()).into_bytes();
    content.extend_from_slice(data);
    let mut stored = Vec::new();
    deflate(&content, &mut stored)?;
    let (directory, name) = path.split_at("objects/ab/".len());
    let directory = repository.make(directory.strip_suffix(b"/").unwrap_or(directory))?;
    place(&directory, name, &stored)
}

fn place(directory: &Folder, name: &[u8], content: &[u8]) -> io::Result<()> {
    let temporary = temporary_name();
    let mut file = directory.create_new(&temporary, 0o444)?;
    let placed = file.write_all(content).and_then(|()| directory.rename(&temporary, name));
    if placed.is_err() {
        directory.remove(&temporary)?;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Object;

    fn folder() -> (tempfile::TempDir, Folder) {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("objects")).unwrap();
        let folder = Folder::open(directory.path()).unwrap();
        (directory, folder)
    }

    #[test]
    fn what_was_written_is_read() {
        let (_keep, folder) = folder();
        for length in [0, 1, 990, 1010, 1024, 5_000, 3_000_000] {
            let data: Vec<u8> = (0..length).map(|at: u32| (at.wrapping_mul(at) >> 7) as u8).collect();
            let object = Object::new(Kind::Blob, data).unwrap();
            write(&folder, object.kind, object.oid, &object.data).unwrap();
            let Loose::Found(kind, data) = read(&folder, object.oid, 3_000_000).unwrap() else {
                panic!("not found: {length}");
            };
            assert_eq!((kind, data == object.data), (Kind::Blob, true));
        }
    }

    #[test]
    fn lying_headers_are_refused() {
        let (keep, folder) = folder();
        for header in
            ["blob 9999999999\0abc", "blob 2\0abc", "blob 5\0abc", "blob -1\0", "blog 3\0abc", "blob 3", ""]
        {
            let mut stored = Vec::new();
            deflate(header.as_bytes(), &mut stored).unwrap();
            let path = keep.path().join("objects").join("00");
            std::fs::create_dir_all(&path).unwrap();
            std::fs::write(path.join("0".repeat(38)), stored).unwrap();
            let read = read(&folder, Oid::ZERO, u64::MAX).unwrap();
            assert!(matches!(read, Loose::Corrupt(_)), "{header}");
        }
    }
}
