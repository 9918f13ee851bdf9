//! From go.mod to what is declared and what is selected.

use fleetwright_package::{
    Declared, Ecosystem, Files, Inventory, Lock, Locked, LockedAt, Manifest, Package, Place, Scope, Through,
    Version,
};

use super::lines::Word;
use super::module::{Module, Replace, Require, replaced};
use crate::edges::position;
use crate::paths::{folder, join, within};
use crate::source::{SLASHES, Source};

/// The first Go version whose go.mod lists transitive modules.
const COMPLETE: &str = "1.17";

/// Reads a module into the inventory.
pub(super) fn read(module: &Module<'_>, files: &Files, inventory: &mut Inventory) {
    let source = &module.source;
    check(module, files, inventory);
    let lock = module.is_complete().then(|| position(inventory.locks.len()));
    let mut packages: Vec<Locked> = own(module).into_iter().collect();
    let has_own = !packages.is_empty();
    let mut declared = Vec::new();
    for require in &module.requires {
        let replace = replaced(&module.replaces, require.path.text, require.version.text);
        let locked = locked(require, replace, source);
        let at = lock
            .filter(|_| locked.is_some())
            .map(|lock| LockedAt { lock, package: position(packages.len()) });
        if let (Some(own), true, true) =
            (packages.first_mut(), has_own && !require.indirect, locked.is_some())
        {
            own.needs.extend(at.map(|at| at.package));
        }
        match require_declared(require, replace, source, at) {
            Ok(found) => declared.extend(found),
            Err(why) => {
                inventory.findings.push(source.finding(source.line(require.path.span.start), why, CORRECT))
            }
        }
        packages.extend(locked);
    }
    declared.extend(replaces(&module.replaces, source, &module.requires));
    inventory.manifests.push(Manifest {
        path: source.path.to_owned(),
        ecosystem: Ecosystem::Go,
        package: module.path.and_then(|path| Package::new(Ecosystem::Go, path).ok()),
        version: module
            .path
            .map(|_| Version::Unknown("a Go module's version is its tag, not in go.mod".to_owned())),
        declared,
    });
    if module.is_complete() {
        let (path, format) = (source.path.to_owned(), "go.mod".to_owned());
        inventory.locks.push(Lock { path, ecosystem: Ecosystem::Go, format, packages });
    }
}

const CORRECT: &str = "correct the module's path; `go mod tidy` names what is wrong";

/// The module itself, which has no version in its own repository.
fn own(module: &Module<'_>) -> Option<Locked> {
    let package = Package::new(Ecosystem::Go, module.path?).ok()?;
    let line = module.path.map_or(0, |path| module.source.line_of(path));
    Some(Locked { package, version: String::new(), line, own: true, needs: Vec::new() })
}

/// What does not fit, or leaves something unknown.
fn check(module: &Module<'_>, files: &Files, inventory: &mut Inventory) {
    let source = &module.source;
    let mut find = |line, message: String, remedy: &str| {
        inventory.findings.push(source.finding(line, message, remedy));
    };
    let local = |require: &&Require<'_>| {
        replaced(&module.replaces, require.path.text, require.version.text)
            .is_some_and(|replace| replace.by_version.is_none())
    };
    let remote = module.requires.iter().any(|require| !local(&require));
    if remote && files.text(&within(folder(source.path), "go.sum")).is_none() {
        find(0, "there is no go.sum beside it, and it requires modules".to_owned(), "run `go mod tidy`");
    }
    if remote && !module.is_complete() {
        let go = if module.go.is_empty() { "no `go` line" } else { module.go };
        let message =
            format!("go.mod of Go before {COMPLETE} ({go}) does not list what its dependencies need");
        find(0, message, "run `go mod tidy -go=1.17` or later, so that transitive modules are known");
    }
    for replace in module.replaces.iter().filter(|replace| replace.by_version.is_none()) {
        if join(folder(source.path), replace.by.text).is_none() {
            let message = format!("the folder `{}` lies outside of the repository", replace.by.text);
            find(source.line(replace.by.span.start), message, "replace it by a module with a version");
        }
    }
    for require in &module.requires {
        if module.excludes.contains(&(require.path.text, require.version.text)) {
            let message = format!("`{}` is required in the version that is excluded", require.path.text);
            find(source.line(require.path.span.start), message, "run `go mod tidy`");
        }
    }
}

