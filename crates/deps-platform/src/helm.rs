//! Helm: charts that a chart depends on, what is locked of them, and the images in its values.

use std::ops::Range;

use fleetwright_package::{Ecosystem, Lock, Locked, LockedAt, Manifest, Package, Scope, Through, Version};
use fleetwright_package::{Range as Allowed, is_version};

use crate::image::version as of_tag;
use crate::source::{Named, Source, number, shown};
use crate::yaml::{Node, documents};

/// Reads a `Chart.yaml`, or the `requirements.yaml` of Helm 2.
pub(crate) fn chart(source: &mut Source<'_>) {
    for document in documents(source) {
        for one in document.get("dependencies").map(Node::elements).unwrap_or_default() {
            dependency(source, one);
        }
    }
}

fn dependency(source: &mut Source<'_>, one: &Node) {
    let Some(at) = one.get("name").and_then(Node::span) else { return };
    let name = full_name(one);
    let set = one.get("version").and_then(Node::span);
    let requirement = one.text("version").unwrap_or_default();
    let scope = if one.get("condition").is_some() { Scope::Optional } else { Scope::Runtime };
    let version = if one.text("repository").is_some_and(|repository| repository.starts_with("file:")) {
        Version::Unknown("it is a folder of this repository".to_owned())
    } else if is_version(Ecosystem::Helm, requirement) {
        Version::Known(requirement.to_owned())
    } else {
        Version::Unknown(format!("`{}` is a range and no lockfile says which", shown(requirement)))
    };
    let through = Through::Inline;
    source.declare(Named {
        ecosystem: Ecosystem::Helm,
        name: &name,
        requirement,
        version,
        scope,
        at,
        set,
        through,
    });
}

fn full_name(one: &Node) -> String {
    let name = one.text("name").unwrap_or_default();
    match one
        .text("repository")
        .filter(|repository| repository.contains("://") && !repository.starts_with("file:"))
    {
        Some(repository) => format!("{}/{name}", repository.trim_end_matches('/')),
        None => name.to_owned(),
    }
}

/// Reads a `Chart.lock`.
pub(crate) fn lock(source: &mut Source<'_>) -> Option<Lock> {
    let documents = documents(source);
    let dependencies = documents.iter().filter_map(|document| document.get("dependencies"));
    let packages = dependencies.flat_map(Node::elements).filter_map(|one| {
        let package = Package::new(Ecosystem::Helm, &full_name(one)).ok()?;
        let line = source.line(one.get("name")?.span()?.start);
        Some(Locked {
            package,
            version: one.text("version")?.to_owned(),
            line,
            own: false,
            needs: Vec::new(),
        })
    });
    let packages: Vec<Locked> = packages.collect();
    (!packages.is_empty()).then(|| Lock {
        path: source.path.to_owned(),
        ecosystem: Ecosystem::Helm,
        format: "Chart.lock".to_owned(),
        packages,
    })
}

/// Gives a chart's dependencies their entries in its lockfile; what does not fit is told.
pub(crate) fn join(manifest: &mut Manifest, (at, lock): (u32, &Lock)) -> Vec<String> {
    let mut wrong = Vec::new();
    for declared in &mut manifest.declared {
        let Some(entry) = lock.packages.iter().position(|locked| locked.package == declared.package) else {
            wrong.push(format!("it does not fit {}: {} is not in it", manifest.path, declared.package));
            continue;
        };
        let Some(locked) = lock.packages.get(entry) else { continue };
        let allowed = Allowed::parse(Ecosystem::Helm, &declared.requirement).ok();
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

/// Reads images in a chart's values: tables with a `repository` and a `tag`.
pub(crate) fn values(source: &mut Source<'_>) {
    for document in documents(source) {
        images(source, &document);
    }
}

fn images(source: &mut Source<'_>, node: &Node) {
    if let (Some(repository), Some(tag)) = (node.get("repository"), node.get("tag")) {
        image(source, node, (repository, tag));
    }
    node.entries().for_each(|(_, value)| images(source, value));
    node.elements().iter().for_each(|element| images(source, element));
}

fn image(source: &mut Source<'_>, node: &Node, (repository, tag): (&Node, &Node)) {
    let Some(at) = repository.span() else { return };
    let registry = node.text("registry").filter(|registry| !registry.is_empty());
    let path = repository.as_text().unwrap_or_default();
    let name = registry.map_or_else(|| path.to_owned(), |registry| format!("{registry}/{path}"));
    let written = tag.as_text().unwrap_or_default();
    let version = if written.is_empty() || matches!(written, "null" | "~") {
        Version::Unknown("no tag is written, which by custom means the chart's own appVersion".to_owned())
    } else {
        of_tag(Some(written), None)
    };
    // A digest beside it is what is pulled: another tag alone would change nothing.
    let digest =
        node.text("digest").filter(|digest| !digest.is_empty() && !matches!(&**digest, "null" | "~"));
    let set: Option<Range<usize>> = version.known().filter(|_| digest.is_none()).and_then(|_| tag.span());
    let (scope, through) = (Scope::Runtime, Through::Inline);
    source.declare(Named {
        ecosystem: Ecosystem::Image,
        name: &name,
        requirement: written,
        version,
        scope,
        at,
        set,
        through,
    });
}
