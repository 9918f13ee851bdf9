//! Cargo.lock, versions 1 to 4, line by line in the form in which Cargo writes it.
//!
//! Cargo never writes it otherwise, and a tree of a whole lockfile of 50 MB would take ten times its size.

use std::collections::HashMap;
use std::ops::Range;

use fleetwright_package::{Ecosystem, Finding, Lock, Locked, Package};

use crate::edges::{position, unique};
use crate::limits::{MAX_LOCKFILE, MAX_VERSIONS};
use crate::source::Source;

/// A lockfile and where each name and source is in it.
#[derive(Debug)]
pub(super) struct CargoLock<'a> {
    pub(super) lock: Lock,
    /// The source of each package of [`Lock::packages`]; `None` for a path.
    pub(super) sources: Vec<Option<&'a str>>,
    pub(super) by_name: HashMap<&'a str, Vec<u32>>,
}

/// A package as it is written.
#[derive(Debug, Default)]
struct Raw<'a> {
    name: &'a str,
    version: &'a str,
    source: Option<&'a str>,
    /// Its part of [`Reader::needs`].
    needs: Range<usize>,
    line: u32,
}

/// In which table the lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Top,
    Package,
    /// In the list `dependencies` of a package.
    Needs,
    Metadata,
    /// In one that says nothing of use here, such as `[[patch.unused]]`.
    Other,
}

/// Reads a lockfile; what cannot be read is a finding.
pub(super) fn read<'a>(path: &'a str, text: &'a str, findings: &mut Vec<Finding>) -> Option<CargoLock<'a>> {
    let source = Source::open(path, text, MAX_LOCKFILE, findings)?;
    let mut reader = Reader::default();
    for (line, number) in text.lines().zip(1..) {
        if reader.line(line.trim(), number).is_none() {
            let message = "this line is not in the form in which Cargo writes it; the file is not read";
            findings.push(source.finding(number, message, "run `cargo generate-lockfile`"));
            return None;
        }
    }
    let Some(version) = reader.version() else {
        let message = format!("version {} of Cargo.lock is not known; 1 to 4 are", reader.version);
        findings.push(source.finding(
            reader.version_line,
            message,
            "use a newer Fleetwright, or an older Cargo",
        ));
        return None;
    };
    Some(reader.finish(&source, version, findings))
}