/// What is built for a requirement; `None` where that has no version.
fn locked(require: &Require<'_>, replace: Option<&Replace<'_>>, source: &Source<'_>) -> Option<Locked> {
    let (path, version) = match replace {
        Some(Replace { by, by_version: Some(version), .. }) => (by, version),
        _ => (&require.path, &require.version),
    };
    let own = replace.is_some_and(|replace| replace.by_version.is_none());
    is_version(version.text).then_some(())?;
    Some(Locked {
        package: Package::new(Ecosystem::Go, path.text).ok()?,
        version: version.text.to_owned(),
        line: source.line(version.span.start),
        own,
        needs: Vec::new(),
    })
}

/// Whether it is a version as go.mod must have it, and not a branch that `go mod tidy` would look up.
fn is_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|rest| semver::Version::parse(rest).is_ok())
}

/// The requirement, and what replaces it by another module.
fn require_declared(
    require: &Require<'_>,
    replace: Option<&Replace<'_>>,
    source: &Source<'_>,
    locked: Option<LockedAt>,
) -> Result<Vec<Declared>, String> {
    let package = |word: &Word<'_>| Package::new(Ecosystem::Go, word.text).map_err(|error| error.to_string());
    let mut own = Declared {
        package: package(&require.path)?,
        requirement: require.version.text.to_owned(),
        version: known(require.version.text),
        scope: if require.indirect { Scope::Managed } else { Scope::Runtime },
        place: source.place(require.path.span.clone()),
        set: Some(source.place(require.version.span.clone())),
        through: Through::Inline,
        locked,
        comment: comment(source, &require.version),
    };
    let Some(replace) = replace else { return Ok(vec![own]) };
    let Some(version) = &replace.by_version else {
        own.version = Version::Unknown(format!("it is replaced by the folder `{}`", replace.by.text));
        return Ok(vec![own]);
    };
    let (set, beside) = (Some(source.place(version.span.clone())), comment(source, version));
    if replace.by.text == require.path.text {
        let requirement = version.text.to_owned();
        let version = known(version.text);
        return Ok(vec![Declared {
            requirement,
            version,
            set,
            through: Through::Managed,
            comment: beside,
            ..own
        }]);
    }
    let by = Declared {
        package: package(&replace.by)?,
        requirement: version.text.to_owned(),
        version: known(version.text),
        place: source.place(replace.by.span.clone()),
        set,
        comment: beside,
        ..own.clone()
    };
    own.version = Version::Unknown(format!("it is replaced by {} {}", replace.by.text, version.text));
    own.locked = None;
    Ok(vec![own, by])
}

/// The replacements that set a version for whoever needs the module, this one not naming it.
pub(super) fn replaces(all: &[Replace<'_>], source: &Source<'_>, requires: &[Require<'_>]) -> Vec<Declared> {
    let named =
        |replace: &&Replace<'_>| requires.iter().all(|require| require.path.text != replace.path.text);
    let declared = all.iter().filter(named).filter_map(|replace| {
        let version = replace.by_version.as_ref();
        Some(Declared {
            package: Package::new(
                Ecosystem::Go,
                replace.by_version.as_ref().map_or(replace.path.text, |_| replace.by.text),
            )
            .ok()?,
            requirement: version.map_or("", |version| version.text).to_owned(),
            version: version.map_or_else(
                || Version::Unknown(format!("it is replaced by the folder `{}`", replace.by.text)),
                |version| known(version.text),
            ),
            scope: Scope::Managed,
            place: source.place(replace.path.span.clone()),
            set: version.map(|version| -> Place { source.place(version.span.clone()) }),
            through: Through::Inline,
            locked: None,
            comment: comment(source, version.unwrap_or(&replace.by)),
        })
    });
    declared.collect()
}

fn known(version: &str) -> Version {
    if is_version(version) {
        return Version::Known(version.to_owned());
    }
    Version::Unknown(format!("`{version}` is no version; `go mod tidy` puts one there"))
}

/// The comment beside a version; `indirect` is a mark and none.
fn comment(source: &Source<'_>, version: &Word<'_>) -> Option<String> {
    let comment = source.comment(&version.span, SLASHES)?;
    let rest =
        comment.strip_prefix("indirect").map_or(comment.as_str(), |rest| rest.trim_start_matches(';').trim());
    Some(rest.to_owned()).filter(|rest| !rest.is_empty())
}
