//! Brings together what manifests ask for and what lockfiles hold.

use std::collections::BTreeMap;

use fleetwright_package::{
    Declared, Ecosystem, Finding, Inventory, LockedAt, Manifest, Place, Scope, Through, Version,
};

use crate::lock::{Direct, Members, ReadLock, Rules};
use crate::manifest::{Catalogs, PackageJson, Wanted};
use crate::require::{Requirement, Sort, fits, requirement};
use crate::text::{finding, folder, join, package};
use crate::workspace::Workspace;

/// The most contradictions that one finding names.
const MAX_NAMED: usize = 5;

/// All that was read of a repository.
#[derive(Default)]
pub(crate) struct Repository {
    /// The manifests by path.
    pub(crate) manifests: BTreeMap<String, PackageJson>,
    /// The lockfiles by path.
    pub(crate) locks: BTreeMap<String, ReadLock>,
    /// The workspaces by the folder of their root.
    pub(crate) workspaces: BTreeMap<String, Workspace>,
    /// The catalogs of workspaces, by the folder of their root.
    pub(crate) catalogs: BTreeMap<String, Catalogs>,
    /// Overrides that stand outside of a `package.json`, by folder.
    pub(crate) overrides: BTreeMap<String, Vec<Wanted>>,
    /// The package that each folder is.
    pub(crate) members: Members,
}

/// The lockfile that holds for a manifest.
struct Governing<'a> {
    read: &'a ReadLock,
    /// Its position in the inventory.
    position: u32,
    importer: Option<&'a BTreeMap<String, Direct>>,
    rules: Rules<'a>,
}

impl Repository {
    /// Puts everything into the inventory.
    pub(crate) fn settle(self, inventory: &mut Inventory) {
        let base = inventory.locks.len();
        let manifests: Vec<_> =
            self.manifests.keys().map(|path| self.manifest(path, base, &mut inventory.findings)).collect();
        inventory.manifests.extend(manifests);
        for (root, entries) in &self.overrides {
            self.outside(root, entries, inventory);
        }
        for (_, read) in self.locks {
            inventory.findings.extend(read.findings);
            inventory.locks.push(read.lock);
        }
    }

    /// Overrides of `pnpm-workspace.yaml`, as a manifest of their own.
    fn outside(&self, root: &str, entries: &[Wanted], inventory: &mut Inventory) {
        let Some(path) = entries.first().map(|entry| entry.place.path.clone()) else { return };
        let declared = entries.iter().filter_map(|entry| self.declared(root, entry, None)).collect();
        inventory.manifests.push(Manifest {
            path,
            ecosystem: Ecosystem::Npm,
            package: None,
            version: None,
            declared,
        });
    }

    fn manifest(&self, path: &str, base: usize, findings: &mut Vec<Finding>) -> Manifest {
        let place = folder(path);
        let empty = PackageJson::default();
        let json = self.manifests.get(path).unwrap_or(&empty);
        let governing = self.governing(place, base, findings);
        let mut declared = Vec::new();
        let mut wrong = Vec::new();
        for wanted in &json.wanted {
            if let Some(lock) = governing.as_ref().filter(|_| wanted.scope != Scope::Managed) {
                wrong.extend(contradiction(wanted, lock, self.is_own(place, wanted)));
            }
            let lock = governing.as_ref().filter(|_| wanted.scope != Scope::Managed);
            declared.extend(self.declared(place, wanted, lock));
        }
        if let (Some(lock), Some((line, _))) = (&governing, wrong.first()) {
            findings.push(does_not_fit(path, *line, &lock.read.lock.path, &wrong));
        }
        Manifest {
            path: path.to_owned(),
            ecosystem: Ecosystem::Npm,
            package: json.name.as_deref().and_then(package),
            version: json.version.clone().map(Version::Known),
            declared,
        }
    }

