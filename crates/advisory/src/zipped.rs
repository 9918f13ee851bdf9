//! The files of a zip. What inflates them is kept from one to the next: each asks for its memory at addresses of
//! its own liking, and glibc leaves gaps of 60 kB where that goes and something small stays. For 200,000 files,
//! of which 20,000 were kept, those were 1.3 GB.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

/// A zip that is being read.
pub(crate) struct Zipped {
    archive: ZipArchive<Shared>,
    inflate: DeflateDecoder<Cursor<Vec<u8>>>,
    text: Vec<u8>,
}

/// What is at one place of a zip.
pub(crate) enum Entry<'a> {
    /// Its header cannot be read.
    Unreadable,
    /// A folder, or a file of another kind.
    Other,
    /// A JSON file: its name, and its text or why that cannot be had.
    Json(String, Result<&'a str, String>),
}

impl Zipped {
    /// Reads the directory.
    pub(crate) fn open(path: &Path) -> Result<Zipped, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let shared = Shared { file: Arc::new(file), at: 0 };
        ZipArchive::new(shared).map(Zipped::of).map_err(|error| error.to_string())
    }

    fn of(archive: ZipArchive<Shared>) -> Zipped {
        Zipped { archive, inflate: DeflateDecoder::new(Cursor::default()), text: Vec::new() }
    }

    /// For another thread. The directory is shared: of an archive of small files it is the largest part.
    pub(crate) fn another(&self) -> Zipped {
        Zipped::of(self.archive.clone())
    }

    /// How many entries there are.
    pub(crate) fn count(&self) -> usize {
        self.archive.len()
    }

    /// Reads a JSON file of up to so many bytes. What a zip says of its sizes is not believed.
    pub(crate) fn json(&mut self, place: usize, most: u64) -> Entry<'_> {
        let Ok(file) = self.archive.by_index_raw(place) else { return Entry::Unreadable };
        // A name that is no text is that of no advisory.
        let name = file.name().map(|name| name.into_owned()).unwrap_or_default();
        if !file.is_file() || !name.to_ascii_lowercase().ends_with(".json") {
            return Entry::Other;
        }
        self.text.clear();
        let (method, sum) = (file.compression(), file.crc32());
        let read = match method {
            _ if file.encrypted() => Err("it is encrypted".to_owned()),
            CompressionMethod::Stored => limited(file, most, &mut self.text),
            CompressionMethod::Deflated => {
                let mut packed = self.inflate.reset(Cursor::default()).into_inner();
                packed.clear();
                let read = limited(file, most, &mut packed);
                self.inflate.reset(Cursor::new(packed));
                read.and_then(|()| limited(&mut self.inflate, most, &mut self.text))
            }
            other => Err(format!("it is packed as {other}, which is not read")),
        };
        Entry::Json(name, read.and_then(|()| checked(&self.text, sum)))
    }
}

/// Reads all, if that is not too much.
fn limited(from: impl Read, most: u64, into: &mut Vec<u8>) -> Result<(), String> {
    from.take(most + 1).read_to_end(into).map_err(|error| error.to_string())?;
    if into.len() as u64 > most { Err(format!("it has more than {most} bytes")) } else { Ok(()) }
}

fn checked(text: &[u8], sum: u32) -> Result<&str, String> {
    let mut crc = Crc::new();
    crc.update(text);
    if crc.sum() != sum {
        return Err("its checksum does not fit".to_owned());
    }
    std::str::from_utf8(text).map_err(|_| "it is not UTF-8".to_owned())
}

/// A file that several threads read, each at a place of its own.
#[derive(Clone)]
struct Shared {
    file: Arc<File>,
    at: u64,
}

impl Read for Shared {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read_at(into, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let to = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.file.metadata()?.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = to.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
