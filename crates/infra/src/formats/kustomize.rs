//! Kustomize: `kustomization.yaml`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::declared::{Declared, DeclaredKind, Hints, Image};
use crate::formats::{folder, scalar, texts};
use crate::reading::Reading;
use crate::tree::Tree;

/// Keys that list files, folders or addresses this one is built from.
const SOURCES: [&str; 6] = ["resources", "bases", "components", "crds", "generators", "transformers"];

/// Adds a kustomization. Says whether it is one.
pub(crate) fn declare(file: &str, tree: &Tree, reading: &mut Reading) -> bool {
    let kind = tree.text_at(&["kind"]);
    if !tree.is_table() || kind.is_some_and(|kind| kind != "Kustomization" && kind != "Component") {
        return false;
    }
    // Flux has a kind of the same name that is an object of a cluster.
    if tree.text_at(&["apiVersion"]).is_some_and(|version| !version.starts_with("kustomize.config.k8s.io/")) {
        return false;
    }
    let type_name = kind.unwrap_or("Kustomization");
    let mut declared = Declared::new(DeclaredKind::Kustomize, type_name, folder(file), file, tree);
    declared.api_version = tree.text_at(&["apiVersion"]).unwrap_or_default().to_owned();
    declared.namespace = tree.text_at(&["namespace"]).map(str::to_owned);
    for source in SOURCES {
        let sources = texts(tree.get(source));
        sources.iter().for_each(|source| declared.needs(source.as_str()));
        declared.fact(source, sources);
    }
    for key in ["namePrefix", "nameSuffix"] {
        declared.fact(key, scalar(tree.get(key)));
    }
    let labels = ["commonLabels", "commonAnnotations"].iter().filter_map(|key| tree.get(key));
    let pairs = tree.get("labels").map_or(&[][..], Tree::list).iter().filter_map(|each| each.get("pairs"));
    let rows = labels.chain(pairs).flat_map(Tree::rows);
    declared.hints = Hints::of(rows.filter_map(|(key, value)| Some((key.text.as_str(), value.text()?))));
    images(tree, &mut declared);
    declared.fact("patches", patches(tree));
    for generator in ["configMapGenerator", "secretGenerator", "helmCharts"] {
        let names = tree.get(generator).map_or(&[][..], Tree::list).iter();
        declared.fact(generator, names.map(|each| scalar(each.get("name"))).collect::<Vec<_>>());
    }
    reading.declared.push(declared);
    true
}

/// The files that kustomizations name as patches. What stands in them looks like objects and is only
/// parts of some: leave it out of what is validated and compared.
pub fn patch_files(declared: &[Declared]) -> BTreeSet<String> {
    let kustomizations = declared.iter().filter(|each| each.kind == DeclaredKind::Kustomize);
    let paths = kustomizations.flat_map(|each| {
        let patches = each.facts.get("patches").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        patches.iter().filter_map(|patch| joined(&each.file, patch.get("path")?.as_str()?))
    });
    paths.collect()
}

/// A path written in a file as a path of the repository; `None` when it leads out of it.
fn joined(file: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn images(tree: &Tree, declared: &mut Declared) {
    for each in tree.get("images").map_or(&[][..], Tree::list) {
        let part = |key: &str| match scalar(each.get(key)) {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        };
        let Some(name) = part("newName").or_else(|| part("name")) else { continue };
        let tag = part("newTag").map(|tag| format!(":{tag}")).unwrap_or_default();
        let digest = part("digest").map(|digest| format!("@{digest}")).unwrap_or_default();
        declared.images.push(Image { reference: format!("{name}{tag}{digest}"), line: each.line });
    }
}

/// What is patched: the file or inline text of each patch, and its target.
fn patches(tree: &Tree) -> Vec<Value> {
    let mut found = Vec::new();
    for key in ["patches", "patchesStrategicMerge", "patchesJson6902"] {
        for each in tree.get(key).map_or(&[][..], Tree::list) {
            let inline = each.get("patch").is_some() || each.text().is_some_and(|text| text.contains('\n'));
            let path = each.text().filter(|_| !inline).or_else(|| each.text_at(&["path"]));
            let target = each.get("target").map(Tree::value);
            found.push(json!({ "path": path, "inline": inline, "target": target, "line": each.line }));
        }
    }
    found
}
