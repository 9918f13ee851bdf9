//! composer.json.

use fleetwright_package::{
    Declared, Ecosystem, Inventory, Locked, LockedAt, Manifest, Package, Scope, Through, Version,
};
use serde::Deserialize;

use super::lock::ComposerLock;
use crate::agree::misfit;
use crate::edges::{position, unique};
use crate::json::{Pairs, Text, parse};
use crate::limits::{MAX_DECLARED, MAX_MANIFEST};
use crate::source::Source;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written<'a> {
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
    #[serde(borrow, default)]
    version: Option<Text<'a>>,
    #[serde(borrow, default)]
    require: Pairs<'a, Text<'a>>,
    #[serde(borrow, default)]
    require_dev: Pairs<'a, Text<'a>>,
}

/// Reads a manifest into the inventory. `lock` is the lockfile beside it, which will be the next lock of the
/// inventory; `Some(None)` when it could not be read.
pub(super) fn read(
    path: &str,
    text: &str,
    mut lock: Option<Option<&mut ComposerLock<'_>>>,
    inventory: &mut Inventory,
) {
    let Some(source) = Source::open(path, text, MAX_MANIFEST, &mut inventory.findings) else { return };
    let remedy = "correct the JSON; `composer validate` shows it too";
    let Some(written) = parse::<Written<'_>>(&source, remedy, &mut inventory.findings) else { return };
    let count = written.require.0.len() + written.require_dev.0.len();
    if count > MAX_DECLARED {
        let message = format!("it declares {count} dependencies; at most {MAX_DECLARED} are read");
        inventory.findings.push(source.finding(0, message, "look whether the file was made by accident"));
        return;
    }
    let at = position(inventory.locks.len());
    let mut manifest = Manifest {
        path: path.to_owned(),
        ecosystem: Ecosystem::Composer,
        package: written.name.as_ref().and_then(|name| Package::new(Ecosystem::Composer, name).ok()),
        version: written.version.as_ref().map(|version| Version::Known(version.to_string())),
        declared: Vec::with_capacity(count),
    };
    for (list, scope) in [(&written.require, Scope::Runtime), (&written.require_dev, Scope::Development)] {
        // Names without a vendor are PHP itself and its extensions.
        for (name, requirement) in list.0.iter().filter(|(name, _)| name.contains('/')) {
            let line = source.line_of(name);
            let (version, locked) = match version(name, requirement, lock.as_ref().map(Option::as_deref), at)
            {
                Ok(found) => found,
                Err(why) => {
                    let remedy = format!("run `composer update {}`", &**name);
                    inventory.findings.push(source.finding(line, why.clone(), remedy));
                    (Version::Unknown(why), None)
                }
            };
            match Package::new(Ecosystem::Composer, name) {
                Ok(package) => {
                    let declared = declared(package, (name, requirement), &source);
                    manifest.declared.push(Declared { version, scope, locked, ..declared });
                }
                Err(error) => {
                    inventory.findings.push(source.finding(line, error.to_string(), "correct the name"))
                }
            }
        }
    }
    if let (Some(Some(lock)), Some(package)) = (&mut lock, &manifest.package) {
        let needs = manifest.declared.iter().filter_map(|declared| lock.position(declared.package.name()));
        let own = Locked {
            package: package.clone(),
            version: written.version.as_deref().unwrap_or("").to_owned(),
            line: 0,
            own: true,
            needs: unique(needs),
        };
        lock.lock.packages.push(own);
    }
    inventory.manifests.push(manifest);
}

/// The dependency with its places, in no version yet.
fn declared(package: Package, (name, requirement): (&Text<'_>, &Text<'_>), source: &Source<'_>) -> Declared {
    let set = source.span_of(requirement);
    Declared {
        package,
        requirement: requirement.to_string(),
        version: Version::Unknown(String::new()),
        scope: Scope::Runtime,
        place: source.place(source.span_of(name).or(set.clone()).unwrap_or(0..0)),
        set: set.map(|span| source.place(span)),
        through: Through::Inline,
        locked: None,
        comment: None,
    }
}

/// The version, and the entry of the lockfile; or why the lockfile does not fit.
fn version(
    name: &str,
    requirement: &str,
    lock: Option<Option<&ComposerLock<'_>>>,
    at: u32,
) -> Result<(Version, Option<LockedAt>), String> {
    let lock = match lock {
        None => return Ok((without_lock(requirement), None)),
        Some(None) => return Ok((Version::Unknown("composer.lock could not be read".to_owned()), None)),
        Some(Some(lock)) => lock,
    };
    let locked = |position: u32| lock.lock.packages.get(position as usize);
    if let Some((position, found)) = lock.named(name).and_then(|at| Some((at, locked(at)?))) {
        if let Some(why) = misfit(Ecosystem::Composer, name, requirement, &found.version) {
            return Err(format!("composer.lock does not fit composer.json: {why}"));
        }
        return Ok((Version::Known(found.version.clone()), Some(LockedAt { lock: at, package: position })));
    }
    match lock.in_place_of(name).and_then(locked) {
        Some(instead) => {
            let why = format!("it comes with {} {}", instead.package.name(), instead.version);
            Ok((Version::Unknown(why), None))
        }
        None => Err(format!("composer.lock does not fit composer.json: it has no `{name}`")),
    }
}

/// Only a version without an operator leaves no choice.
fn without_lock(requirement: &str) -> Version {
    let exact = requirement.trim().trim_start_matches('=').trim_start();
    let number = exact.strip_prefix('v').unwrap_or(exact);
    let is_exact = number.starts_with(|char: char| char.is_ascii_digit())
        && number.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-'))
        && !number.split(['.', '-']).any(|part| matches!(part, "x" | "X" | "dev"));
    if is_exact && !exact.contains(" - ") {
        return Version::Known(exact.to_owned());
    }
    Version::Unknown(format!("`{requirement}` and no composer.lock says which"))
}
