//! composer.lock of Composer 1 and 2.

use std::collections::HashMap;

use fleetwright_package::{Ecosystem, Finding, Lock, Locked, Package};
use serde::Deserialize;

use crate::edges::{position, unique};
use crate::json::{Pairs, Text, parse};
use crate::limits::MAX_LOCKFILE;
use crate::source::Source;

/// What to do with a lockfile that cannot be read.
const REMEDY: &str = "run `composer update --lock`";

/// A lockfile and where each name is in it.
#[derive(Debug)]
pub(super) struct ComposerLock<'a> {
    pub(super) lock: Lock,
    by_name: HashMap<Text<'a>, u32>,
    /// What a package replaces or provides, and which package that is.
    instead: HashMap<Text<'a>, u32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written<'a> {
    #[serde(borrow)]
    packages: Vec<Entry<'a>>,
    #[serde(borrow, default)]
    packages_dev: Option<Vec<Entry<'a>>>,
    #[serde(borrow, default)]
    plugin_api_version: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    version: Text<'a>,
    #[serde(borrow, default)]
    require: Pairs<'a, Text<'a>>,
    #[serde(borrow, default)]
    replace: Pairs<'a, Text<'a>>,
    #[serde(borrow, default)]
    provide: Pairs<'a, Text<'a>>,
    #[serde(borrow, default)]
    dist: Option<Dist<'a>>,
}

#[derive(Debug, Deserialize)]
struct Dist<'a> {
    #[serde(borrow, default)]
    r#type: Text<'a>,
}

/// Reads a lockfile; what cannot be read is a finding.
pub(super) fn read<'a>(
    path: &'a str,
    text: &'a str,
    findings: &mut Vec<Finding>,
) -> Option<ComposerLock<'a>> {
    let source = Source::open(path, text, MAX_LOCKFILE, findings)?;
    let written: Written<'a> = parse(&source, REMEDY, findings)?;
    let version = written.plugin_api_version.as_deref().unwrap_or("");
    if !version.is_empty() && !version.starts_with("1.") && !version.starts_with("2.") {
        let message = format!("version {version} of composer.lock is not known; 1 and 2 are");
        findings.push(source.finding(
            source.line_of(version),
            message,
            "use a newer Fleetwright, or an older Composer",
        ));
        return None;
    }
    let format = format!("composer.lock {version}").trim_end().to_owned();
    let lock = Lock { path: path.to_owned(), ecosystem: Ecosystem::Composer, format, packages: Vec::new() };
    let mut lock = ComposerLock { lock, by_name: HashMap::new(), instead: HashMap::new() };
    let entries: Vec<Entry<'a>> =
        written.packages.into_iter().chain(written.packages_dev.into_iter().flatten()).collect();
    let mut requires = Vec::with_capacity(entries.len());
    for entry in entries {
        requires.extend(lock.take(entry, &source, findings));
    }
    for (at, require) in requires.iter().enumerate() {
        let needs = unique(require.0.iter().filter_map(|(name, _)| lock.position(name)));
        if let Some(locked) = lock.lock.packages.get_mut(at) {
            locked.needs = needs;
        }
    }
    Some(lock)
}

impl<'a> ComposerLock<'a> {
    /// Takes in a package; what it requires.
    fn take(
        &mut self,
        entry: Entry<'a>,
        source: &Source<'a>,
        findings: &mut Vec<Finding>,
    ) -> Option<Pairs<'a, Text<'a>>> {
        let line = source.line_of(&entry.name);
        let package = match Package::new(Ecosystem::Composer, &entry.name) {
            Ok(package) => package,
            Err(error) => {
                findings.push(source.finding(line, error.to_string(), REMEDY));
                return None;
            }
        };
        let at = position(self.lock.packages.len());
        for (name, _) in entry.replace.0.into_iter().chain(entry.provide.0) {
            self.instead.entry(name).or_insert(at);
        }
        self.by_name.insert(entry.name, at);
        self.lock.packages.push(Locked {
            package,
            version: entry.version.to_string(),
            line,
            own: entry.dist.is_some_and(|dist| &*dist.r#type == "path"),
            needs: Vec::new(),
        });
        Some(entry.require)
    }

    /// The package of this name, or the one that is there in its place. Names without a vendor are PHP itself
    /// and its extensions: a package that provides one is not needed by whoever requires it.
    pub(super) fn position(&self, name: &str) -> Option<u32> {
        name.contains('/').then_some(())?;
        self.named(name).or_else(|| self.in_place_of(name))
    }

    /// The package of this name.
    pub(super) fn named(&self, name: &str) -> Option<u32> {
        find(&self.by_name, name)
    }

    /// The package that replaces or provides this name.
    pub(super) fn in_place_of(&self, name: &str) -> Option<u32> {
        find(&self.instead, name)
    }
}

/// Composer compares names without case; lockfiles nearly always have them in lower case.
fn find(names: &HashMap<Text<'_>, u32>, name: &str) -> Option<u32> {
    names.get(name).or_else(|| names.get(name.to_lowercase().as_str())).copied()
}
