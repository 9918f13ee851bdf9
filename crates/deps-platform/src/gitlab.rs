//! GitLab's pipelines: what they include, and the images they run in.

use fleetwright_package::{Ecosystem, Scope, Through, Version};

use crate::actions::of_reference;
use crate::image;
use crate::source::{Named, Source};
use crate::variable::Variables;
use crate::yaml::{Node, documents};

/// Reads a `.gitlab-ci.yml`.
pub(crate) fn read(source: &mut Source<'_>) {
    for document in documents(source) {
        let variables = variables(document.get("variables"));
        match document.get("include") {
            Some(Node::List(all)) => all.iter().for_each(|one| include(source, one)),
            Some(one) => include(source, one),
            None => {}
        }
        images(source, &document, &variables);
        for (key, part) in document.entries() {
            if !matches!(key, "variables" | "include" | "image" | "services") {
                images(source, part, &variables);
            }
        }
    }
}

fn variables(node: Option<&Node>) -> Variables {
    let entries = node.into_iter().flat_map(Node::entries);
    let texts = entries.filter_map(|(name, value)| {
        let value = value.get("value").unwrap_or(value);
        Some((name.to_owned(), (value.as_text()?.to_owned(), value.span().map(|span| span.start))))
    });
    texts.filter(|(_, (text, _))| !text.contains('$')).collect()
}

fn images(source: &mut Source<'_>, part: &Node, variables: &Variables) {
    let services = part.get("services").map(Node::elements).unwrap_or_default();
    for node in part.get("image").into_iter().chain(services) {
        if let Some(span) = node.span().or_else(|| node.get("name")?.span()) {
            image::declare(source, span, Scope::Build, variables);
        }
    }
}

fn include(source: &mut Source<'_>, one: &Node) {
    if let Some(component) = one.get("component").and_then(Node::span) {
        let text = source.slice(&component);
        let Some((name, version)) = text.rsplit_once('@') else { return };
        let set = component.start + name.len() + 1..component.end;
        let name = name.trim_start_matches("$CI_SERVER_FQDN/").trim_start_matches("${CI_SERVER_FQDN}/");
        let version = if version.starts_with('~') {
            Version::Unknown(format!("`{version}` is whichever is newest"))
        } else {
            of_reference(version)
        };
        let requirement = source.slice(&set);
        return declare(source, (name, requirement), version, (component, Some(set)));
    }
    let Some(project) = one.get("project").and_then(Node::span) else { return };
    let name = source.slice(&project);
    match one.get("ref").and_then(Node::span) {
        Some(set) => {
            let reference = source.slice(&set);
            declare(source, (name, reference), of_reference(reference), (project, Some(set)));
        }
        None => {
            let why = "no ref is written, which means the default branch, and that moves";
            declare(source, (name, ""), Version::Unknown(why.to_owned()), (project, None));
        }
    }
}

fn declare(
    source: &mut Source<'_>,
    (name, requirement): (&str, &str),
    version: Version,
    (at, set): (std::ops::Range<usize>, Option<std::ops::Range<usize>>),
) {
    let (scope, through) = (Scope::Build, Through::Inline);
    source.declare(Named {
        ecosystem: Ecosystem::GitLab,
        name,
        requirement,
        version,
        scope,
        at,
        set,
        through,
    });
}
