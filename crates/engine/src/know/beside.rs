//! Entities beside the configuration: groups, users and whatever no repository declares.

use std::path::{Path, PathBuf};

use fleetwright_catalog::{Base, Entity, Finding, Request, SourceFile, Target};
use sha2::{Digest, Sha256};

use crate::error::EngineError;

/// What stands before the path of such a file in the catalog's own names of files.
pub(super) const BESIDE: &str = "beside";

/// The files of a folder, and their digest.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub(super) digest: String,
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Beside {
    /// Reads every YAML file of a folder and of the folders in it; one that is not there has none.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(super) fn read(folder: &Path) -> Result<Beside, EngineError> {
        let mut paths = Vec::new();
        list(folder, &mut paths)?;
        paths.sort();
        let (mut beside, mut digest) = (Beside::default(), Sha256::new());
        for path in paths {
            let bytes = std::fs::read(&path).map_err(|error| EngineError::files(&path, error))?;
            digest.update(path.as_os_str().as_encoded_bytes());
            digest.update(bytes.len().to_le_bytes());
            digest.update(&bytes);
            beside.files.push((path, bytes));
        }
        beside.digest = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(beside)
    }

    /// Whether there is no file.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What is wrong with the targets of the folder's Locations, the addresses' contents left aside: every file
    /// of the folder is read anyway, so that a path only has to be one of them.
    pub(super) fn wrong_targets(&self, folder: &Path) -> Vec<Finding> {
        let within = |path: &Path| path.strip_prefix(folder).ok()?.to_str().map(str::to_owned);
        let paths: Vec<String> = self.files.iter().filter_map(|(path, _)| within(path)).collect();
        let mut wrong = Vec::new();
        for SourceFile { location, rows, .. } in self.files_with_locations() {
            let path = within(Path::new(location.trim_start_matches("file:"))).unwrap_or_default();
            let base = Base::File { path, root: None };
            for entity in rows.into_iter().flatten().filter(|entity| entity.kind() == "Location") {
                let (requests, findings) = fleetwright_catalog::requests(&entity, &base);
                wrong.extend(findings);
                for Request { target, optional, key, row } in requests {
                    let is_there = match &target {
                        Target::Url(_) => true,
                        Target::File(wanted) => paths.contains(wanted),
                        Target::Glob(pattern) => fleetwright_catalog::glob(pattern)
                            .is_ok_and(|glob| paths.iter().any(|path| glob.is_match(path))),
                    };
                    if !is_there && !optional {
                        let message =
                            format!("`{target}` is no YAML file of the folder beside the configuration");
                        let remedy = "put the file there, or name one by its whole address";
                        wrong.push(entity.finding(key, row, message, remedy));
                    }
                }
            }
        }
        wrong
    }

    /// The files as the catalog takes them.
    pub(super) fn files(&self) -> Vec<SourceFile> {
        self.files.iter().map(file).collect()
    }

    /// Those of them that may hold a `Location`: an organisation's other files need not be parsed for it.
    pub(super) fn files_with_locations(&self) -> Vec<SourceFile> {
        let may = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok_and(|text| text.contains("Location"));
        self.files.iter().filter(|(_, bytes)| may(bytes)).map(file).collect()
    }
}

fn file((path, bytes): &(PathBuf, Vec<u8>)) -> SourceFile {
    let location = format!("file:{}", path.display());
    let rows: Vec<Result<Entity, Finding>> =
        fleetwright_catalog::read_bytes(&format!("{BESIDE}:{}", path.display()), bytes);
    SourceFile { origin: location.clone(), location, rows, ..SourceFile::default() }
}

/// Links are not followed: a circle of them would not end.
fn list(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), EngineError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(EngineError::files(folder, error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| EngineError::files(folder, error))?;
        let (kind, path) =
            (entry.file_type().map_err(|error| EngineError::files(folder, error))?, entry.path());
        if kind.is_dir() {
            list(&path, paths)?;
        } else if kind.is_file() && path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml")
        {
            paths.push(path);
        }
    }
    Ok(())
}
