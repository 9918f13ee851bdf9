//! From the items of a project to what it declares.

use std::collections::BTreeMap;

use fleetwright_package::{
    Declared, Ecosystem, Finding, LockedAt, Manifest, Package, Place, Scope, Through, Version,
};

use super::evaluate::{Evaluated, File, Found, Parsed};
use super::lock::NugetLock;
use crate::agree::misfit;
use crate::limits::MAX_VERSIONS;
use crate::source::{Source, XML};
use crate::xml::Written;

/// A version that is written for a package, with the condition that it depends on.
#[derive(Debug, Clone)]
struct Candidate<'p, 'a> {
    written: &'p Written<'a>,
    file: &'p File<'a>,
    doubt: Option<String>,
    /// Whether it comes from central management and not from the reference.
    central: bool,
}

/// The lockfile of a project, and its position; `Err` when it could not be read.
pub(super) type LockOf<'l> = Option<Result<(u32, &'l NugetLock), ()>>;

/// What puts a project's items together.
pub(super) struct Project<'e, 'p, 'a> {
    evaluated: &'e Evaluated<'p, 'a>,
    parsed: &'p Parsed<'a>,
    /// The central versions, by name in lower case.
    central: BTreeMap<String, Vec<Candidate<'p, 'a>>>,
    is_central: bool,
    is_test: bool,
}

/// The bytes of a text that is a version and nothing else.
pub(super) fn set_at(source: &Source<'_>, written: &Written<'_>) -> Option<Place> {
    (source.text.get(written.span.clone()) == Some(&*written.text))
        .then(|| source.place(written.span.clone()))
}

