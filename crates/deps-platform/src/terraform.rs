//! Terraform: providers that are required, modules that are called, and the lockfile of providers.

use std::ops::Range;

use fleetwright_package::{Ecosystem, Lock, Locked, LockedAt, Manifest, Package, Scope, Through, Version};
use fleetwright_package::{Range as Allowed, is_version};
use hcl_edit::Span;
use hcl_edit::expr::{Expression, Object, ObjectKey};
use hcl_edit::structure::{Block, Body};

use crate::actions::of_reference;
use crate::source::{Named, Source, number, shown};

/// The registry that a source without a host means.
const REGISTRY: &str = "registry.terraform.io/";

/// Reads a `.tf` file.
pub(crate) fn read(source: &mut Source<'_>) {
    let Some(body) = parse(source) else { return };
    for block in body.blocks() {
        match block.ident.as_str() {
            "terraform" => {
                for required in block.body.get_blocks("required_providers") {
                    providers(source, &required.body);
                }
            }
            "module" => module(source, block),
            _ => {}
        }
    }
}

fn parse(source: &mut Source<'_>) -> Option<Body> {
    match hcl_edit::parser::parse_body(source.text) {
        Ok(body) => Some(body),
        Err(error) => {
            let line = number(error.location().line());
            source.finding(line, format!("it is no HCL: {}", shown(error.message())), "correct the line");
            None
        }
    }
}

/// A text with the bytes within its quotes.
fn text(source: &Source<'_>, expression: &Expression) -> Option<(String, Range<usize>)> {
    let text = expression.as_str()?;
    let span = expression.span()?;
    let raw = source.slice(&span);
    let start = span.start + raw.find(text).filter(|_| !text.is_empty())?;
    Some((text.to_owned(), start..start + text.len()))
}

fn attribute(source: &Source<'_>, body: &Body, key: &str) -> Option<(String, Range<usize>)> {
    text(source, &body.get_attribute(key)?.value)
}

fn providers(source: &mut Source<'_>, body: &Body) {
    for attribute in body.attributes() {
        let name = attribute.key.as_str();
        let at = attribute.key.span().unwrap_or_default();
        match &attribute.value {
            Expression::Object(object) => {
                let address = member(source, object, "source").map(|(address, _)| address);
                let version = member(source, object, "version");
                provider(source, (&address.unwrap_or_else(|| format!("hashicorp/{name}")), at), version);
            }
            // The form of Terraform 0.12.
            value => {
                let version = text(source, value);
                provider(source, (&format!("hashicorp/{name}"), at), version);
            }
        }
    }
}

fn member(source: &Source<'_>, object: &Object, key: &str) -> Option<(String, Range<usize>)> {
    let found = object.iter().find(|(name, _)| match name {
        ObjectKey::Ident(name) => name.as_str() == key,
        ObjectKey::Expression(name) => name.as_str() == Some(key),
    });
    text(source, found?.1.expr())
}

fn provider(
    source: &mut Source<'_>,
    (address, at): (&str, Range<usize>),
    version: Option<(String, Range<usize>)>,
) {
    let name = address.strip_prefix(REGISTRY).unwrap_or(address).to_lowercase();
    registry(source, (&name, at), version);
}

/// Declares what a registry holds; the place is the version of a single comparison, or all of several.
fn registry(
    source: &mut Source<'_>,
    (name, at): (&str, Range<usize>),
    version: Option<(String, Range<usize>)>,
) {
    let (requirement, span) =
        version.map_or_else(|| (String::new(), None), |(text, span)| (text, Some(span)));
    let operator = requirement.len() - requirement.trim_start_matches(['=', '~', '>', '<', '!', ' ']).len();
    let single = !requirement.contains(',');
    let set = span.map(|span| if single { span.start + operator..span.end } else { span });
    let bare = requirement.trim().trim_start_matches('=').trim();
    let version = if is_version(Ecosystem::Terraform, bare) {
        Version::Known(bare.to_owned())
    } else if requirement.is_empty() {
        Version::Unknown("any version is allowed and no lockfile says which".to_owned())
    } else {
        Version::Unknown(format!("`{}` is a range and no lockfile says which", shown(&requirement)))
    };
    let (ecosystem, scope, through) = (Ecosystem::Terraform, Scope::Runtime, Through::Inline);
    source.declare(Named { ecosystem, name, requirement: &requirement, version, scope, at, set, through });
}

