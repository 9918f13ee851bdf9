//! Advisories from a folder or a zip.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use fleetwright_package::Package;

use crate::record::{Advisory, read};
use crate::zipped::{Entry, Zipped};

/// The largest advisory, in bytes; the largest of OSV's have 2 MB.
pub const MAX_ADVISORY_BYTES: u64 = 16 << 20;

/// The most files that are looked at.
const MAX_FILES: usize = 2_000_000;

/// How deep folders are looked into.
const MAX_DEPTH: usize = 16;

/// The most files that are told to be no advisories.
const MAX_FINDINGS: usize = 100;

/// Advisories, and where each package is spoken of.
#[derive(Debug, Clone, Default)]
pub struct Library {
    advisories: Vec<Advisory>,
    by_package: HashMap<Package, Vec<(usize, usize)>>,
    /// How many advisories were read, those that are about nothing wanted too.
    pub read: usize,
    /// How many of them were withdrawn.
    pub withdrawn: usize,
    /// What could not be read: the file, and why; the first hundred.
    pub findings: Vec<(String, String)>,
}

/// Why advisories cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file or folder cannot be read.
    #[error("{path}: {why}\n  try: give a folder of OSV's JSON files, or a zip of them")]
    Path {
        /// The path.
        path: String,
        /// Why.
        why: String,
    },
    /// There are too many files.
    #[error("{path}: more than {MAX_FILES} files\n  try: give the export of one ecosystem")]
    Files {
        /// The path.
        path: String,
    },
}

impl Library {
    /// All advisories that were kept, by name.
    pub fn advisories(&self) -> &[Advisory] {
        &self.advisories
    }

    /// What is said of a package: each advisory with the place among its [`Advisory::affected`].
    pub fn about(&self, package: &Package) -> impl Iterator<Item = (&Advisory, &crate::Affected)> {
        self.by_package.get(package).into_iter().flatten().filter_map(|(advisory, at)| {
            let advisory = self.advisories.get(*advisory)?;
            Some((advisory, advisory.affected.get(*at)?))
        })
    }

    /// The packages that are spoken of.
    pub fn packages(&self) -> impl Iterator<Item = &Package> {
        self.by_package.keys()
    }

    fn of(mut advisories: Vec<Advisory>) -> Library {
        advisories.sort_by(|one, other| one.id.cmp(&other.id));
        advisories.dedup_by(|one, other| one.id == other.id);
        let mut by_package: HashMap<Package, Vec<(usize, usize)>> = HashMap::new();
        for (place, advisory) in advisories.iter().enumerate() {
            for (at, affected) in advisory.affected.iter().enumerate() {
                by_package.entry(affected.package.clone()).or_default().push((place, at));
            }
        }
        Library { advisories, by_package, ..Library::default() }
    }
}

/// What several threads gather.
#[derive(Default)]
struct Gathered {
    kept: Vec<Advisory>,
    read: usize,
    withdrawn: usize,
    findings: Vec<(String, String)>,
}

/// Loads a folder of JSON files (folders in it, too) or a zip of them. Kept is what speaks of a wanted package
/// and was not withdrawn; a file that is no advisory is a finding.
///
/// # Errors
/// When the path cannot be read, or holds too many files.
pub fn load(path: &Path, wanted: &(dyn Fn(&Package) -> bool + Sync)) -> Result<Library, LoadError> {
    let wrong = |why: String| LoadError::Path { path: path.display().to_string(), why };
    let is_folder = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?.is_dir();
    let gathered = Mutex::new(Gathered::default());
    if is_folder {
        let mut files = Vec::new();
        list(path, 0, &mut files).map_err(|error| wrong(error.to_string()))?;
        if files.len() > MAX_FILES {
            return Err(LoadError::Files { path: path.display().to_string() });
        }
        side_by_side(files.len(), |places| {
            for file in places.filter_map(|place| files.get(place)) {
                let text = whole(File::open(file), MAX_ADVISORY_BYTES);
                let text = text.as_ref().map(String::as_str).map_err(String::clone);
                take(&gathered, &file.display().to_string(), text, wanted);
            }
        });
    } else {
        let zip = Zipped::open(path).map_err(wrong)?;
        let count = zip.count();
        if count > MAX_FILES {
            return Err(LoadError::Files { path: path.display().to_string() });
        }
        side_by_side(count, |places| {
            let mut zip = zip.another();
            for place in places {
                match zip.json(place, MAX_ADVISORY_BYTES) {
                    Entry::Unreadable => {
                        note(&gathered, path.display().to_string(), format!("entry {place} cannot be read"));
                    }
                    Entry::Other => {}
                    Entry::Json(name, text) => take(&gathered, &name, text, wanted),
                }
            }
        });
    }
    let gathered = gathered.into_inner().unwrap_or_default();
    let mut library = Library::of(gathered.kept);
    library.read = gathered.read;
    library.withdrawn = gathered.withdrawn;
    library.findings = gathered.findings;
    library.findings.sort();
    Ok(library)
}

/// Two threads or more, each with every so many-th place.
fn side_by_side(count: usize, work: impl Fn(std::iter::StepBy<std::ops::Range<usize>>) + Sync) {
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(8);
    std::thread::scope(|scope| {
        for first in 0..threads {
            let work = &work;
            scope.spawn(move || work((first..count.max(first)).step_by(threads)));
        }
    });
}

/// JSON files of a folder and of the folders in it; links are not followed.
fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (kind, path) = (entry.file_type()?, entry.path());
        if kind.is_dir() && depth < MAX_DEPTH {
            list(&path, depth + 1, files)?;
        } else if kind.is_file() && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
        {
            files.push(path);
        }
        if files.len() > MAX_FILES {
            break;
        }
    }
    Ok(())
}

/// A file's text, if it is not too large.
fn whole(file: std::io::Result<impl Read>, most: u64) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = file.and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
    read.map_err(|error| error.to_string())?;
    if bytes.len() as u64 > most {
        return Err(format!("it has more than {most} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}

fn take(
    gathered: &Mutex<Gathered>,
    name: &str,
    text: Result<&str, String>,
    wanted: &(dyn Fn(&Package) -> bool + Sync),
) {
    let mut advisory = match text.and_then(|text| read(text).map_err(|error| error.to_string())) {
        Ok(advisory) => advisory,
        Err(why) => return note(gathered, name.to_owned(), why),
    };
    let withdrawn = advisory.withdrawn.is_some();
    advisory.affected.retain(|affected| wanted(&affected.package));
    let Ok(mut gathered) = gathered.lock() else { return };
    gathered.read += 1;
    gathered.withdrawn += usize::from(withdrawn);
    if !withdrawn && !advisory.affected.is_empty() {
        gathered.kept.push(advisory);
    }
}

fn note(gathered: &Mutex<Gathered>, name: String, why: String) {
    if let Ok(mut gathered) = gathered.lock()
        && gathered.findings.len() < MAX_FINDINGS
    {
        gathered.findings.push((name, why));
    }
}