impl<'e, 'p, 'a> Project<'e, 'p, 'a> {
    pub(super) fn new(evaluated: &'e Evaluated<'p, 'a>, parsed: &'p Parsed<'a>) -> Project<'e, 'p, 'a> {
        let is_true = |name: &str| {
            evaluated.properties.get(name).is_some_and(|property| property.text.eq_ignore_ascii_case("true"))
        };
        let mut project = Project {
            evaluated,
            parsed,
            central: BTreeMap::new(),
            is_central: is_true("ManagePackageVersionsCentrally"),
            is_test: is_true("IsTestProject"),
        };
        for found in evaluated.items.iter().filter(|found| found.element.name == "PackageVersion") {
            let versions = project.central.entry(found.name.to_lowercase()).or_default();
            let Some(written) = found.element.field("Version") else { continue };
            if found.doubt.is_none() && found.element.attribute("Update").is_some() {
                versions.clear();
            }
            versions.push(Candidate { written, file: found.file, doubt: found.doubt.clone(), central: true });
        }
        let references = || evaluated.items.iter().filter(|found| found.element.name == "PackageReference");
        project.is_test |=
            references().any(|found| found.name.eq_ignore_ascii_case("Microsoft.NET.Test.Sdk"));
        project
    }

    /// What Directory.Packages.props sets for its projects.
    pub(super) fn managed(&self, findings: &mut Vec<Finding>) -> Vec<Declared> {
        let mut all = Vec::new();
        for found in &self.evaluated.items {
            let scope = match found.element.name.as_str() {
                "PackageVersion" => Scope::Managed,
                "GlobalPackageReference" => Scope::Build,
                _ => continue,
            };
            let Some(written) = found.element.field("Version") else { continue };
            let candidate =
                Candidate { written, file: found.file, doubt: found.doubt.clone(), central: false };
            let declared = self.declared(found, Some(&candidate), findings);
            all.extend(declared.map(|declared| Declared { scope, ..declared }));
        }
        all
    }

    /// What a project references.
    pub(super) fn references(&self, lock: LockOf<'_>, findings: &mut Vec<Finding>) -> Vec<Declared> {
        let mut all: Vec<Declared> = Vec::new();
        for found in self.evaluated.items.iter().filter(|found| found.element.name == "PackageReference") {
            if found.element.attribute("Remove").is_some() {
                let name = found.name.to_lowercase();
                all.retain(|known| found.doubt.is_some() || known.package.name() != name);
                continue;
            }
            if found.element.attribute("Update").is_some() {
                self.update(&mut all, found, findings);
                continue;
            }
            let mut candidates = self.candidates(found);
            if candidates.len() > MAX_VERSIONS {
                let message = format!(
                    "`{}` has over {MAX_VERSIONS} versions under conditions; the rest is left out",
                    found.name
                );
                let line = found.file.source.line(found.element.tag.start);
                findings.push(found.file.source.finding(line, message, "use fewer conditions"));
                candidates.truncate(MAX_VERSIONS);
            }
            let none = candidates.is_empty().then(|| self.declared(found, None, findings)).flatten();
            all.extend(none);
            all.extend(
                candidates.iter().filter_map(|candidate| self.declared(found, Some(candidate), findings)),
            );
        }
        all.into_iter().map(|declared| resolved(declared, lock, findings)).collect()
    }

    /// `<PackageReference Update="…">`: another version for what was referenced before.
    fn update(&self, all: &mut Vec<Declared>, found: &Found<'p, 'a>, findings: &mut Vec<Finding>) {
        let Some(written) = found.element.field("VersionOverride").or_else(|| found.element.field("Version"))
        else {
            return;
        };
        let candidate = Candidate { written, file: found.file, doubt: found.doubt.clone(), central: true };
        let Some(new) = self.declared(found, Some(&candidate), findings) else { return };
        let mut same = all.iter_mut().filter(|known| known.package == new.package);
        let Some(first) = same.next() else { return };
        let (place, scope) = (first.place.clone(), first.scope);
        let new = Declared { place, scope, ..new };
        if found.doubt.is_none() {
            *first = new;
        } else if *first != new {
            all.push(new);
        }
    }

    /// The versions that may hold for a reference: its own, or the central ones.
    fn candidates(&self, found: &Found<'p, 'a>) -> Vec<Candidate<'p, 'a>> {
        let own = found.element.field(if self.is_central { "VersionOverride" } else { "Version" });
        let own = own.or_else(|| found.element.field("Version"));
        let doubt = found.doubt.clone();
        if let Some(written) = own {
            return vec![Candidate { written, file: found.file, doubt, central: false }];
        }
        if !self.is_central {
            return Vec::new();
        }
        let central = self.central.get(&found.name.to_lowercase()).into_iter().flatten();
        let both = |candidate: &Candidate<'p, 'a>| {
            let doubts: Vec<&str> =
                [&doubt, &candidate.doubt].into_iter().flatten().map(String::as_str).collect();
            let doubt = (!doubts.is_empty()).then(|| doubts.join(" and "));
            Candidate { doubt, ..candidate.clone() }
        };
        central.map(both).collect()
    }

    fn declared(
        &self,
        found: &Found<'p, 'a>,
        candidate: Option<&Candidate<'p, 'a>>,
        findings: &mut Vec<Finding>,
    ) -> Option<Declared> {
        let source = &found.file.source;
        let line = source.line(found.element.tag.start);
        let package = match Package::new(Ecosystem::NuGet, &found.name) {
            Ok(package) => package,
            Err(error) => {
                findings.push(source.finding(line, error.to_string(), "correct the name"));
                return None;
            }
        };
        let private = found
            .element
            .field("PrivateAssets")
            .is_some_and(|assets| assets.text.eq_ignore_ascii_case("all"));
        let scope = match (private, self.is_test) {
            (true, _) => Scope::Build,
            (_, true) => Scope::Development,
            _ => Scope::Runtime,
        };
        let named = ["Include", "Update"].iter().find_map(|name| found.element.attribute(name));
        let span = named.map_or_else(|| found.element.tag.clone(), |named| named.span.clone());
        let mut declared = Declared {
            package,
            requirement: String::new(),
            version: Version::Unknown("no version is written for it here".to_owned()),
            scope,
            place: source.place(span),
            set: None,
            through: Through::Unknown,
            locked: None,
            comment: None,
        };
        let doubt = candidate.map_or(&found.doubt, |candidate| &candidate.doubt);
        let mut only_if: Vec<String> = doubt.iter().cloned().collect();
        if let Some(candidate) = candidate {
            self.put_version(&mut declared, candidate, &mut only_if);
        }
        let only = (!only_if.is_empty()).then(|| format!("only if {}", only_if.join(" and ")));
        let beside = candidate.map_or(source, |candidate| &candidate.file.source);
        let span = candidate.map_or(&found.element.tag, |candidate| &candidate.written.span);
        let comment = beside.comment(span, XML);
        declared.comment = [only, comment].into_iter().flatten().reduce(|all, one| format!("{all}; {one}"));
        Some(declared)
    }

    /// Puts in the version that is written, or the property that it comes from.
    fn put_version(&self, declared: &mut Declared, candidate: &Candidate<'p, 'a>, only_if: &mut Vec<String>) {
        let (written, source) = (candidate.written, &candidate.file.source);
        declared.through = if candidate.central { Through::Managed } else { Through::Inline };
        let property = written.text.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')'));
        match self.evaluated.properties.expand(&written.text, self.evaluated.here(candidate.file)) {
            Ok(expanded) => {
                declared.version = without_lock(&expanded.text);
                declared.requirement = expanded.text;
                only_if.extend(expanded.only_if);
            }
            Err(unclear) => declared.version = Version::Unknown(unclear.words()),
        }
        let Some(name) = property.filter(|name| !name.contains("$(")) else {
            declared.set = set_at(source, written).filter(|_| !written.text.contains("$("));
            return;
        };
        declared.through = Through::Property(name.to_owned());
        let at = self.evaluated.properties.get(name).and_then(|property| property.written.as_ref());
        declared.set = at.and_then(|at| {
            let source = &self.parsed.get(at.path.as_str())?.source;
            (source.text.get(at.span.clone()) == Some(&declared.requirement))
                .then(|| source.place(at.span.clone()))
        });
    }
}

