//! GitHub Actions: workflows and actions.

use serde_json::{Value, json};

use crate::declared::{Declared, DeclaredKind, Image};
use crate::finding::{Finding, Severity};
use crate::formats::{folder, keys, one_or_more, scalar};
use crate::reading::Reading;
use crate::tree::{Key, Tree, escape};

/// Adds the workflow of a file below `.github/workflows`. Says whether it is one.
pub(crate) fn workflow(file: &str, tree: &Tree, reading: &mut Reading) -> bool {
    let Some(jobs) = tree.get("jobs") else {
        let message = "this workflow has no `jobs`";
        let finding = Finding::of_file(file, Severity::Error, message, "add one, or move the file elsewhere");
        reading.findings.push(finding.at((tree.line, tree.column)));
        return true;
    };
    let stem = file.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or(file);
    let name = tree.text_at(&["name"]).unwrap_or(stem);
    let mut declared = Declared::new(DeclaredKind::GithubWorkflow, "workflow", name, file, tree);
    let on = tree.get("on");
    let events = one_or_more(on);
    declared.fact("on", if events.is_empty() { keys(on) } else { events });
    declared.fact("permissions", tree.get("permissions").map(Tree::value).unwrap_or_default());
    let mut uses = Vec::new();
    let rows = jobs.rows().iter().map(|row| job(row, &mut declared, &mut uses)).collect::<Vec<_>>();
    for (key, job) in jobs.rows() {
        // GitHub says the same of it, at the first run.
        let runs = ["runs-on", "uses"].iter().any(|needed| job.get(needed).is_some());
        if !runs {
            let message = format!("the job `{}` has neither `runs-on` nor `uses`", key.text);
            let finding = Finding::of_file(file, Severity::Error, message, "say what it runs on");
            let key_path = format!("/jobs/{}", escape(&key.text));
            reading.findings.push(Finding { key: key_path, ..finding.at((key.line, key.column)) });
        }
    }
    declared.fact("jobs", rows);
    declared.fact("uses", uses);
    reading.declared.push(declared);
    true
}

fn job((key, tree): &(Key, Tree), declared: &mut Declared, uses: &mut Vec<Value>) -> Value {
    used(tree, declared, uses);
    let container = tree.get("container");
    container.into_iter().for_each(|at| container_image(at, declared));
    for (_, service) in tree.get("services").map_or(&[][..], Tree::rows) {
        container_image(service, declared);
    }
    for step in tree.get("steps").map_or(&[][..], Tree::list) {
        used(step, declared, uses);
    }
    json!({
        "id": key.text,
        "name": scalar(tree.get("name")),
        "line": key.line,
        "runsOn": tree.get("runs-on").map(Tree::value),
        "needs": one_or_more(tree.get("needs")),
        "permissions": tree.get("permissions").map(Tree::value),
        "environment": tree.get("environment").map(Tree::value),
    })
}

/// `container: image` or `container: {image: image}`.
fn container_image(tree: &Tree, declared: &mut Declared) {
    declared.image(tree);
    tree.get("image").into_iter().for_each(|image| declared.image(image));
}

/// `uses: owner/repo@ref`, `./path` or `docker://image`, with its line.
fn used(tree: &Tree, declared: &mut Declared, uses: &mut Vec<Value>) {
    let Some(at) = tree.get("uses") else { return };
    let Some(name) = at.text() else { return };
    if let Some(image) = name.strip_prefix("docker://") {
        declared.images.push(Image { reference: image.to_owned(), line: at.line });
        return;
    }
    declared.needs(name.split('@').next().unwrap_or(name));
    let version = name.split_once('@').map(|(_, version)| version);
    uses.push(json!({ "uses": name.split('@').next(), "version": version, "line": at.line }));
}

/// Adds the action of an `action.yml`. Says whether it is one.
pub(crate) fn action(file: &str, tree: &Tree, reading: &mut Reading) -> bool {
    let Some(runs) = tree.get("runs").filter(|runs| runs.is_table()) else { return false };
    let name = tree.text_at(&["name"]).unwrap_or_else(|| folder(file));
    let mut declared = Declared::new(DeclaredKind::GithubWorkflow, "action", name, file, tree);
    declared.fact("using", scalar(runs.get("using")));
    declared.fact("inputs", keys(tree.get("inputs")));
    declared.fact("outputs", keys(tree.get("outputs")));
    if let Some(image) = runs.get("image") {
        if let Some(reference) = image.text().and_then(|text| text.strip_prefix("docker://")) {
            declared.images.push(Image { reference: reference.to_owned(), line: image.line });
        }
        declared.fact("image", scalar(Some(image)));
    }
    let mut uses = Vec::new();
    for step in runs.get("steps").map_or(&[][..], Tree::list) {
        used(step, &mut declared, &mut uses);
    }
    declared.fact("uses", uses);
    reading.declared.push(declared);
    true
}
