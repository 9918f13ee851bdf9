//! Trying a shift on one checkout: the diff, and nothing else unless asked for.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fleetwright_core::Oid;
use fleetwright_core::event::TargetName;
use fleetwright_core::repo::RepoFacts;
use fleetwright_core::secret::Keyring;
use fleetwright_git::{Mode, RepoPath, Repository, plain};
use fleetwright_runner::{Cancel, Limits};
use fleetwright_store::Outcome;

use crate::error::EngineError;
use crate::fleet::Isolation;
use crate::load::Loaded;
use crate::make::{Made, Recipe, make};
use crate::workshop::{Subject, Workshop};

/// What came of a trial.
#[derive(Debug)]
pub struct Trial {
    /// The result, as a plan would store it.
    pub made: Made,
    /// The paths that were written to the checkout.
    pub written: Vec<String>,
}

/// Runs a shift's steps over the files of a folder as they are now, committed or not.
///
/// # Errors
/// When the folder cannot be read, or no sandbox is there for a step that needs one.
pub fn try_on(
    loaded: &Loaded,
    checkout: &Path,
    isolation: Isolation,
    write: bool,
) -> Result<Trial, EngineError> {
    let recipe = Recipe::compile(&loaded.shift, &loaded.source)?;
    if recipe.asks_anything() {
        let message = "a step's `if` asks the catalog or for dependencies, and a checkout has none\n  try: `fleetwright shift plan`";
        return Err(EngineError::Refused(message.to_owned()));
    }
    let scratch = tempfile::Builder::new().prefix("fleetwright-try-").tempdir();
    let scratch = scratch.map_err(|error| EngineError::files(&std::env::temp_dir(), error))?;
    open_to_all(scratch.path())?;
    let git = |error: fleetwright_git::GitError| EngineError::files(checkout, error);
    let mirror = scratch.path().join("mirror.git");
    let repository = Repository::init_bare(&mirror, "main").map_err(git)?;
    let files = plain::read_back(&repository, None, checkout, plain::Limits::default()).map_err(git)?;
    let built = repository.build(None, &files).map_err(git)?;
    repository.write_objects(&built.objects).map_err(git)?;
    let open = || crate::fleet::shelter(isolation, &[]).map_err(EngineError::Refused);
    let (sandbox, closed) = recipe.sandbox(open)?;
    let scripts = scratch.path().join("shift");
    crate::drive::write_scripts(&scripts, &loaded.scripts)?;
    let workshop = Workshop {
        sandbox,
        closed,
        limits: Limits::default(),
        scratch: scratch.path().to_owned(),
        keyring: Keyring::default(),
        scripts: (!loaded.scripts.is_empty()).then_some(scripts),
        poms: Arc::default(),
        tools: Default::default(),
        there: Arc::default(),
    };
    let name = checkout.canonicalize().unwrap_or_else(|_| checkout.to_owned());
    let name =
        name.file_name().map_or_else(|| "checkout".to_owned(), |name| name.to_string_lossy().into_owned());
    let facts = RepoFacts { default_branch: "main".to_owned(), ..RepoFacts::default() };
    let target = TargetName { repo: name, dir: String::new() };
    let subject = Subject {
        shift: &loaded.shift.metadata.name,
        name: &target,
        forge: "checkout",
        facts: &facts,
        base: Oid::ZERO,
        base_tree: built.tree,
        mirror: &mirror,
        components: vec![Default::default()],
        answers: None,
        elsewhere: String::new(),
    };
    let made = make(&recipe, "trial", &subject, (&workshop, &Cancel::new()));
    let made = made.ok_or_else(|| EngineError::Refused("the trial was interrupted".to_owned()))?;
    let written = if write { write_to(checkout, &repository, &made)? } else { Vec::new() };
    Ok(Trial { made, written })
}

fn open_to_all(folder: &Path) -> Result<(), EngineError> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o711))
        .map_err(|error| EngineError::files(folder, error))
}

/// Writes a change into the checkout it was made from.
fn write_to(checkout: &Path, repository: &Repository, made: &Made) -> Result<Vec<String>, EngineError> {
    let Outcome::Changed { files, .. } = &made.change.outcome else { return Ok(Vec::new()) };
    let contents: std::collections::HashMap<String, &Vec<u8>> =
        made.contents.iter().map(|bytes| (fleetwright_core::shift::content_digest(bytes), bytes)).collect();
    let mut written = Vec::new();
    for file in files {
        let path: RepoPath =
            serde_json::from_value(file.path.clone()).map_err(|error| EngineError::files(checkout, error))?;
        let place = place(checkout, &path)?;
        let fault = |error: std::io::Error| EngineError::files(&place, error);
        let stored =
            file.content.as_ref().and_then(|digest| contents.get(digest)).map(|bytes| (*bytes).clone());
        // A rename keeps its object: the bytes are those the file had.
        let moved = file.object.map(|oid| repository.blob(oid, u64::MAX)).transpose();
        let content = stored.or(moved.map_err(|error| EngineError::files(&place, error))?);
        match (&file.mode, content) {
            (Some(mode), Some(content)) => put(&place, mode, &content).map_err(fault)?,
            _ => fs::remove_file(&place).map_err(fault)?,
        }
        written.push(path.to_string());
    }
    Ok(written)
}

/// A path below the checkout, refused where a link on the way would lead elsewhere.
fn place(checkout: &Path, path: &RepoPath) -> Result<PathBuf, EngineError> {
    let mut place = checkout.to_owned();
    let parts: Vec<&[u8]> = path.components().collect();
    for (index, part) in parts.iter().enumerate() {
        place.push(std::str::from_utf8(part).map_err(|error| EngineError::files(checkout, error))?);
        let is_link = fs::symlink_metadata(&place).is_ok_and(|found| found.is_symlink());
        if is_link && index + 1 < parts.len() {
            return Err(EngineError::files(&place, "a link stands in the way"));
        }
    }
    Ok(place)
}

fn put(place: &Path, mode: &str, content: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent)?;
    }
    if fs::symlink_metadata(place).is_ok_and(|found| found.is_symlink()) {
        fs::remove_file(place)?;
    }
    if mode == format!("{:o}", Mode::Symlink.bits()) {
        let target = std::ffi::OsStr::new(std::str::from_utf8(content).unwrap_or_default());
        return std::os::unix::fs::symlink(target, place);
    }
    fs::write(place, content)?;
    let executable = mode == format!("{:o}", Mode::Executable.bits());
    let bits = fs::metadata(place)?.permissions().mode();
    let bits = if executable { bits | 0o111 } else { bits & !0o111 };
    fs::set_permissions(place, fs::Permissions::from_mode(bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_on_the_way_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/tmp", folder.path().join("out")).unwrap();
        let path = RepoPath::new("out/x").unwrap();
        assert!(place(folder.path(), &path).is_err());
        assert!(place(folder.path(), &RepoPath::new("in/x").unwrap()).is_ok());
    }
}
