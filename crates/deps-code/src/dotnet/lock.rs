//! packages.lock.json, versions 1 and 2.

use std::collections::HashMap;

use fleetwright_package::{Ecosystem, Finding, Lock, Locked, Package};
use serde::Deserialize;

use crate::edges::{position, unique};
use crate::json::{Pairs, Text, parse};
use crate::limits::{MAX_LOCKFILE, MAX_VERSIONS};
use crate::source::Source;

/// What to do with a lockfile that cannot be read.
const REMEDY: &str = "run `dotnet restore --force-evaluate`";

/// A lockfile with what its project asks for.
#[derive(Debug)]
pub(super) struct NugetLock {
    pub(super) lock: Lock,
    /// What the project asks for directly, by name in lower case: the requirement and the position, once for
    /// each framework that it is built for.
    pub(super) direct: HashMap<String, Vec<(String, u32)>>,
}

#[derive(Debug, Deserialize)]
struct Written<'a> {
    version: u32,
    #[serde(borrow, default)]
    dependencies: Pairs<'a, Pairs<'a, Entry<'a>>>,
}

#[derive(Debug, Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    r#type: Text<'a>,
    #[serde(borrow, default)]
    requested: Option<Text<'a>>,
    #[serde(borrow, default)]
    resolved: Option<Text<'a>>,
    #[serde(borrow, default)]
    dependencies: Pairs<'a, Text<'a>>,
}

/// Reads a lockfile; what cannot be read is a finding.
pub(super) fn read(path: &str, text: &str, findings: &mut Vec<Finding>) -> Option<NugetLock> {
    let source = Source::open(path, text, MAX_LOCKFILE, findings)?;
    let written: Written<'_> = parse(&source, REMEDY, findings)?;
    if !matches!(written.version, 1 | 2) {
        let message = format!("version {} of packages.lock.json is not known; 1 and 2 are", written.version);
        let line = text.find("\"version\"").map_or(0, |at| source.line(at));
        findings.push(source.finding(line, message, "use a newer Fleetwright, or an older NuGet"));
        return None;
    }
    let format = format!("packages.lock.json {}", written.version);
    let lock = Lock { path: path.to_owned(), ecosystem: Ecosystem::NuGet, format, packages: Vec::new() };
    let mut reader = Reader { lock: NugetLock { lock, direct: HashMap::new() }, by_name: HashMap::new() };
    for (_, framework) in &written.dependencies.0 {
        reader.framework(&framework.0, &source, findings);
    }
    for locked in &mut reader.lock.lock.packages {
        locked.needs = unique(std::mem::take(&mut locked.needs));
    }
    Some(reader.lock)
}

struct Reader {
    lock: NugetLock,
    by_name: HashMap<String, Vec<u32>>,
}

impl Reader {
    /// Takes in the packages of one framework. One package in one version is one, in however many frameworks.
    fn framework(
        &mut self,
        entries: &[(Text<'_>, Entry<'_>)],
        source: &Source<'_>,
        findings: &mut Vec<Finding>,
    ) {
        let mut here: HashMap<String, u32> = HashMap::with_capacity(entries.len());
        for (name, entry) in entries {
            let line = source.line_of(name);
            match self.take(name, entry, line) {
                Ok(at) => {
                    here.insert(name.to_lowercase(), at);
                }
                Err(message) => findings.push(source.finding(line, message, REMEDY)),
            }
        }
        for (name, entry) in entries {
            let Some(at) = here.get(&name.to_lowercase()) else { continue };
            let needs =
                entry.dependencies.0.iter().filter_map(|(name, _)| here.get(&name.to_lowercase()).copied());
            if let Some(locked) = self.lock.lock.packages.get_mut(*at as usize) {
                locked.needs.extend(needs);
            }
        }
    }

    fn take(&mut self, name: &str, entry: &Entry<'_>, line: u32) -> Result<u32, String> {
        let package = Package::new(Ecosystem::NuGet, name).map_err(|error| error.to_string())?;
        let own = entry.r#type.eq_ignore_ascii_case("Project");
        let version = match &entry.resolved {
            Some(version) => version.to_string(),
            None if own => String::new(),
            None => return Err(format!("`{name}` has no version")),
        };
        let packages = &mut self.lock.lock.packages;
        let same = self.by_name.entry(name.to_lowercase()).or_default();
        let known = same
            .iter()
            .copied()
            .find(|at| packages.get(*at as usize).is_some_and(|known| known.version == version));
        let at = match known {
            Some(at) => at,
            None if same.len() >= MAX_VERSIONS => {
                return Err(format!("more than {MAX_VERSIONS} versions of `{name}`; this one is left out"));
            }
            None => {
                let at = position(packages.len());
                same.push(at);
                packages.push(Locked { package, version, line, own, needs: Vec::new() });
                at
            }
        };
        if entry.r#type.eq_ignore_ascii_case("Direct") {
            let requested = entry.requested.as_deref().unwrap_or("").to_owned();
            self.lock.direct.entry(name.to_lowercase()).or_default().push((requested, at));
        }
        Ok(at)
    }
}
