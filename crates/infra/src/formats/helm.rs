//! Helm: charts and values. Templates are not YAML before values are filled in; they are not read.

use serde_json::{Value, json};

use crate::declared::{Declared, DeclaredKind, Image};
use crate::formats::{folder, keys, scalar, texts};
use crate::reading::Reading;
use crate::tree::Tree;

/// The deepest that images are looked for in values.
const MAX_LEVELS: usize = 20;

/// Adds the chart of a `Chart.yaml`. Says whether it is one.
pub(crate) fn chart(file: &str, tree: &Tree, reading: &mut Reading) -> bool {
    let Some(name) = tree.text_at(&["name"]) else { return false };
    if tree.text_at(&["kind"]).is_some() || tree.get("apiVersion").is_none() {
        return false;
    }
    let mut declared = Declared::new(DeclaredKind::HelmChart, "chart", name, file, tree);
    declared.api_version = tree.text_at(&["apiVersion"]).unwrap_or_default().to_owned();
    for key in ["version", "appVersion", "type", "description", "kubeVersion", "deprecated"] {
        declared.fact(key, scalar(tree.get(key)));
    }
    declared.fact("keywords", texts(tree.get("keywords")));
    let maintainers = tree.get("maintainers").map_or(&[][..], Tree::list);
    declared.fact("maintainers", maintainers.iter().map(|who| scalar(who.get("name"))).collect::<Vec<_>>());
    let mut dependencies = Vec::new();
    for each in tree.get("dependencies").map_or(&[][..], Tree::list) {
        if let Some(name) = each.text_at(&["name"]) {
            declared.needs(format!("chart/{name}"));
        }
        let key = |key: &str| scalar(each.get(key));
        dependencies.push(json!({
            "name": key("name"), "version": key("version"), "repository": key("repository"), "line": each.line,
        }));
    }
    declared.fact("dependencies", dependencies);
    reading.declared.push(declared);
    true
}

/// Adds the values of a `values.yaml`. Values may hold anything, so nothing in them is wrong.
pub(crate) fn values(file: &str, tree: &Tree, reading: &mut Reading) -> bool {
    if !tree.is_table() || (tree.get("apiVersion").is_some() && tree.get("kind").is_some()) {
        return false;
    }
    let stem =
        file.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("values", |(stem, _)| stem);
    let name = match stem {
        "values" => folder(file).to_owned(),
        // `values-prod`, or one of the values a chart is tried with.
        stem => format!("{}/{stem}", folder(file)),
    };
    let mut declared = Declared::new(DeclaredKind::HelmValues, "values", &name, file, tree);
    images(tree, &mut declared, MAX_LEVELS);
    declared.fact("keys", keys(Some(tree)));
    declared.fact("replicaCount", scalar(tree.get("replicaCount")));
    reading.declared.push(declared);
    true
}

/// `image: name:tag`, and `image: {registry, repository, tag}` at any depth.
fn images(tree: &Tree, declared: &mut Declared, levels: usize) {
    let Some(below) = levels.checked_sub(1) else { return };
    for (key, value) in tree.rows() {
        if key.text.ends_with("mage") {
            image(value, declared);
        }
        images(value, declared, below);
    }
    for value in tree.list() {
        images(value, declared, below);
    }
}

fn image(tree: &Tree, declared: &mut Declared) {
    // A text may be a name of something else, such as a flag's; an image has a path or a tag.
    if tree.text().is_some_and(|text| text.contains(['/', ':']) && !text.contains(char::is_whitespace)) {
        return declared.image(tree);
    }
    let Some((_, repository)) = tree.row("repository").or_else(|| tree.row("name")) else { return };
    let Some(name) = repository.text().filter(|name| !name.is_empty()) else { return };
    let part = |key: &str| match scalar(tree.get(key)) {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let mut reference = name.to_owned();
    let (registry, tag, digest) = (part("registry"), part("tag"), part("digest"));
    if !registry.is_empty() {
        reference = format!("{registry}/{reference}");
    }
    if !tag.is_empty() {
        reference.push_str(&format!(":{tag}"));
    }
    if !digest.is_empty() {
        reference.push_str(&format!("@{digest}"));
    }
    declared.images.push(Image { reference, line: repository.line });
}