    /// The nearest lockfile at or above a folder that was made for it.
    fn governing(&self, place: &str, base: usize, findings: &mut Vec<Finding>) -> Option<Governing<'_>> {
        let mut root = place;
        loop {
            let here: Vec<_> = self
                .locks
                .iter()
                .enumerate()
                .filter(|(_, (path, read))| folder(path) == root && self.is_for(read, root, place))
                .collect();
            let chosen = match here[..] {
                [] => None,
                [one] => Some(one),
                _ => {
                    let asked = self.manager(root);
                    let chosen =
                        here.iter().find(|(_, (path, _))| asked.is_some_and(|asked| is_of(path, asked)));
                    if place == root && chosen.is_none() {
                        findings.push(several(
                            &here.iter().map(|(_, (path, _))| path.as_str()).collect::<Vec<_>>(),
                        ));
                    }
                    chosen.or(here.first()).copied()
                }
            };
            if let Some((at, (_, read))) = chosen {
                let position = u32::try_from(base + at).ok()?;
                return Some(Governing {
                    read,
                    position,
                    importer: read.importers.get(place),
                    rules: self.rules(root),
                });
            }
            if root.is_empty() {
                return None;
            }
            root = folder(root);
        }
    }

    fn is_for(&self, read: &ReadLock, root: &str, place: &str) -> bool {
        let member = || self.workspaces.get(root).is_some_and(|workspace| workspace.holds(place));
        place == root || read.importers.contains_key(place) || (!read.descriptors.is_empty() && member())
    }

    fn manager(&self, root: &str) -> Option<&str> {
        let manager = self.manifests.get(&beside(root, "package.json"))?.manager.as_deref()?;
        manager.split('@').next()
    }

    /// What a root says for all its members.
    pub(crate) fn rules(&self, root: &str) -> Rules<'_> {
        let inside = self
            .manifests
            .get(&beside(root, "package.json"))
            .map(|json| json.wanted.as_slice())
            .unwrap_or_default();
        let outside = self.overrides.get(root).map(Vec::as_slice).unwrap_or_default();
        let all = inside.iter().chain(outside).filter(|wanted| wanted.scope == Scope::Managed);
        let managed = all.map(|wanted| (wanted.name.as_str(), wanted.text.as_str())).collect();
        Rules { managed, catalogs: self.catalogs.get(root) }
    }

    /// Whether the dependency is on a member of the same workspace.
    fn is_own(&self, place: &str, wanted: &Wanted) -> bool {
        self.member(place, &wanted.name).is_some()
    }

    fn member(&self, place: &str, name: &str) -> Option<&(String, Version)> {
        let root = above(place)
            .find(|root| self.workspaces.get(*root).is_some_and(|workspace| workspace.holds(place)))?;
        let workspace = self.workspaces.get(root)?;
        self.members
            .iter()
            .find(|(folder, (own, _))| own == name && workspace.holds(folder))
            .map(|(_, member)| member)
    }

    fn declared(&self, place: &str, wanted: &Wanted, lock: Option<&Governing<'_>>) -> Option<Declared> {
        let mut asked = requirement(&wanted.text);
        let mut written = wanted;
        let mut through = Through::Inline;
        if asked.sort == Sort::Catalog {
            let name = if asked.text.is_empty() { "default" } else { asked.text };
            through = Through::Catalog(name.to_owned());
            if let Some(entry) = self.catalog(place, asked.text, &wanted.name) {
                (written, asked) = (entry, requirement(&entry.text));
            }
        } else if let Some(name) = wanted.text.strip_prefix('$').filter(|_| wanted.scope == Scope::Managed) {
            through = Through::Property(name.to_owned());
            if let Some(entry) = self.direct(place, name) {
                (written, asked) = (entry, requirement(&entry.text));
            }
        }
        if asked.sort == Sort::Workspace {
            through = Through::Workspace;
        }
        let name = asked.alias.unwrap_or(&wanted.name);
        let (locked, found) = lock.and_then(|lock| lock.find(wanted)).unzip();
        let version = found.map_or_else(|| self.unlocked(place, name, &asked, lock), Version::Known);
        Some(Declared {
            package: package(name)?,
            requirement: asked.text.to_owned(),
            version,
            scope: wanted.scope,
            place: wanted.place.clone(),
            set: set(written, &asked),
            through,
            locked,
            comment: written.comment.clone(),
        })
    }

    fn catalog(&self, place: &str, catalog: &str, name: &str) -> Option<&Wanted> {
        above(place).find_map(|root| self.catalogs.get(root))?.get(catalog)?.get(name)
    }

    fn direct(&self, place: &str, name: &str) -> Option<&Wanted> {
        let json = self.manifests.get(&beside(place, "package.json"))?;
        json.wanted.iter().find(|wanted| wanted.name == name && wanted.scope != Scope::Managed)
    }

    fn unlocked(
        &self,
        place: &str,
        name: &str,
        asked: &Requirement<'_>,
        lock: Option<&Governing<'_>>,
    ) -> Version {
        let text = asked.text;
        let nothing = match lock {
            Some(lock) => format!("{} has no entry for it", lock.read.lock.path),
            None => "no lockfile says which".to_owned(),
        };
        let why = match asked.sort {
            Sort::Exact => match crate::require::exact(text) {
                Some(version) => return Version::Known(version.to_owned()),
                None => nothing,
            },
            Sort::Workspace => match self.member(place, name) {
                Some((_, version)) => return version.clone(),
                None => format!("`workspace:{text}`, and no member of the workspace has this name"),
            },
            Sort::Folder => match join(place, text.split_once(':').map_or(text, |(_, path)| path))
                .map(|folder| self.members.get(&folder))
            {
                Some(Some((_, version))) => return version.clone(),
                Some(None) => format!("`{text}` is not in this repository"),
                None => format!("`{text}` leads out of the repository"),
            },
            Sort::Catalog => format!("`catalog:{text}` has no entry for it"),
            Sort::Elsewhere => format!("`{text}` is no published version, and {nothing}"),
            Sort::Tag => format!("`{text}` is a tag that moves, and {nothing}"),
            Sort::Range => format!("`{}` and {nothing}", if text.is_empty() { "*" } else { text }),
        };
        Version::Unknown(why)
    }
}

