//! Which manifest belongs to which workspace, as Cargo finds it.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_package::Finding;
use globset::{GlobBuilder, GlobMatcher};

use super::manifest::{CargoToml, Entry, Workspace, Written};
use crate::paths::{below, folder, join, upwards, within};

/// The manifests of a repository by their folder, and the folder of the workspace of each.
pub(super) struct Members<'m, 'a> {
    pub(super) by_folder: BTreeMap<&'a str, &'m CargoToml<'a>>,
    roots: BTreeMap<&'a str, &'a str>,
}

impl<'m, 'a> Members<'m, 'a> {
    pub(super) fn of(manifests: &'m [CargoToml<'a>], findings: &mut Vec<Finding>) -> Members<'m, 'a> {
        let by_folder = manifests.iter().map(|manifest| (folder(manifest.source.path), manifest)).collect();
        let mut members = Members { by_folder, roots: BTreeMap::new() };
        for manifest in manifests {
            if let Some(workspace) = &manifest.workspace {
                members.take(manifest, workspace, findings);
            }
        }
        for manifest in manifests {
            members.check(manifest, findings);
        }
        members
    }

    /// The manifest of the workspace that the package in `folder` is a member of.
    pub(super) fn root(&self, folder: &str) -> Option<&'m CargoToml<'a>> {
        self.by_folder.get(self.roots.get(folder)?).copied()
    }

    /// Takes in the members of one workspace: the root, what the globs name, and their paths below the root.
    fn take(&mut self, root: &CargoToml<'a>, workspace: &Workspace, findings: &mut Vec<Finding>) {
        let home = folder(root.source.path);
        let may_be: Vec<&str> =
            self.by_folder.keys().copied().filter(|at| !excluded(at, home, workspace)).collect();
        let mut found: BTreeSet<&str> = BTreeSet::from([home]);
        for Written { text, span } in &workspace.members {
            let line = span.as_ref().map_or(0, |span| root.source.line(span.start));
            let before = found.len();
            let Some(glob) = self.glob(root, text, line, findings) else { continue };
            found.extend(may_be.iter().copied().filter(|at| glob.is_match(at)));
            let literal = !text.contains(['*', '?', '[']);
            if literal && found.len() == before && !found.iter().any(|at| glob.is_match(at)) {
                let message = format!("the member `{text}` has no Cargo.toml");
                findings.push(root.source.finding(line, message, "correct `workspace.members`"));
            }
        }
        let mut open: Vec<&str> = found.iter().copied().collect();
        while let Some(at) = open.pop() {
            let entries = self.by_folder.get(at).into_iter().flat_map(|manifest| &manifest.entries);
            let paths = entries.filter_map(|entry| path_of(entry, at, home, workspace));
            let new: Vec<&str> = paths.filter_map(|path| self.below_root(&path, home, workspace)).collect();
            open.extend(new.into_iter().filter(|path| found.insert(path)));
        }
        for at in found {
            let nested = at != home && self.by_folder.get(at).is_some_and(|other| other.workspace.is_some());
            if nested {
                let message =
                    format!("its member `{at}` is the root of a workspace itself; Cargo refuses both");
                findings.push(root.source.finding(
                    0,
                    message,
                    "take it out of `members`, or its table `workspace`",
                ));
            } else {
                self.roots.insert(at, home);
            }
        }
    }

    /// The folder of a path that makes a member: Cargo must find the same root from there.
    fn below_root(&self, path: &str, home: &str, workspace: &Workspace) -> Option<&'a str> {
        let (at, manifest) = self.by_folder.get_key_value(path)?;
        let here = below(at, home) && manifest.workspace.is_none() && !excluded(at, home, workspace);
        (here && self.searched(manifest) == Some(home)).then_some(*at)
    }

    /// The root that Cargo looks for from a package: the one it names, or the nearest above.
    fn searched(&self, manifest: &CargoToml<'a>) -> Option<&'a str> {
        let at = folder(manifest.source.path);
        let named = manifest.package.as_ref().and_then(|package| package.workspace.as_ref());
        let found = match named {
            Some(named) => self.by_folder.get_key_value(join(at, named)?.as_str()),
            None => upwards(at).find_map(|above| {
                let (above, manifest) = self.by_folder.get_key_value(above)?;
                let workspace = manifest.workspace.as_ref()?;
                (!excluded(at, above, workspace)).then_some((above, manifest))
            }),
        };
        found.filter(|(_, manifest)| manifest.workspace.is_some()).map(|(at, _)| *at)
    }

    fn glob(
        &self,
        root: &CargoToml<'a>,
        written: &str,
        line: u32,
        findings: &mut Vec<Finding>,
    ) -> Option<GlobMatcher> {
        let Some(path) = join(folder(root.source.path), written) else {
            let message = format!("the member `{written}` lies outside of the repository");
            findings.push(root.source.finding(line, message, "members must lie in the repository"));
            return None;
        };
        // The globs of Cargo know no braces.
        let path = path.replace('{', "[{]").replace('}', "[}]");
        match GlobBuilder::new(&path).literal_separator(true).build() {
            Ok(glob) => Some(glob.compile_matcher()),
            Err(error) => {
                findings.push(root.source.finding(line, error.to_string(), "correct `workspace.members`"));
                None
            }
        }
    }

    /// What Cargo says of a package that is in no workspace and yet in the folder of one.
    fn check(&self, manifest: &CargoToml<'a>, findings: &mut Vec<Finding>) {
        let at = folder(manifest.source.path);
        let Some(package) = &manifest.package else { return };
        let named = package.workspace.as_ref();
        let message = match self.searched(manifest) {
            Some(home) if self.roots.get(at) != Some(&home) => {
                let root = within(home, "Cargo.toml");
                format!("it lies in the workspace of `{root}` and is no member; Cargo refuses to build it")
            }
            None if named.is_some_and(|named| join(at, named).is_none()) => {
                "its `package.workspace` lies outside of the repository".to_owned()
            }
            None if named.is_some() => "its `package.workspace` names no workspace".to_owned(),
            _ => return,
        };
        let remedy =
            "add it to `members` or `exclude` of the workspace, or give it a table `workspace` of its own";
        findings.push(manifest.source.finding(0, message, remedy));
    }
}

/// The folder of a path dependency, from the repository's root.
fn path_of(entry: &Entry, at: &str, home: &str, workspace: &Workspace) -> Option<String> {
    if entry.inherited {
        let managed = workspace.entry(&entry.key)?;
        return join(home, managed.path.as_ref()?);
    }
    join(at, entry.path.as_ref()?)
}

/// Whether a folder is excluded and not named as a member all the same.
fn excluded(at: &str, home: &str, workspace: &Workspace) -> bool {
    let names = |list: &[Written]| {
        list.iter()
            .any(|written| join(home, &written.text).is_some_and(|path| !path.is_empty() && below(at, &path)))
    };
    names(&workspace.exclude) && !names(&workspace.members)
}
