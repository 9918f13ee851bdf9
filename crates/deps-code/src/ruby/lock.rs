//! Gemfile.lock, line by line as Bundler itself reads it.

use std::collections::HashMap;

use fleetwright_package::{Ecosystem, Finding, Lock, Locked, Package};

use crate::edges::{position, unique};
use crate::limits::{MAX_LOCKFILE, MAX_VERSIONS};
use crate::source::Source;

/// A lockfile and where each name is in it.
#[derive(Debug)]
pub(super) struct GemLock<'a> {
    pub(super) lock: Lock,
    pub(super) by_name: HashMap<&'a str, Vec<u32>>,
    /// The requirements that it was made for, by name.
    pub(super) dependencies: HashMap<&'a str, &'a str>,
}

/// Reads a lockfile; what cannot be read is a finding.
pub(super) fn read<'a>(path: &'a str, text: &'a str, findings: &mut Vec<Finding>) -> Option<GemLock<'a>> {
    let source = Source::open(path, text, MAX_LOCKFILE, findings)?;
    let lock = Lock {
        path: path.to_owned(),
        ecosystem: Ecosystem::RubyGems,
        format: "Gemfile.lock".to_owned(),
        packages: Vec::new(),
    };
    let lock = GemLock { lock, by_name: HashMap::new(), dependencies: HashMap::new() };
    let mut reader = Reader { lock, section: "", at: None, needs: Vec::new(), wrong: Vec::new() };
    for (line, number) in text.lines().zip(1..) {
        reader.line(line, number);
    }
    for (line, message) in reader.wrong.iter().take(MAX_VERSIONS) {
        findings.push(source.finding(*line, message.clone(), "run `bundle lock`"));
    }
    let mut lock = reader.lock;
    for (at, name) in reader.needs {
        let found = lock.by_name.get(name).into_iter().flatten();
        if let Some(package) = lock.lock.packages.get_mut(at as usize) {
            package.needs.extend(found);
        }
    }
    for package in &mut lock.lock.packages {
        package.needs = unique(std::mem::take(&mut package.needs));
    }
    Some(lock)
}

struct Reader<'a> {
    lock: GemLock<'a>,
    section: &'a str,
    /// The package that the next dependencies belong to.
    at: Option<u32>,
    /// Which package needs which name.
    needs: Vec<(u32, &'a str)>,
    wrong: Vec<(u32, String)>,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: &'a str, number: u32) {
        let text = line.trim_start_matches(' ');
        let indent = line.len() - text.len();
        match (indent, self.section) {
            (_, _) if text.is_empty() => {}
            (0, _) => self.section = line.trim_end(),
            (4, "GEM" | "PATH" | "GIT" | "PLUGIN SOURCE") => self.package(text, number),
            (6, "GEM" | "PATH" | "GIT" | "PLUGIN SOURCE") => {
                self.needs.extend(self.at.zip(named(text)).map(|(at, (name, _))| (at, name)));
            }
            (2, "DEPENDENCIES") => match named(text) {
                Some((name, requirement)) => {
                    self.lock.dependencies.insert(name, requirement);
                }
                None => self.wrong.push((number, "this is no dependency".to_owned())),
            },
            _ => {}
        }
    }

    /// Takes in a package. The builds of one version for several platforms are one.
    fn package(&mut self, text: &'a str, number: u32) {
        self.at = None;
        let read = named(text).filter(|(_, version)| !version.is_empty());
        let package = read.map(|(name, version)| (name, version, Package::new(Ecosystem::RubyGems, name)));
        let Some((name, version, Ok(package))) = package else {
            self.wrong.push((number, "this is no gem with a version".to_owned()));
            return;
        };
        let version = version.split('-').next().unwrap_or(version);
        let packages = &mut self.lock.lock.packages;
        let same = self.lock.by_name.entry(name).or_default();
        let known =
            same.iter().find(|at| packages.get(**at as usize).is_some_and(|known| known.version == version));
        self.at = known.copied();
        if self.at.is_some() {
            return;
        }
        if same.len() >= MAX_VERSIONS {
            self.wrong.push((
                number,
                format!("more than {MAX_VERSIONS} versions of one gem; this one is left out"),
            ));
            return;
        }
        let at = position(packages.len());
        same.push(at);
        let own = self.section == "PATH";
        packages.push(Locked { package, version: version.to_owned(), line: number, own, needs: Vec::new() });
        self.at = Some(at);
    }
}

/// The name, and what stands in brackets behind it; a `!` at the end says that it has a source of its own.
fn named(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_end().trim_end_matches('!');
    let (name, rest) = text.split_once(" (").unwrap_or((text, ")"));
    let requirement = rest.strip_suffix(')')?;
    (!name.is_empty() && !name.contains(' ')).then_some((name, requirement))
}
