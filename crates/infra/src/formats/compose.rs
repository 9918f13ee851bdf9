//! Compose files: one resource per service.

use serde_json::Value;

use crate::declared::{Declared, DeclaredKind, Hints};
use crate::finding::{Finding, Severity};
use crate::formats::{folder, keys, one_or_more, scalar};
use crate::reading::Reading;
use crate::tree::{Key, Tree};

/// Adds the services of a Compose file. Says whether it is one.
pub(crate) fn declare(file: &str, tree: &Tree, reading: &mut Reading) -> bool {
    let known = ["services", "volumes", "networks", "include", "secrets", "configs"];
    if !known.iter().any(|key| tree.get(key).is_some()) || tree.get("apiVersion").is_some() {
        return false;
    }
    let project = tree.text_at(&["name"]).unwrap_or_else(|| folder(file)).to_owned();
    for (key, service) in tree.get("services").map_or(&[][..], Tree::rows) {
        if service.is_table() {
            reading.declared.push(self::service(file, &project, (key, service)));
        } else {
            let message = format!("the service `{}` is no mapping", key.text);
            let finding = Finding::of_file(file, Severity::Error, message, "give it an `image` or `build`");
            let finding = finding.at((key.line, key.column));
            reading
                .findings
                .push(Finding { key: format!("/services/{}", crate::tree::escape(&key.text)), ..finding });
        }
    }
    true
}

fn service(file: &str, project: &str, (key, tree): (&Key, &Tree)) -> Declared {
    let mut declared = Declared::new(DeclaredKind::Compose, "service", &key.text, file, tree);
    declared.line = key.line;
    declared.fact("project", project);
    if let Some(image) = tree.get("image") {
        declared.image(image);
    }
    let build = tree.get("build").and_then(|build| build.text().or_else(|| build.text_at(&["context"])));
    declared.fact("build", build);
    declared.fact("ports", ports(tree.get("ports")));
    for list in ["profiles", "volumes"] {
        declared.fact(list, one_or_more(tree.get(list)));
    }
    for needed in ["depends_on", "links"] {
        for name in names(tree.get(needed)) {
            // A link may rename: `db:database`.
            declared.needs(name.split(':').next().unwrap_or(&name));
        }
    }
    declared.fact("networks", names(tree.get("networks")));
    let extended = tree.get("extends");
    if let Some(name) = extended.and_then(|other| other.text().or_else(|| other.text_at(&["service"]))) {
        declared.fact("extends", name);
    }
    let labels = labels(tree.get("labels"));
    declared.hints = Hints::of(labels.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    declared
}

/// Names as a list, or as the keys of a mapping.
fn names(tree: Option<&Tree>) -> Vec<String> {
    let listed = one_or_more(tree);
    if listed.is_empty() { keys(tree) } else { listed }
}

/// `"8080:80"`, `8080`, or `{published: 8080, target: 80}` as one text.
fn ports(tree: Option<&Tree>) -> Vec<String> {
    let one = |port: &Tree| match scalar(Some(port)) {
        Value::String(text) => text,
        Value::Null => {
            let part = |key: &str| scalar(port.get(key)).to_string().trim_matches('"').to_owned();
            format!("{}:{}", part("published"), part("target"))
        }
        other => other.to_string(),
    };
    tree.map_or(&[][..], Tree::list).iter().map(one).collect()
}

/// Labels as a mapping, or as a list of `key=value`.
fn labels(tree: Option<&Tree>) -> Vec<(String, String)> {
    let pair = |text: &str| text.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
    let mut found: Vec<_> = one_or_more(tree).iter().filter_map(|text| pair(text)).collect();
    let rows = tree.map_or(&[][..], Tree::rows).iter();
    found.extend(rows.filter_map(|(key, value)| Some((key.text.clone(), value.text()?.to_owned()))));
    found
}
