//! GitHub's workflows and composite actions: the actions, workflows and images they use.

use std::ops::Range;

use fleetwright_package::{Ecosystem, Scope, Through, Version};

use crate::image;
use crate::source::{Named, Source, shown};
use crate::variable::Variables;
use crate::yaml::{Node, documents};

/// Reads a workflow.
pub(crate) fn workflow(source: &mut Source<'_>) {
    for document in documents(source) {
        for (_, work) in document.get("jobs").into_iter().flat_map(Node::entries) {
            uses(source, work);
            steps(source, work);
            container(source, work.get("container"));
            for (_, service) in work.get("services").into_iter().flat_map(Node::entries) {
                container(source, Some(service));
            }
        }
    }
}

/// Reads an `action.yml`.
pub(crate) fn action(source: &mut Source<'_>) {
    for document in documents(source) {
        let Some(runs) = document.get("runs") else { continue };
        steps(source, runs);
        let span = runs.get("image").and_then(Node::span);
        if let Some(span) = span.and_then(|span| docker(source, &span)) {
            image::declare(source, span, Scope::Runtime, &Variables::new());
        }
    }
}

fn steps(source: &mut Source<'_>, of: &Node) {
    let steps = of.get("steps").map(Node::elements).unwrap_or_default();
    steps.iter().for_each(|step| uses(source, step));
}

fn container(source: &mut Source<'_>, node: Option<&Node>) {
    let span = node.and_then(|node| node.span().or_else(|| node.get("image")?.span()));
    // An expression is told when the workflow runs.
    if let Some(span) = span.filter(|span| !source.slice(span).contains("${{")) {
        image::declare(source, span, Scope::Build, &Variables::new());
    }
}

/// The image of `docker://image`.
fn docker(source: &Source<'_>, span: &Range<usize>) -> Option<Range<usize>> {
    let scheme = source.slice(span).strip_prefix("docker://").map(|_| "docker://".len())?;
    Some(span.start + scheme..span.end)
}

fn uses(source: &mut Source<'_>, of: &Node) {
    let Some(span) = of.get("uses").and_then(Node::span) else { return };
    let text = source.slice(&span);
    if let Some(span) = docker(source, &span) {
        return image::declare(source, span, Scope::Build, &Variables::new());
    }
    if text.starts_with("./") || text.starts_with("$/") {
        return; // A part of this repository.
    }
    let Some((name, reference)) = text.split_once('@').filter(|(name, _)| name.contains('/')) else {
        let message = format!("`{}` is no action: it names no repository and reference", shown(text));
        return source.finding(source.line(span.start), message, "write it like `owner/repository@v1`");
    };
    let set = span.start + name.len() + 1..span.end;
    source.declare(Named {
        ecosystem: Ecosystem::Actions,
        name,
        requirement: reference,
        version: of_reference(reference),
        scope: Scope::Build,
        at: span,
        set: Some(set),
        through: Through::Inline,
    });
}

/// What a reference of git tells: a commit or a tag that is a version; a branch moves.
pub(crate) fn of_reference(reference: &str) -> Version {
    let commit = reference.len() == 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = reference.rsplit('/').next().unwrap_or(reference).trim_start_matches('v');
    if commit || number.starts_with(|char: char| char.is_ascii_digit()) {
        return Version::Known(reference.to_owned());
    }
    Version::Unknown(format!("`{}` is a branch, or a tag that moves", shown(reference)))
}
