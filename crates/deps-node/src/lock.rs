//! What every reader of a lockfile gives.

use std::collections::{BTreeMap, HashMap};

use fleetwright_package::{Finding, Lock, Locked, Version};

use crate::manifest::Catalogs;
use crate::text::package;

/// The package that a folder of the repository is, and its version.
pub(crate) type Members = BTreeMap<String, (String, Version)>;

/// What the root of a workspace says for all its members.
#[derive(Default)]
pub(crate) struct Rules<'a> {
    /// The versions that `overrides` and `resolutions` set, by the package's name.
    pub(crate) managed: BTreeMap<&'a str, &'a str>,
    /// Its catalogs.
    pub(crate) catalogs: Option<&'a Catalogs>,
}

impl<'a> Rules<'a> {
    /// What a requirement comes to: the entry of the catalog that it names, else itself.
    pub(crate) fn text(&self, name: &str, text: &'a str) -> &'a str {
        let Some(catalog) = text.strip_prefix("catalog:") else { return text };
        let catalog = if catalog == "default" { "" } else { catalog };
        let entry = self.catalogs.and_then(|all| all.get(catalog)?.get(name));
        entry.map_or(text, |entry| &entry.text)
    }
}

/// A lockfile, and how it is asked.
pub(crate) struct ReadLock {
    /// The lockfile.
    pub(crate) lock: Lock,
    /// What was resolved for a folder's manifest, by the folder's path from the repository's root and the name
    /// that the manifest uses.
    pub(crate) importers: BTreeMap<String, BTreeMap<String, Direct>>,
    /// What was resolved for `name@requirement`; only yarn's lockfiles have it.
    pub(crate) descriptors: HashMap<String, u32>,
    /// What could not be read.
    pub(crate) findings: Vec<Finding>,
}

impl ReadLock {
    /// An empty one.
    pub(crate) fn new(path: &str, format: String) -> ReadLock {
        let lock = Lock {
            path: path.to_owned(),
            ecosystem: fleetwright_package::Ecosystem::Npm,
            format,
            packages: Vec::new(),
        };
        ReadLock { lock, importers: BTreeMap::new(), descriptors: HashMap::new(), findings: Vec::new() }
    }

    /// Adds a package; `None` when its name can be none.
    pub(crate) fn add(&mut self, name: &str, version: &str, line: u32, own: bool) -> Option<u32> {
        let at = u32::try_from(self.lock.packages.len()).ok()?;
        let package = package(name)?;
        self.lock.packages.push(Locked {
            package,
            version: version.to_owned(),
            line,
            own,
            needs: Vec::new(),
        });
        Some(at)
    }

    /// Notes what a package needs.
    pub(crate) fn needs(&mut self, at: u32, mut needs: Vec<u32>) {
        needs.sort_unstable();
        needs.dedup();
        if let Some(locked) = self.lock.packages.get_mut(at as usize) {
            locked.needs = needs;
        }
    }
}

/// What a lockfile holds for one dependency of a manifest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Direct {
    /// The requirement that it was made for, where it says so.
    pub(crate) asked: Option<String>,
    /// The position of what came of it.
    pub(crate) at: Option<u32>,
}

impl ReadLock {
    /// What yarn resolved `name@requirement` to.
    pub(crate) fn by_descriptor<'a>(&self, name: &str, text: &'a str, rules: &Rules<'a>) -> Option<u32> {
        let found = |text: &str| {
            let get = |key: String| self.descriptors.get(&key).copied();
            get(format!("{name}@{text}")).or_else(|| get(format!("{name}@npm:{text}")))
        };
        found(rules.text(name, text)).or_else(|| rules.managed.get(name).and_then(|text| found(text)))
    }
}