#[derive(Debug, Default)]
struct Reader<'a> {
    version: &'a str,
    version_line: u32,
    checksums_apart: bool,
    within: Option<Within>,
    packages: Vec<Raw<'a>>,
    needs: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    /// Takes a line; `None` when it has no form that Cargo writes.
    fn line(&mut self, line: &'a str, number: u32) -> Option<()> {
        let within = self.within.unwrap_or(Within::Top);
        if line.is_empty() || line.starts_with('#') {
            return Some(());
        }
        if within == Within::Needs {
            return self.need(line);
        }
        if line.starts_with('[') {
            return self.head(line, number);
        }
        let (key, value) = line.split_once(" = ")?;
        match within {
            Within::Top if key == "version" => (self.version, self.version_line) = (value, number),
            Within::Package => return self.key(key, value),
            Within::Metadata => self.checksums_apart |= key.starts_with("\"checksum "),
            _ => {}
        }
        Some(())
    }

    fn head(&mut self, line: &str, number: u32) -> Option<()> {
        self.within = Some(match line {
            "[[package]]" | "[root]" => {
                let needs = self.needs.len()..self.needs.len();
                self.packages.push(Raw { line: number, needs, ..Raw::default() });
                Within::Package
            }
            "[metadata]" => Within::Metadata,
            _ if line.ends_with(']') => Within::Other,
            _ => return None,
        });
        Some(())
    }

    fn key(&mut self, key: &str, value: &'a str) -> Option<()> {
        let package = self.packages.last_mut()?;
        match (key, value) {
            ("dependencies", "[") => self.within = Some(Within::Needs),
            ("dependencies", "[]") => {}
            ("name", _) => package.name = quoted(value)?,
            ("version", _) => package.version = quoted(value)?,
            ("source", _) => package.source = Some(quoted(value)?),
            // `checksum` and `replace`.
            _ => {
                quoted(value)?;
            }
        }
        Some(())
    }

    fn need(&mut self, line: &'a str) -> Option<()> {
        if line == "]" {
            self.within = Some(Within::Package);
            return Some(());
        }
        self.needs.push(quoted(line.strip_suffix(',').unwrap_or(line))?);
        self.packages.last_mut()?.needs.end = self.needs.len();
        Some(())
    }

    /// The version of the format; `None` for an unknown one.
    fn version(&self) -> Option<&'static str> {
        match (self.version, self.checksums_apart) {
            ("" | "1", true) => Some("1"),
            ("" | "2", false) => Some("2"),
            ("3", _) => Some("3"),
            ("4", _) => Some("4"),
            _ => None,
        }
    }

    fn finish(self, source: &Source<'a>, version: &str, findings: &mut Vec<Finding>) -> CargoLock<'a> {
        let mut kept = Vec::with_capacity(self.packages.len());
        let mut by_name: HashMap<&str, Vec<u32>> = HashMap::with_capacity(self.packages.len());
        for raw in self.packages {
            let same = by_name.entry(raw.name).or_default();
            match Package::new(Ecosystem::Cargo, raw.name) {
                Ok(package) if !raw.version.is_empty() && same.len() < MAX_VERSIONS => {
                    same.push(position(kept.len()));
                    kept.push((package, raw));
                }
                Ok(_) if same.len() >= MAX_VERSIONS => findings.push(source.finding(
                    raw.line,
                    format!("more than {MAX_VERSIONS} packages of one name; this one is left out"),
                    "run `cargo generate-lockfile`",
                )),
                _ => findings.push(source.finding(
                    raw.line,
                    "a package without a name or a version",
                    "run `cargo generate-lockfile`",
                )),
            }
        }
        let mut needs = Vec::with_capacity(kept.len());
        for (_, raw) in &kept {
            let list = self.needs.get(raw.needs.clone()).unwrap_or_default();
            let found: Vec<u32> = list.iter().filter_map(|need| find(need, &kept, &by_name)).collect();
            let whole = found.len() == list.len();
            needs.push(unique(found));
            if !whole {
                let message = format!("`{}` needs packages that the file does not have", raw.name);
                findings.push(source.finding(raw.line, message, "run `cargo generate-lockfile`"));
            }
        }
        let sources = kept.iter().map(|(_, raw)| raw.source).collect();
        let packages = kept.into_iter().zip(needs).map(|((package, raw), needs)| Locked {
            package,
            version: raw.version.to_owned(),
            line: raw.line,
            own: raw.source.is_none(),
            needs,
        });
        let lock = Lock {
            path: source.path.to_owned(),
            ecosystem: Ecosystem::Cargo,
            format: format!("Cargo.lock {version}"),
            packages: packages.collect(),
        };
        CargoLock { lock, sources, by_name }
    }
}

/// The package of `name`, `name version` or `name version (source)`, if it is exactly one.
fn find(need: &str, packages: &[(Package, Raw<'_>)], by_name: &HashMap<&str, Vec<u32>>) -> Option<u32> {
    let mut words = need.splitn(3, ' ');
    let candidates = by_name.get(words.next()?)?;
    let (version, source) = (words.next(), words.next());
    let source = source.map(|source| source.trim_matches(['(', ')']));
    let mut fitting = candidates.iter().copied().filter(|at| {
        let Some((_, raw)) = packages.get(*at as usize) else { return false };
        version.is_none_or(|version| version == raw.version)
            && source.is_none_or(|source| raw.source.is_some_and(|known| same_source(known, source)))
    });
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

/// Whether a source is the named one; the commit behind `#` may be left out.
fn same_source(known: &str, named: &str) -> bool {
    known == named || known.split('#').next() == Some(named)
}

fn quoted(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"').filter(|text| !text.contains(['"', '\\']))
}
