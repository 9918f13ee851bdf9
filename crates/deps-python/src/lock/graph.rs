//! What every format of a lockfile says of its packages, and how they come to need each other by position.

use std::collections::{BTreeSet, HashMap};

use fleetwright_package::{Ecosystem, Lock, Locked, Package};

use crate::requirement::normal;
use crate::source::{Source, number, shown};
use crate::specifier;

/// The most packages one lockfile may hold.
const MAX_PACKAGES: usize = 200_000;
/// The most edges one lockfile may have: a hostile one may let every package need every other.
const MAX_EDGES: usize = 2_000_000;

/// A package in a lockfile, before its needs are positions.
#[derive(Debug, Default)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// Empty where the repository's own package has none until it is built.
    pub(crate) version: String,
    pub(crate) line: u32,
    pub(crate) own: bool,
    pub(crate) needs: Vec<Need>,
}

/// What a package needs.
#[derive(Debug, Default)]
pub(crate) struct Need {
    pub(crate) name: String,
    /// The version, where the lockfile says it.
    pub(crate) version: Option<String>,
    /// The versions that are allowed, where the lockfile says them.
    pub(crate) allowed: Option<String>,
    /// The extras that it asks for.
    pub(crate) extras: Vec<String>,
    /// The extra of the needing package that this belongs to; nothing needs it until somebody asks for that.
    pub(crate) extra: Option<String>,
}

/// Extras that somebody asks for: of which package, and which.
pub(crate) type Asked = BTreeSet<(String, String)>;

/// Makes positions of needs.
pub(crate) fn link(source: &mut Source<'_>, format: String, (entries, asked): (Vec<Entry>, &Asked)) -> Lock {
    let entries = merged(source, entries);
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        by_name.entry(&entry.name).or_default().push(at);
    }
    let asked: BTreeSet<(&str, &str)> = entries
        .iter()
        .flat_map(|entry| &entry.needs)
        .flat_map(|need| need.extras.iter().map(|extra| (need.name.as_str(), extra.as_str())))
        .chain(asked.iter().map(|(name, extra)| (name.as_str(), extra.as_str())))
        .collect();
    let mut tried = 0;
    let mut needs: Vec<Vec<u32>> = Vec::with_capacity(entries.len());
    for entry in &entries {
        let wanted = entry.needs.iter().filter(|need| match &need.extra {
            Some(extra) => entry.own || asked.contains(&(entry.name.as_str(), extra.as_str())),
            None => true,
        });
        let mut found = BTreeSet::new();
        for need in wanted {
            let same = by_name.get(need.name.as_str()).map(Vec::as_slice).unwrap_or_default();
            tried += same.len();
            if tried <= MAX_EDGES {
                found.extend(candidates(&entries, same, need));
            }
        }
        needs.push(found.into_iter().collect());
    }
    if tried > MAX_EDGES {
        let message = format!("its packages need each other over {MAX_EDGES} times; the rest is not read");
        source.finding(0, message, "lock the project again");
    }
    let packages = entries.into_iter().zip(needs).filter_map(|(entry, needs)| locked(entry, needs)).collect();
    Lock { path: source.path.to_owned(), ecosystem: Ecosystem::PyPi, format, packages }
}

fn locked(entry: Entry, needs: Vec<u32>) -> Option<Locked> {
    let package = Package::new(Ecosystem::PyPi, &entry.name).ok()?;
    Some(Locked { package, version: entry.version, line: entry.line, own: entry.own, needs })
}

/// One entry for each package and version; some formats repeat it for its extras or its indexes.
fn merged(source: &mut Source<'_>, entries: Vec<Entry>) -> Vec<Entry> {
    if entries.len() > MAX_PACKAGES {
        let message = format!("it holds over {MAX_PACKAGES} packages; the rest is not read");
        source.finding(0, message, "split the project");
    }
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    let mut found: Vec<Entry> = Vec::with_capacity(entries.len().min(MAX_PACKAGES));
    for mut entry in entries.into_iter().take(MAX_PACKAGES) {
        if let Err(why) = Package::new(Ecosystem::PyPi, &entry.name) {
            source.finding(entry.line, why.to_string(), "lock the project again");
            continue;
        }
        entry.name = normal(&entry.name);
        match places.get(&(entry.name.clone(), entry.version.clone())).and_then(|at| found.get_mut(*at)) {
            Some(first) => first.needs.append(&mut entry.needs),
            None => {
                places.insert((entry.name.clone(), entry.version.clone()), found.len());
                found.push(entry);
            }
        }
    }
    found
}

/// Those of the packages of its name that a need may be met by: one, or one for each environment.
fn candidates(entries: &[Entry], same: &[usize], need: &Need) -> Vec<u32> {
    let fits = |at: &&usize| {
        let Some(entry) = entries.get(**at) else { return false };
        let exact = need.version.as_ref().is_none_or(|version| *version == entry.version);
        let allowed = need.allowed.as_ref().filter(|_| same.len() > 1);
        exact && allowed.is_none_or(|allowed| specifier::allows(allowed, &entry.version) != Some(false))
    };
    same.iter().filter(fits).map(|at| number(*at)).collect()
}

/// Says that the format's version is not known.
pub(crate) fn unknown_version(source: &mut Source<'_>, version: &str, known: &str) {
    let version = if version.is_empty() { "none" } else { version };
    let message = format!("its format has version `{}`; known are {known}", shown(version));
    source.finding(1, message, "lock the project with a version of the tool that writes a known format");
}
