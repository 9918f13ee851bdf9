//! The bills of materials that there are: files in a folder beside the configuration.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fleetwright_bom::{Bom, read};
use fleetwright_core::source::{Source, SourceError, nearest};

use crate::config::read_text;
use crate::error::EngineError;
use crate::fleet::Fleet;

/// The most files that are read of the folder.
const MOST_FILES: usize = 1_000;

/// The bills of materials of the folder.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    /// Those that can be read, by name.
    pub boms: Vec<Bom>,
    /// What is wrong with the others.
    pub broken: Vec<SourceError>,
}

/// Reads every file of the folder; one that is not there has none. Two files of one name are both left out.
///
/// # Errors
/// When the folder cannot be read, or holds over 1,000 files.
pub fn shelf(fleet: &Fleet) -> Result<Shelf, EngineError> {
    let mut shelf = Shelf::default();
    for path in files(&fleet.config.boms)? {
        match read_file(&path) {
            Ok(bom) => shelf.boms.push(bom),
            Err(error) => shelf.broken.push(error),
        }
    }
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for bom in &shelf.boms {
        names.entry(bom.name.clone()).or_default().push(bom.file.clone());
    }
    for (name, files) in names.into_iter().filter(|(_, files)| files.len() > 1) {
        shelf.boms.retain(|bom| bom.name != name);
        shelf.broken.push(SourceError {
            file: files.last().cloned().unwrap_or_default(),
            line: 0,
            column: 0,
            key: "metadata.name".to_owned(),
            message: format!("`{name}` is the name of {}, too", files.first().map_or("", String::as_str)),
            remedy: "rename one of them".to_owned(),
        });
    }
    shelf.boms.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(shelf)
}

/// The bill of materials that is meant: the name of one in the folder, or the path of a file.
///
/// # Errors
/// When the file is wrong, or none of the folder is called so.
pub fn find(fleet: &Fleet, name: &str) -> Result<Bom, EngineError> {
    if name.contains('/') || name.ends_with(".yaml") || name.ends_with(".yml") {
        return Ok(read_file(Path::new(name))?);
    }
    let shelf = shelf(fleet)?;
    if let Some(bom) = shelf.boms.iter().find(|bom| bom.name == name) {
        return Ok(bom.clone());
    }
    // It may be the one that cannot be read.
    if let Some(broken) = shelf.broken.into_iter().next() {
        return Err(broken.into());
    }
    let names: Vec<&str> = shelf.boms.iter().map(|bom| bom.name.as_str()).collect();
    let folder = fleet.config.boms.display();
    let hint = match nearest(name, &names) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => format!("write {folder}/{name}.yaml, see docs/boms.md"),
        None => format!("there are: {}", names.join(", ")),
    };
    Err(EngineError::Usage(format!("no bill of materials in {folder} is called `{name}`\n  try: {hint}")))
}

fn read_file(path: &Path) -> Result<Bom, SourceError> {
    read(&Source::parse(&path.display().to_string(), &read_text(path)?)?)
}

/// The YAML files of a folder, by name. Links are not followed.
fn files(folder: &Path) -> Result<Vec<PathBuf>, EngineError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(EngineError::files(folder, error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| EngineError::files(folder, error))?;
        let kind = entry.file_type().map_err(|error| EngineError::files(folder, error))?;
        let path = entry.path();
        if kind.is_file() && path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
            paths.push(path);
        }
    }
    if paths.len() > MOST_FILES {
        let message = format!("{} holds {} files, more than {MOST_FILES}", folder.display(), paths.len());
        return Err(EngineError::Usage(format!("{message}\n  try: keep only bills of materials there")));
    }
    paths.sort();
    Ok(paths)
}
