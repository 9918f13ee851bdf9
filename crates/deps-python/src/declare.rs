//! What one file declares, before lockfiles and constraints are looked at.

use std::ops::Range;

use fleetwright_package::{Declared, Ecosystem, Finding, Manifest, Package, Scope, Through, Version};

use crate::requirement::{self, Requirement, normal};
use crate::source::{Source, shown};
use crate::specifier;

/// The most dependencies one file may declare.
pub(crate) const MAX_DECLARED: usize = 100_000;

/// A manifest that was read.
pub(crate) struct Read {
    pub(crate) manifest: Manifest,
    /// What is not in the inventory, one for each that is declared.
    pub(crate) details: Vec<Detail>,
    /// Who writes its lockfile, where it says so.
    pub(crate) tool: Option<&'static str>,
    pub(crate) findings: Vec<Finding>,
    /// The extras it asks for: of which package, and which.
    pub(crate) extras: Vec<(String, String)>,
}

/// What decides whether a lockfile must hold a dependency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Detail {
    /// It is used in some environments only.
    pub(crate) marker: bool,
    /// It comes from an address, a folder or the workspace, so its specifiers do not choose it.
    pub(crate) elsewhere: bool,
}

impl Read {
    pub(crate) fn new(path: &str) -> Read {
        let manifest = Manifest {
            path: path.to_owned(),
            ecosystem: Ecosystem::PyPi,
            package: None,
            version: None,
            declared: Vec::new(),
        };
        Read { manifest, details: Vec::new(), tool: None, findings: Vec::new(), extras: Vec::new() }
    }

    /// Adds a requirement as PEP 508 writes it; a text that is none becomes a finding.
    pub(crate) fn add_text(&mut self, source: &mut Source<'_>, span: Range<usize>, scope: Scope) {
        let text = source.slice(&span);
        match requirement::read(text, span.start) {
            Some(requirement) => self.add(source, &requirement, scope),
            None => source.finding(
                source.line(span.start),
                format!("`{}` is no requirement", shown(text.trim())),
                "write it like `name>=1.2,<2`, as PEP 508 says",
            ),
        }
    }

    pub(crate) fn add(&mut self, source: &mut Source<'_>, requirement: &Requirement, scope: Scope) {
        let written = requirement.specifiers.clone().unwrap_or(requirement.name.end..requirement.name.end);
        let raw = source.slice(&written);
        // pip joins lines before it reads them.
        let specifiers = raw.replace("\\\r\n", "").replace("\\\n", "");
        let specifiers = specifiers.as_str();
        if !specifier::is_valid(specifiers) {
            let message = format!("`{}` is no range of versions", shown(specifiers));
            return source.finding(source.line(written.start), message, "write it like `>=1.2,<2`");
        }
        let address = requirement.address.clone().map(|span| source.slice(&span));
        let version = match address {
            Some(address) => from_address(address),
            None => unlocked(specifiers, false),
        };
        let set = requirement.specifiers.as_ref().map(|_| specifier::version_span(raw, written.start));
        let name = requirement.name.clone();
        let of = normal(source.slice(&name));
        self.extras.extend(requirement.extras.iter().map(|extra| (of.clone(), extra.clone())));
        let detail = Detail { marker: requirement.marker, elsewhere: address.is_some() };
        self.push(source, Named { name, set, requirement: specifiers, version, scope }, detail);
    }

    /// Adds what has a name, unless it is no name of a package.
    pub(crate) fn push(&mut self, source: &mut Source<'_>, named: Named<'_>, detail: Detail) {
        let line = source.line(named.name.start);
        if self.details.len() == MAX_DECLARED {
            let message = format!("it declares over {MAX_DECLARED} dependencies; the rest is not read");
            return source.finding(line, message, "split the file");
        }
        let package = match Package::new(Ecosystem::PyPi, source.slice(&named.name)) {
            Ok(package) => package,
            Err(why) => return source.finding(line, why.to_string(), "correct the name"),
        };
        let beside = named.set.as_ref().unwrap_or(&named.name);
        self.manifest.declared.push(Declared {
            package,
            requirement: named.requirement.trim().to_owned(),
            version: named.version,
            scope: named.scope,
            comment: source.comment(beside),
            place: source.place(named.name),
            set: named.set.map(|span| source.place(span)),
            through: Through::Inline,
            locked: None,
        });
        self.details.push(detail);
    }
}

/// A dependency and where its parts are written.
pub(crate) struct Named<'a> {
    pub(crate) name: Range<usize>,
    pub(crate) set: Option<Range<usize>>,
    pub(crate) requirement: &'a str,
    pub(crate) version: Version,
    pub(crate) scope: Scope,
}

/// The version where there is no lockfile; `bare` as for [`specifier::exact`].
pub(crate) fn unlocked(specifiers: &str, bare: bool) -> Version {
    match specifier::exact(specifiers, bare) {
        Some(version) => Version::Known(version.to_owned()),
        None if matches!(specifiers.trim(), "" | "*") => {
            Version::Unknown("any version is allowed and no lockfile says which".to_owned())
        }
        None => Version::Unknown(format!("`{}` is a range and no lockfile says which", shown(specifiers))),
    }
}

/// The version behind an address: a wheel's name tells it, nothing else does.
pub(crate) fn from_address(address: &str) -> Version {
    match wheel(address) {
        Some((_, version)) => Version::Known(version.to_owned()),
        None => Version::Unknown(format!(
            "it comes from `{}`, which does not say its version",
            shown(&without_user(address))
        )),
    }
}

/// An address without what stands before its host, which may be a password.
pub(crate) fn without_user(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    format!("{scheme}://{}/{path}", host.rsplit('@').next().unwrap_or(host))
}

/// The name and the version that a wheel's file name tells.
pub(crate) fn wheel(address: &str) -> Option<(&str, &str)> {
    let file = address.split(['#', '?']).next()?.rsplit('/').next()?.strip_suffix(".whl")?;
    let parts: Vec<&str> = file.split('-').collect();
    let version = parts.get(1).filter(|_| matches!(parts.len(), 5 | 6))?;
    fleetwright_package::is_version(Ecosystem::PyPi, version).then_some((*parts.first()?, *version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wheel_tells_its_version_and_an_archive_does_not() {
        let version = |address: &str| from_address(address).known().map(str::to_owned);
        assert_eq!(version("https://h/a_b-1.2.3-py3-none-any.whl#sha256=0").as_deref(), Some("1.2.3"));
        assert_eq!(version("https://h/a_b-1.2.3.tar.gz"), None);
        assert_eq!(version("git+https://h/a@v1.2"), None);
    }

    #[test]
    fn a_password_is_not_repeated() {
        let Version::Unknown(why) = from_address("git+https://me:secret@host/x@v1") else { panic!() };
        assert!(why.contains("https://host/x@v1") && !why.contains("secret"), "{why}");
    }
}
