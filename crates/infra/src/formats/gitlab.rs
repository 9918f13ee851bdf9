//! GitLab CI: `.gitlab-ci.yml` and the files it includes.

use serde_json::{Value, json};

use crate::declared::{Declared, DeclaredKind};
use crate::formats::{folder, keys, one_or_more, scalar, texts};
use crate::reading::Reading;
use crate::tree::{Key, Tree};

/// Keys at the top of a pipeline that are no jobs (GitLab's CI/CD YAML reference).
const GLOBAL: [&str; 14] = [
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "spec",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "types",
    "pages_config",
    "inputs",
];

/// Adds the pipeline of a file. Says whether it is one.
pub(crate) fn declare(file: &str, trees: &[Tree], reading: &mut Reading) {
    // A component has two documents: `spec:` with its inputs, and the pipeline.
    let Some(tree) = trees.iter().rev().find(|tree| tree.is_table()) else { return };
    let name = match folder(file) {
        "." => "pipeline",
        folder => folder,
    };
    let mut declared = Declared::new(DeclaredKind::GitlabCi, "pipeline", name, file, tree);
    declared.fact("stages", texts(tree.get("stages")));
    let spec = trees.iter().find_map(|tree| tree.at(&["spec", "inputs"]));
    declared.fact("inputs", keys(spec));
    let included = includes(tree.get("include"), &mut declared);
    declared.fact("includes", included);
    for at in [tree.get("default"), Some(tree)].into_iter().flatten() {
        images(at, &mut declared);
    }
    let mut jobs = Vec::new();
    for (key, tree) in
        tree.rows().iter().filter(|(key, tree)| !GLOBAL.contains(&key.text.as_str()) && tree.is_table())
    {
        images(tree, &mut declared);
        jobs.push(job(key, tree));
    }
    declared.fact("jobs", jobs);
    reading.declared.push(declared);
}

fn job(key: &Key, tree: &Tree) -> Value {
    let needs = tree.get("needs").map_or(&[][..], Tree::list).iter();
    let needs: Vec<_> = needs.filter_map(|need| need.text().or_else(|| need.text_at(&["job"]))).collect();
    json!({
        "id": key.text,
        "line": key.line,
        // A job whose name begins with a point is never run: others extend it.
        "hidden": key.text.starts_with('.'),
        "stage": scalar(tree.get("stage")),
        "needs": needs,
        "extends": one_or_more(tree.get("extends")),
        "environment": tree.get("environment").map(Tree::value),
    })
}

/// `image: x`, `image: {name: x}`, and the same in `services`.
fn images(tree: &Tree, declared: &mut Declared) {
    let services = tree.get("services").map_or(&[][..], Tree::list);
    for image in tree.get("image").into_iter().chain(services) {
        declared.image(image);
        image.get("name").into_iter().for_each(|name| declared.image(name));
    }
}

/// What is included, as `{local|project|remote|template|component: ...}` with its line.
fn includes(tree: Option<&Tree>, declared: &mut Declared) -> Vec<Value> {
    let Some(tree) = tree else { return Vec::new() };
    let list = tree.list();
    let each = if list.is_empty() { std::slice::from_ref(tree) } else { list };
    let mut found = Vec::new();
    for include in each {
        if let Some(path) = include.text() {
            let kind = if path.contains("://") { "remote" } else { "local" };
            declared.needs(path);
            found.push(json!({ kind: path, "line": include.line }));
            continue;
        }
        for kind in ["local", "project", "remote", "template", "component"] {
            if let Some(what) = include.text_at(&[kind]) {
                declared.needs(what);
                let files = one_or_more(include.get("file"));
                let version = scalar(include.get("ref"));
                found.push(json!({ kind: what, "file": files, "ref": version, "line": include.line }));
            }
        }
    }
    found
}