fn module(source: &mut Source<'_>, block: &Block) {
    let Some((address, at)) = attribute(source, &block.body, "source") else { return };
    if address.starts_with("./") || address.starts_with("../") || address.starts_with('/') {
        return; // A folder, whose own files are read.
    }
    let remote = address.contains("::")
        || address.contains("://")
        || address.contains("?ref=")
        || address.starts_with("git@");
    if !remote && !address.starts_with("github.com/") && !address.starts_with("bitbucket.org/") {
        let version = attribute(source, &block.body, "version");
        let (name, inner) =
            address.split_once("//").map_or((address.as_str(), ""), |(name, inner)| (name, inner));
        let full = if inner.is_empty() { name.to_owned() } else { address.clone() };
        return registry(source, (full.strip_prefix(REGISTRY).unwrap_or(&full), at), version);
    }
    let (name, reference) = match address.find("ref=") {
        Some(found) => {
            let start = found + "ref=".len();
            let length = address.get(start..).and_then(|rest| rest.find('&'));
            let end = length.map_or(address.len(), |length| start + length);
            (address.split('?').next().unwrap_or_default(), Some(start..end))
        }
        None => (address.as_str(), None),
    };
    let requirement = reference.clone().and_then(|span| address.get(span)).unwrap_or_default();
    let moves = "no ref is written, which means the default branch, and that moves";
    let version =
        if requirement.is_empty() { Version::Unknown(moves.to_owned()) } else { of_reference(requirement) };
    let set =
        reference.filter(|span| !span.is_empty()).map(|span| at.start + span.start..at.start + span.end);
    let (ecosystem, scope, through) = (Ecosystem::Terraform, Scope::Runtime, Through::Inline);
    source.declare(Named { ecosystem, name, requirement, version, scope, at, set, through });
}

/// Reads a `.terraform.lock.hcl`.
pub(crate) fn lock(source: &mut Source<'_>) -> Option<Lock> {
    let body = parse(source)?;
    let packages = body.blocks().filter(|block| block.ident.as_str() == "provider").filter_map(|block| {
        let address = block.labels.first()?.as_str();
        let package =
            Package::new(Ecosystem::Terraform, address.strip_prefix(REGISTRY).unwrap_or(address)).ok()?;
        let (version, _) = attribute(source, &block.body, "version")?;
        let line = source.line(block.span().unwrap_or_default().start);
        Some(Locked { package, version, line, own: false, needs: Vec::new() })
    });
    let packages = packages.collect();
    let format = ".terraform.lock.hcl".to_owned();
    Some(Lock { path: source.path.to_owned(), ecosystem: Ecosystem::Terraform, format, packages })
}

/// Gives providers their entries in the lockfile beside them; what does not fit is told.
pub(crate) fn join(manifest: &mut Manifest, (at, lock): (u32, &Lock)) -> Vec<String> {
    let mut wrong = Vec::new();
    for declared in &mut manifest.declared {
        // Modules are not locked, and are not in it.
        let Some(entry) = lock.packages.iter().position(|locked| locked.package == declared.package) else {
            continue;
        };
        let Some(locked) = lock.packages.get(entry) else { continue };
        let allowed = Allowed::parse(Ecosystem::Terraform, &declared.requirement).ok();
        if allowed.and_then(|range| range.contains(&locked.version)) == Some(false) {
            let (package, asked, held) = (&declared.package, &declared.requirement, &locked.version);
            wrong.push(format!(
                "it does not fit {}: that asks for {package} `{asked}`, this holds {held}",
                manifest.path
            ));
            continue;
        }
        declared.version = Version::Known(locked.version.clone());
        declared.locked = Some(LockedAt { lock: at, package: number(entry) });
    }
    wrong
}
