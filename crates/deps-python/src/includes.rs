//! Which files of requirements include which, and the constraints that hold for them.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_package::{Finding, Package, Place, Scope, Through, Version};

use crate::cycle::closing;
use crate::declare::Read;
use crate::requirements::Links;

/// The most files that constrain one file.
const MAX_CONSTRAINTS: usize = 100;
/// The most includes that are followed in one repository.
const MAX_LINKS: usize = 2_000;

/// Looks at all includes and puts in the versions that constraints set.
pub(crate) fn apply(reads: &mut BTreeMap<String, Read>, links: &mut BTreeMap<String, Links>) -> Vec<Finding> {
    let mut findings = limit(links);
    let targets = |of: &Links| of.includes.iter().chain(&of.constraints).cloned().collect::<Vec<_>>();
    let all: BTreeMap<&str, Vec<(String, u32)>> =
        links.iter().map(|(path, of)| (path.as_str(), targets(of))).collect();
    let edges = all.iter().map(|(path, to)| (*path, to.iter().map(|(path, _)| path.as_str()).collect()));
    let circles = closing(&edges.collect());
    for (path, targets) in &all {
        for (target, line) in targets {
            if !links.contains_key(target) {
                let message = format!("it includes `{target}`, which is not among the files that are read");
                let remedy = "correct the path, or give the file a name with `requirements` in it";
                findings.push(finding(path, *line, message, remedy));
            } else if circles.contains(&(*path, target.as_str())) {
                let message = format!("it includes itself through `{target}`");
                findings.push(finding(path, *line, message, "remove one of the includes"));
            }
        }
    }
    constrain_all(reads, links);
    findings
}

/// Cuts off what is too much to be followed.
fn limit(links: &mut BTreeMap<String, Links>) -> Vec<Finding> {
    let (mut findings, mut left) = (Vec::new(), MAX_LINKS);
    for (path, of) in links {
        if of.includes.len() + of.constraints.len() > left {
            let message =
                format!("the repository's requirements include over {MAX_LINKS} files; no more is followed");
            findings.push(finding(path, 0, message, "include fewer files"));
            *of = Links::default();
        }
        left -= of.includes.len() + of.constraints.len();
    }
    findings
}

fn finding(path: &str, line: u32, message: String, remedy: &str) -> Finding {
    Finding { path: path.to_owned(), line, message, remedy: remedy.to_owned() }
}

fn constrain_all(reads: &mut BTreeMap<String, Read>, links: &BTreeMap<String, Links>) {
    let constrained = constrained(links);
    let only_constraints = only_constraints(links);
    let named: BTreeSet<&String> = constrained.values().flatten().collect();
    let pins: BTreeMap<&String, BTreeMap<Package, Pin>> =
        named.into_iter().filter_map(|path| Some((path, pins(reads.get(path)?)))).collect();
    for (path, read) in reads.iter_mut().filter(|(path, _)| links.contains_key(*path)) {
        if only_constraints.contains(path) {
            read.manifest.declared.iter_mut().for_each(|declared| declared.scope = Scope::Managed);
            continue;
        }
        let of = constrained.get(path).into_iter().flatten();
        constrain(read, &of.filter_map(|constraint| pins.get(constraint)).collect::<Vec<_>>());
    }
}

/// The files of constraints that hold for each file: its own, and those of the files that include it.
fn constrained(links: &BTreeMap<String, Links>) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (own, of) in links.iter().filter(|(_, of)| !of.constraints.is_empty()) {
        let all = of.constraints.iter().flat_map(|(path, _)| below(links, path)).take(MAX_CONSTRAINTS);
        let constraints: BTreeSet<String> = all.map(str::to_owned).collect();
        for path in below(links, own) {
            found.entry(path.to_owned()).or_default().extend(constraints.iter().cloned());
        }
    }
    found
}

/// A file and all that it includes.
fn below<'a>(links: &'a BTreeMap<String, Links>, path: &'a str) -> BTreeSet<&'a str> {
    let (mut open, mut seen) = (vec![path], BTreeSet::new());
    while let Some(path) = open.pop() {
        if seen.insert(path) {
            open.extend(
                links.get(path).into_iter().flat_map(|of| &of.includes).map(|(path, _)| path.as_str()),
            );
        }
    }
    seen
}

/// The files that are named as constraints and nowhere included.
fn only_constraints(links: &BTreeMap<String, Links>) -> BTreeSet<String> {
    let included: BTreeSet<&String> =
        links.values().flat_map(|of| &of.includes).map(|(path, _)| path).collect();
    let constraints = links.values().flat_map(|of| &of.constraints).map(|(path, _)| path);
    constraints.filter(|path| !included.contains(path)).cloned().collect()
}

/// A version that a constraint sets, and where.
struct Pin {
    version: String,
    set: Option<Place>,
    comment: Option<String>,
}

fn pins(read: &Read) -> BTreeMap<Package, Pin> {
    let declared = read.manifest.declared.iter().zip(&read.details).filter(|(_, detail)| !detail.marker);
    let pins = declared.filter_map(|(declared, _)| {
        let version = declared.version.known()?.to_owned();
        Some((
            declared.package.clone(),
            Pin { version, set: declared.set.clone(), comment: declared.comment.clone() },
        ))
    });
    pins.collect()
}

fn constrain(read: &mut Read, pins: &[&BTreeMap<Package, Pin>]) {
    for declared in read.manifest.declared.iter_mut().filter(|declared| declared.version.known().is_none()) {
        let found: Vec<&Pin> = pins.iter().filter_map(|pins| pins.get(&declared.package)).collect();
        let Some(first) = found.first() else { continue };
        if found.iter().any(|other| other.version != first.version) {
            let why = "its constraints name several versions".to_owned();
            declared.version = Version::Unknown(why);
            continue;
        }
        declared.version = Version::Known(first.version.clone());
        declared.through = Through::Managed;
        declared.set.clone_from(&first.set);
        declared.comment = declared.comment.take().or_else(|| first.comment.clone());
    }
}
