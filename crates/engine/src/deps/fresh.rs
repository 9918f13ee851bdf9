//! What a tree depends on that was not read into the database yet: a base that moved while a shift is driven.

use std::path::Path;

use fleetwright_core::Oid;
use fleetwright_git::{Limits, Mode, Repository};
use fleetwright_package::{Files, Inventory, NothingPublished, Package, Range, Scope, Version};
use fleetwright_selector::Asked;

use super::asking::question;

/// The most bytes of manifests and lockfiles that are read of one tree: as when a repository is read.
const MAX_BYTES: usize = 128 << 20;

/// Whether it is so of this tree, in a folder of it. What is published elsewhere is not asked for, so a parent outside
/// of the repository is one that cannot be told.
///
/// # Errors
/// Why it cannot be told.
pub(crate) fn holds(asked: &Asked, mirror: &Path, (tree, dir): (Oid, &str)) -> Result<bool, String> {
    let Asked::DependsOn { package, range } = asked else {
        return Err("advisories are asked of what was read: `fleetwright repo sync`".to_owned());
    };
    let (package, range) = question(package, range)?;
    let files = files(mirror, tree, &package)?;
    let shelf = fleetwright_deps::Shelf::default();
    let inventory = fleetwright_deps::read(&files, &NothingPublished, &shelf);
    within(&inventory, &package, range.as_ref(), dir)
}

fn files(mirror: &Path, tree: Oid, package: &Package) -> Result<Files, String> {
    let repository = Repository::open(mirror).map_err(|error| error.to_string())?;
    let entries = repository.list(tree, Limits::default()).map_err(|error| error.to_string())?;
    let (mut files, mut bytes) = (Files::default(), 0);
    for entry in entries {
        let regular = matches!(entry.mode, Mode::File | Mode::Executable);
        let Some(name) = entry.path.as_str().filter(|_| regular) else { continue };
        if !fleetwright_deps::wants_of(package.ecosystem(), name) || fleetwright_ingest::is_foreign(name) {
            continue;
        }
        let content = repository.blob(entry.oid, fleetwright_deps::MAX_FILE_BYTES);
        let content = content.map_err(|error| format!("{name}: {error}"))?;
        bytes += content.len();
        if bytes > MAX_BYTES {
            return Err(format!("more than {MAX_BYTES} bytes of manifests and lockfiles"));
        }
        if let Ok(text) = String::from_utf8(content) {
            files.add(name, text);
        }
    }
    Ok(files)
}

/// The answer of an inventory: one place in the range is enough, and one that cannot be told is no answer.
fn within(
    inventory: &Inventory,
    package: &Package,
    range: Option<&Range>,
    dir: &str,
) -> Result<bool, String> {
    let inside =
        |path: &str| dir.is_empty() || path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'));
    let manifests = inventory.manifests.iter().filter(|manifest| inside(&manifest.path));
    let declared = manifests.flat_map(|manifest| &manifest.declared);
    let declared = declared.filter(|one| one.scope != Scope::Managed && &one.package == package);
    let declared = declared.map(|one| (&one.place.path, one.version.clone()));
    let locks = inventory.locks.iter().filter(|lock| inside(&lock.path));
    let locked = locks.flat_map(|lock| lock.packages.iter().map(move |one| (&lock.path, one)));
    let locked = locked.filter(|(_, one)| !one.own && &one.package == package);
    let locked = locked.map(|(path, one)| (path, Version::Known(one.version.clone())));
    let mut untold = None;
    for (path, version) in declared.chain(locked) {
        match (range, version) {
            (None, _) => return Ok(true),
            (Some(range), Version::Known(version)) => match range.contains(&version) {
                Some(true) => return Ok(true),
                Some(false) => {}
                None => untold = Some(format!("{path}: {version} has no place in that range")),
            },
            (Some(_), Version::Unknown(why)) => untold = Some(format!("{path}: {why}")),
        }
    }
    untold.map_or(Ok(false), Err)
}

#[cfg(test)]
mod tests {
    use fleetwright_git::{Change, Edit, RepoPath};

    use super::*;

    #[test]
    fn a_tree_answers_for_itself() {
        let folder = tempfile::tempdir().unwrap();
        let mirror = folder.path().join("a.git");
        let repository = Repository::init_bare(&mirror, "main").unwrap();
        let tree = |text: &str| {
            let change = Change::Put { mode: Mode::File, content: text.as_bytes().to_vec() };
            let edit = Edit { path: RepoPath::new("a/requirements.txt").unwrap(), change };
            let built = repository.build(None, &[edit]).unwrap();
            repository.write_objects(&built.objects).unwrap();
            built.tree
        };
        let asked = Asked::DependsOn { package: "pypi:flask".to_owned(), range: "<2".to_owned() };
        let of = |text: &str, dir: &str| holds(&asked, &mirror, (tree(text), dir));
        assert_eq!(of("flask==1.0\n", ""), Ok(true));
        assert_eq!(of("flask==1.0\n", "b"), Ok(false));
        assert_eq!(of("flask==2.0\n", ""), Ok(false));
        assert!(of("flask>=1.0\n", "a").unwrap_err().starts_with("a/requirements.txt: "));
        let other = Asked::AffectedBy("CVE-1".to_owned());
        assert!(holds(&other, &mirror, (tree(""), "")).is_err());
    }
}
