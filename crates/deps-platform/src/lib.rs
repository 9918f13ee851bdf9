//! Dependencies of what code runs on: images, actions, GitLab includes, Helm, Terraform.
//!
//! A version's place (`Declared.set`) is the tag, or the tag and the digest with what is between them, or the
//! reference of git; where it is a part of a variable's value with other text around it, there is none.

mod actions;
mod containers;
mod dockerfile;
mod gitlab;
mod helm;
mod image;
mod source;
mod terraform;
mod variable;
mod yaml;

use fleetwright_package::{Files, Finding, Inventory, Lock};

use crate::source::{Source, merge_marker, number};

/// The largest file that is read, in bytes; YAML and HCL are read as trees.
const MAX_BYTES: usize = 4 << 20;

/// What a file may be, by its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Dockerfile,
    Compose,
    Workflow,
    Action,
    GitLab,
    Chart,
    ChartLock,
    Values,
    Terraform,
    TerraformLock,
    /// Perhaps of Kubernetes: what it holds tells.
    Yaml,
}

/// Whether a file of this path, from the repository's root, is to be given to [`read`].
pub fn wants(path: &str) -> bool {
    kind(path).is_some()
}

fn kind(path: &str) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
    let docker = ["Dockerfile", "Containerfile"].into_iter().any(|word| {
        let rest = name.strip_prefix(word);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            || name.ends_with(&format!(".{word}"))
    });
    let workflow = path.strip_prefix(".github/workflows/").is_some_and(|name| !name.contains('/'));
    let kind = match (name, stem) {
        _ if docker || name.ends_with(".dockerfile") => Kind::Dockerfile,
        (".terraform.lock.hcl", _) => Kind::TerraformLock,
        ("Chart.lock" | "requirements.lock", _) => Kind::ChartLock,
        (_, None) => return name.ends_with(".tf").then_some(Kind::Terraform),
        ("Chart.yaml" | "requirements.yaml", _) => Kind::Chart,
        (_, Some("action")) => Kind::Action,
        (_, Some(_)) if workflow => Kind::Workflow,
        (_, Some(stem)) if stem == ".gitlab-ci" || stem.ends_with(".gitlab-ci") => Kind::GitLab,
        (_, Some(stem)) if is_compose(stem) => Kind::Compose,
        (_, Some(stem)) if stem == "values" || stem.starts_with("values-") || stem.starts_with("values.") => {
            Kind::Values
        }
        _ => Kind::Yaml,
    };
    Some(kind)
}

fn is_compose(stem: &str) -> bool {
    ["docker-compose", "compose"].into_iter().any(|word| {
        stem.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
    })
}

/// Reads what the files declare and lock. A file that cannot be read is a finding, and the others are read.
pub fn read(files: &Files, inventory: &mut Inventory) {
    let (first, before) = (inventory.manifests.len(), inventory.locks.len());
    for (path, text) in files.iter() {
        let Some(kind) = kind(path) else { continue };
        let mut source = Source::new(path, text);
        if let Some(line) = merge_marker(text) {
            source.finding(line, "the file holds merge markers", "resolve the merge");
        } else if text.len() > MAX_BYTES {
            source.finding(0, format!("it has over {MAX_BYTES} bytes and is not read"), "split the file");
        } else {
            inventory.locks.extend(one(&mut source, kind));
        }
        inventory.manifests.append(&mut source.manifests());
        inventory.findings.append(&mut source.findings);
    }
    let locks = inventory.locks.get(before..).unwrap_or_default();
    let mut wrong = Vec::new();
    for manifest in inventory.manifests.iter_mut().skip(first) {
        let path = manifest.path.clone();
        for (at, lock) in locks.iter().enumerate().filter(|(_, lock)| is_lock_of(lock, &path)) {
            let told = match lock.ecosystem {
                fleetwright_package::Ecosystem::Helm => helm::join(manifest, (number(before + at), lock)),
                _ => terraform::join(manifest, (number(before + at), lock)),
            };
            let remedy = if lock.format == "Chart.lock" {
                "helm dependency update"
            } else {
                "terraform init -upgrade"
            };
            wrong.extend(told.into_iter().map(|message| (lock.path.clone(), message, remedy)));
        }
    }
    inventory.findings.extend(wrong.into_iter().map(|(path, message, command)| Finding {
        path,
        line: 0,
        message,
        remedy: format!("run `{command}`"),
    }));
}

/// Whether a lockfile lies beside a manifest of its kind.
fn is_lock_of(lock: &Lock, manifest: &str) -> bool {
    let ((folder, name), (beside, of)) = (split(&lock.path), split(manifest));
    let fits = match name {
        "Chart.lock" => of == "Chart.yaml",
        "requirements.lock" => of == "requirements.yaml",
        _ => of.ends_with(".tf"),
    };
    folder == beside && fits
}

/// A path's folder and name.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn one(source: &mut Source<'_>, kind: Kind) -> Option<Lock> {
    let text = source.text;
    // Templates are no YAML until they are filled in.
    let template = text.contains("{{") && !text.contains("${{");
    match kind {
        Kind::Dockerfile => dockerfile::read(source),
        Kind::Compose => containers::compose(source),
        Kind::Workflow => actions::workflow(source),
        Kind::Action if text.contains("runs:") => actions::action(source),
        Kind::GitLab => gitlab::read(source),
        Kind::Chart if text.contains("dependencies:") => helm::chart(source),
        Kind::ChartLock if text.contains("dependencies:") => return helm::lock(source),
        Kind::Values if text.contains("repository:") && !template => helm::values(source),
        Kind::Terraform => terraform::read(source),
        Kind::TerraformLock => return terraform::lock(source),
        Kind::Yaml if text.contains("kind:") && text.contains("image:") && !template => {
            containers::kubernetes(source)
        }
        _ => {}
    }
    None
}
