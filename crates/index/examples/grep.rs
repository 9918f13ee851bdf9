//! Greps a folder through an index of it: `grep FOLDER INDEX PATTERN...`. Every folder in FOLDER is a
//! repository. Prints `path:line:text` as `grep -rnE` does, sorted, so that the two can be compared.
#![allow(clippy::print_stderr, reason = "an example tells what it does")]

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fleetwright_core::Oid;
use fleetwright_index::{Blobs, Entry, Globs, Index, Mode, Pattern, Query, Reading, Writer};

/// Files by a name that depends on their bytes.
#[derive(Default)]
struct Files(HashMap<Oid, PathBuf>);

impl Blobs for Files {
    fn blob(&self, _: &str, oid: Oid) -> Result<Vec<u8>, String> {
        let path = self.0.get(&oid).ok_or("unknown")?;
        fs::read(path).map_err(|error| error.to_string())
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let (entry, path) = entry.map(|entry| (entry.file_type(), entry.path()))?;
        let kind = entry?;
        if kind.is_dir() {
            walk(&path, found)?;
        } else if kind.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

fn name_of(bytes: &[u8]) -> Oid {
    let mut name = [0; 20];
    for (at, part) in name.chunks_mut(4).enumerate() {
        let mut hasher = crc32fast::Hasher::new_with_initial(at as u32 * 77);
        hasher.update(bytes);
        hasher.update(&(bytes.len() as u64 * (at as u64 + 3)).to_le_bytes());
        part.copy_from_slice(&hasher.finalize().to_be_bytes());
    }
    Oid::from_bytes(name)
}

fn index(root: &Path, folder: &Path, files: &mut Files) -> Result<u64, Box<dyn Error>> {
    let mut writer = Writer::open(folder)?;
    let mut total = 0;
    for repo in fs::read_dir(root)? {
        let repo = repo?.path();
        let mut paths = Vec::new();
        walk(&repo, &mut paths)?;
        let mut held = Vec::new();
        for path in paths {
            let bytes = fs::read(&path)?;
            total += bytes.len() as u64;
            let inner = path.strip_prefix(&repo)?.as_os_str().as_encoded_bytes().to_vec();
            held.push((inner, name_of(&bytes), bytes.len() as u64));
            files.0.insert(name_of(&bytes), path);
        }
        let entry = |(path, oid, size): &'_ (Vec<u8>, Oid, u64)| (path.clone(), *oid, *size);
        let held: Vec<_> = held.iter().map(entry).collect();
        let entries: Vec<Entry<'_>> = held
            .iter()
            .map(|(path, oid, size)| Entry { path, mode: Mode::File, oid: *oid, size: Some(*size) })
            .collect();
        let name = repo.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for oid in writer.repository(&name, Oid::ZERO, &entries)? {
            let bytes = files.blob(&name, oid)?;
            writer.add(oid, &bytes)?;
        }
    }
    writer.commit()?;
    Ok(total)
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [root, folder, patterns @ ..] = args.as_slice() else { return Err("FOLDER INDEX PATTERN...".into()) };
    let mut files = Files::default();
    let start = Instant::now();
    let total = index(root.as_ref(), folder.as_ref(), &mut files)?;
    let index = Index::open(folder.as_ref())?;
    let size = index.measure();
    eprintln!(
        "{total} bytes, {size:?}, {:.1} %, {:.1?}",
        size.bytes as f64 * 100.0 / total as f64,
        start.elapsed()
    );
    let all = Globs::all();
    for (number, text) in patterns.iter().enumerate() {
        let pattern = Pattern::lines(text, Reading::default())?;
        let query = Query {
            large: true,
            max_lines: u64::MAX,
            max_time: Duration::from_secs(600),
            ..Query::new(&pattern, &all)
        };
        let start = Instant::now();
        let mut lines: Vec<Vec<u8>> = Vec::new();
        let summary = index.search(&query, &files, &mut |hit| {
            for place in &hit.places {
                for line in &hit.lines {
                    let head =
                        format!("{}/{}:{}:", place.repo, String::from_utf8_lossy(&place.path), line.number);
                    lines.push([head.as_bytes(), &line.bytes].concat());
                }
            }
            ControlFlow::Continue(())
        });
        eprintln!(
            "{text:?}: {:.1?} {} blobs read, {} lines, binary {}",
            start.elapsed(),
            summary.read,
            summary.lines,
            summary.binary
        );
        lines.sort_unstable();
        let mut out = fs::File::create(format!("{folder}.{number}"))?;
        lines.iter().try_for_each(|line| out.write_all(&[line, b"\n".as_slice()].concat()))?;
    }
    Ok(())
}