/// The version that NuGet takes without a lockfile: of `1.2.3` exactly that, as it takes the lowest that is
/// allowed and a direct reference wins.
fn without_lock(requirement: &str) -> Version {
    let text = requirement.trim();
    let exact = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text).trim();
    let is_version = exact.starts_with(|char: char| char.is_ascii_digit())
        && exact.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '+'));
    if is_version {
        return Version::Known(exact.to_owned());
    }
    Version::Unknown(format!("`{text}` and no packages.lock.json says which"))
}

/// The declaration with what the lockfile says.
fn resolved(mut declared: Declared, lock: LockOf<'_>, findings: &mut Vec<Finding>) -> Declared {
    let (at, lock) = match lock {
        None => return declared,
        Some(Err(())) => {
            declared.version = Version::Unknown("packages.lock.json could not be read".to_owned());
            return declared;
        }
        Some(Ok(lock)) => lock,
    };
    let name = declared.package.name().to_owned();
    let direct = lock.direct.get(&name).map_or(&[][..], Vec::as_slice);
    let wanted = as_requested(&declared.requirement);
    let fitting: Vec<_> = direct.iter().filter(|(requested, _)| as_requested(requested) == wanted).collect();
    let mut positions: Vec<u32> = if wanted.is_empty() {
        direct.iter().map(|one| one.1).collect()
    } else {
        fitting.iter().map(|one| one.1).collect()
    };
    positions.sort_unstable();
    positions.dedup();
    let conditional = declared.comment.as_ref().is_some_and(|comment| comment.starts_with("only if"));
    match (&positions[..], direct.first()) {
        ([package], _) => {
            if let Some(locked) = lock.lock.packages.get(*package as usize) {
                declared.version = Version::Known(locked.version.clone());
                declared.locked = Some(LockedAt { lock: at, package: *package });
                if let Some(why) = misfit(Ecosystem::NuGet, &name, &declared.requirement, &locked.version) {
                    findings.push(does_not_fit(&declared, format!("packages.lock.json does not fit: {why}")));
                }
            }
        }
        ([], other) if !conditional && !wanted.is_empty() => {
            let has = other
                .map_or_else(|| "does not have it".to_owned(), |other| format!("was made for {}", other.0));
            let message = format!(
                "packages.lock.json does not fit: `{name}` {}, and the lockfile {has}",
                declared.requirement
            );
            findings.push(does_not_fit(&declared, message.clone()));
            declared.version = Version::Unknown(message);
        }
        ([], _) => {}
        _ => {
            declared.version =
                Version::Unknown("packages.lock.json has several versions, for several frameworks".to_owned())
        }
    }
    declared
}

fn does_not_fit(declared: &Declared, message: String) -> Finding {
    Finding {
        path: declared.place.path.clone(),
        line: declared.place.line,
        message,
        remedy: "run `dotnet restore --force-evaluate` and commit the lockfile".to_owned(),
    }
}

/// A requirement in the form of lockfiles: `1.2` is `[1.2.0, )`.
fn as_requested(requirement: &str) -> String {
    let text: String = requirement.chars().filter(|char| !char.is_whitespace()).collect();
    let Some(lowest) = text
        .strip_suffix(",)")
        .map(|text| text.trim_start_matches('['))
        .or((!text.starts_with(['[', '('])).then_some(text.as_str()))
    else {
        return text.to_lowercase();
    };
    let (number, rest) = lowest.find(['-', '+']).map_or((lowest, ""), |at| lowest.split_at(at));
    let mut parts: Vec<&str> = number
        .split('.')
        .map(|part| if part.trim_start_matches('0').is_empty() { "0" } else { part.trim_start_matches('0') })
        .collect();
    while parts.len() < 3 && !number.is_empty() && !number.contains('*') {
        parts.push("0");
    }
    if parts.len() == 4 && parts.last() == Some(&"0") {
        parts.pop();
    }
    let rest = rest.split('+').next().unwrap_or("");
    if number.is_empty() { String::new() } else { format!("{}{rest}", parts.join(".")).to_lowercase() }
}

/// What a project is itself published as.
pub(super) fn own(evaluated: &Evaluated<'_, '_>, path: &str) -> (Option<Package>, Option<Version>) {
    let text = |name: &str| {
        evaluated
            .properties
            .get(name)
            .filter(|property| property.doubt.is_none() && !property.text.is_empty())
            .map(|property| property.text.clone())
    };
    let file = crate::paths::file_name(path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned();
    let name = text("PackageId").or_else(|| text("AssemblyName")).unwrap_or(stem);
    let version = text("PackageVersion").or_else(|| text("Version")).or_else(|| text("VersionPrefix"));
    let version =
        version.map_or_else(|| Version::Unknown("the project sets no version".to_owned()), Version::Known);
    let package = Package::new(Ecosystem::NuGet, &name).ok();
    let version = package.is_some().then_some(version);
    (package, version)
}

/// A manifest of a file that was evaluated.
pub(super) fn manifest(
    path: &str,
    (package, version): (Option<Package>, Option<Version>),
    declared: Vec<Declared>,
) -> Manifest {
    Manifest { path: path.to_owned(), ecosystem: Ecosystem::NuGet, package, version, declared }
}