impl Governing<'_> {
    fn is_npm(&self) -> bool {
        is_of(&self.read.lock.path, "npm")
    }

    fn find(&self, wanted: &Wanted) -> Option<(LockedAt, String)> {
        let package = match self.importer.and_then(|importer| importer.get(&wanted.name)) {
            Some(direct) => direct.at?,
            None => self.read.by_descriptor(&wanted.name, &wanted.text, &self.rules)?,
        };
        let version = &self.read.lock.packages.get(package as usize)?.version;
        Some((LockedAt { lock: self.position, package }, version.clone()))
    }
}

/// The bytes of the requirement, where it is one that another version can be put in for.
fn set(written: &Wanted, asked: &Requirement<'_>) -> Option<Place> {
    let mut place = written.set.clone()?;
    let sort = matches!(asked.sort, Sort::Exact | Sort::Range | Sort::Tag);
    place.span.start = place.span.end.checked_sub(asked.text.len())?;
    (sort && !asked.text.is_empty() && written.text.ends_with(asked.text)).then_some(place)
}

/// Why the lockfile does not fit this dependency, with the line in the manifest.
fn contradiction(wanted: &Wanted, lock: &Governing<'_>, own: bool) -> Option<(u32, String)> {
    if own || lock.rules.managed.contains_key(wanted.name.as_str()) {
        return None;
    }
    let line = wanted.place.line;
    let text = lock.rules.text(&wanted.name, &wanted.text);
    let asked = requirement(text);
    let found = lock.find(wanted).map(|(_, version)| version);
    let fits = found.as_deref().and_then(|version| fits(&asked, version));
    let made_for = lock.importer.and_then(|importer| importer.get(&wanted.name)?.asked.as_deref());
    let another = made_for.filter(|made_for| !made_for.is_empty() && *made_for != wanted.text);
    // What a peer should be is often not what it is, and the tools take that; npm takes what still fits.
    let another =
        another.filter(|_| wanted.scope != Scope::Provided && !(lock.is_npm() && fits == Some(true)));
    let why = match (another, found) {
        (Some(made_for), _) => format!("is `{}` there and `{made_for}` in the lockfile", wanted.text),
        (None, Some(version)) if wanted.scope != Scope::Provided && fits == Some(false) => {
            format!("is `{text}` there and {version} in the lockfile")
        }
        (None, None)
            if matches!(wanted.scope, Scope::Runtime | Scope::Development)
                && matches!(asked.sort, Sort::Exact | Sort::Range | Sort::Tag) =>
        {
            "is not in the lockfile".to_owned()
        }
        _ => return None,
    };
    Some((line, format!("{} {why}", wanted.name)))
}

fn does_not_fit(path: &str, line: u32, lock: &str, wrong: &[(u32, String)]) -> Finding {
    let named: Vec<&str> = wrong.iter().take(MAX_NAMED).map(|(_, why)| why.as_str()).collect();
    let more = wrong.len().saturating_sub(MAX_NAMED);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let tool = ["pnpm", "yarn", "bun"].into_iter().find(|tool| is_of(lock, tool)).unwrap_or("npm");
    finding(
        path,
        line,
        format!("{lock} does not fit {path}: {}{more}", named.join("; ")),
        format!("run `{tool} install`"),
    )
}

fn several(paths: &[&str]) -> Finding {
    let message =
        format!("several lockfiles lie beside each other ({}); the first is used", paths.join(", "));
    finding(
        paths.first().copied().unwrap_or_default(),
        0,
        message,
        "delete the others, or set `packageManager` in package.json",
    )
}

/// Whether a lockfile is one of this package manager.
fn is_of(path: &str, manager: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with(manager)
        || (manager == "npm" && (name == "package-lock.json" || name == "npm-shrinkwrap.json"))
}

/// The path of a file in a folder.
pub(crate) fn beside(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}/{name}") }
}

/// The folder and all above it, the nearest first.
fn above(place: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(place), |place| (!place.is_empty()).then(|| folder(place)))
}
