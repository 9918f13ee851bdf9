//! Files and folders of this machine, such as a checkout in CI.

use std::io::Read;
use std::path::{Path, PathBuf};

use fleetwright_infra::{Finding, Reading, Severity, recognise};
use serde_json::json;

use super::sheet::{MAX_FILE, Sheet, slashes, take_in};
use crate::error::EngineError;

/// The most files below one path.
const MAX_FILES: usize = 200_000;

/// Reads every path: a folder with all below it, links not followed, or one file.
pub(super) fn read(paths: &[PathBuf], repo: &str) -> Result<Vec<Sheet>, EngineError> {
    paths.iter().map(|path| one(path, repo)).collect()
}

fn one(path: &Path, repo: &str) -> Result<Sheet, EngineError> {
    let facts = json!({ "name": repo });
    let name = if repo.is_empty() { path.display().to_string() } else { repo.to_owned() };
    let sheet = |prefix: &Path| Sheet {
        repo: name.clone(),
        facts: facts.clone(),
        prefix: prefix.to_owned(),
        files: 0,
        reading: Reading::default(),
    };
    let kind = std::fs::metadata(path).map_err(|error| {
        let message = format!("{}: {error}\n  try: check the path", path.display());
        EngineError::Usage(message)
    })?;
    if !kind.is_dir() {
        let mut sheet = sheet(Path::new(""));
        let shown = slashes(path.strip_prefix(".").unwrap_or(path));
        match recognise(&shown) {
            Some(_) => file(&mut sheet, path, &shown),
            None => sheet.reading.findings.push(said(
                &shown,
                "this file is of no format that declares infrastructure".to_owned(),
                "docs/infra.md lists which files are read",
            )),
        }
        return Ok(sheet);
    }
    let mut sheet = sheet(path);
    for found in below(path)? {
        let name = slashes(found.strip_prefix(path).unwrap_or(&found));
        if recognise(&name).is_some() {
            file(&mut sheet, &found, &name);
        }
    }
    Ok(sheet)
}

/// Every file below a folder, sorted. What git keeps for itself is left out.
pub(super) fn below(root: &Path) -> Result<Vec<PathBuf>, EngineError> {
    let (mut files, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| EngineError::files(&folder, error))?;
        for entry in entries {
            let entry = entry.map_err(|error| EngineError::files(&folder, error))?;
            let kind = entry.file_type().map_err(|error| EngineError::files(&entry.path(), error))?;
            if kind.is_dir() && entry.file_name() != ".git" {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
        if files.len() > MAX_FILES {
            let message = format!(
                "{} holds more than {MAX_FILES} files\n  try: name the folders with manifests",
                root.display()
            );
            return Err(EngineError::Usage(message));
        }
    }
    files.sort();
    Ok(files)
}

fn file(sheet: &mut Sheet, path: &Path, name: &str) {
    match bytes(path, MAX_FILE) {
        Ok(bytes) => take_in(sheet, name, &bytes),
        Err(why) => sheet.reading.findings.push(said(name, format!("not read: {why}"), "check the file")),
    }
}

/// A file's bytes, if it is one and not larger than it may be.
pub(super) fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let kind = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !kind.is_file() {
        return Err("it is no file".to_owned());
    }
    let mut bytes = Vec::new();
    let open = std::fs::File::open(path).map_err(|error| error.to_string())?;
    open.take(most + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    match bytes.len() as u64 > most {
        true => Err(format!("it has more than {most} bytes")),
        false => Ok(bytes),
    }
}

fn said(file: &str, message: String, remedy: &str) -> Finding {
    Finding {
        file: file.to_owned(),
        line: 0,
        column: 0,
        key: String::new(),
        message,
        remedy: remedy.to_owned(),
        severity: Severity::Error,
    }
}
