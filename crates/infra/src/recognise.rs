//! Whether a file may declare infrastructure, by its path alone.

use serde::{Deserialize, Serialize};

/// What a path says a file may be. The content decides the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hint {
    /// Any YAML file: Kubernetes objects perhaps.
    Yaml,
    /// A JSON file in a folder that usually holds manifests.
    Json,
    /// `Chart.yaml` of a Helm chart.
    HelmChart,
    /// `values*.yaml`: of a chart, or given to one.
    HelmValues,
    /// A file below `templates/`: a Helm template when it has `{{`.
    HelmTemplate,
    /// `kustomization.yaml`.
    Kustomization,
    /// A Compose file.
    Compose,
    /// A workflow below `.github/workflows/` (also `.gitea/`, `.forgejo/`).
    GithubWorkflow,
    /// `action.yml` of an action.
    GithubAction,
    /// `.gitlab-ci.yml`.
    GitlabCi,
    /// `*.tf`.
    Terraform,
}

/// Folders whose JSON files may be Kubernetes objects. Elsewhere JSON is nearly always something else.
const JSON_FOLDERS: [&str; 6] = ["k8s", "kubernetes", "manifests", "deploy", "deployment", "config"];

/// Folders that hold other people's files.
const FOREIGN: [&str; 3] = ["node_modules", "vendor", ".terraform"];

/// Says by a path (with `/`) whether a file may declare infrastructure. Costs nothing.
pub fn recognise(path: &str) -> Option<Hint> {
    let folders: Vec<&str> = path.split('/').collect();
    let (name, folders) = folders.split_last()?;
    if folders.iter().any(|folder| FOREIGN.contains(folder)) {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let (stem, extension) = name.rsplit_once('.')?;
    match extension {
        "yaml" | "yml" => Some(yaml(folders, stem)),
        "tpl" => None,
        "json" => folders.iter().any(|folder| JSON_FOLDERS.contains(folder)).then_some(Hint::Json),
        "tf" => Some(Hint::Terraform),
        _ => None,
    }
}

fn yaml(folders: &[&str], stem: &str) -> Hint {
    let ends_with = |tail: &[&str]| folders.ends_with(tail);
    let forges = [".github", ".gitea", ".forgejo"];
    if forges.iter().any(|forge| ends_with(&[forge, "workflows"])) {
        return Hint::GithubWorkflow;
    }
    match stem {
        "chart" => Hint::HelmChart,
        "kustomization" => Hint::Kustomization,
        "action" => Hint::GithubAction,
        ".gitlab-ci" => Hint::GitlabCi,
        _ if stem.ends_with(".gitlab-ci") => Hint::GitlabCi,
        _ if is_compose(stem) => Hint::Compose,
        _ if folders.contains(&"templates") => Hint::HelmTemplate,
        _ if stem == "values" || stem.starts_with("values-") || stem.starts_with("values.") => {
            Hint::HelmValues
        }
        _ if stem.ends_with("-values") || stem.ends_with(".values") => Hint::HelmValues,
        _ => Hint::Yaml,
    }
}

/// `compose`, `docker-compose`, `compose.prod`, `docker-compose-dev`.
fn is_compose(stem: &str) -> bool {
    let rest = stem.strip_prefix("docker-").unwrap_or(stem).strip_prefix("compose");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_what_a_file_may_be() {
        let table = [
            ("k8s/web.yaml", Some(Hint::Yaml)),
            ("k8s/web.json", Some(Hint::Json)),
            ("package.json", None),
            ("charts/web/Chart.yaml", Some(Hint::HelmChart)),
            ("charts/web/values.yaml", Some(Hint::HelmValues)),
            ("charts/web/values-prod.yaml", Some(Hint::HelmValues)),
            ("charts/web/ci/test-values.yaml", Some(Hint::HelmValues)),
            ("charts/web/templates/web.yaml", Some(Hint::HelmTemplate)),
            ("charts/web/templates/_helpers.tpl", None),
            ("overlays/prod/kustomization.yaml", Some(Hint::Kustomization)),
            ("docker-compose.override.yml", Some(Hint::Compose)),
            ("compose.yaml", Some(Hint::Compose)),
            ("composer.yaml", Some(Hint::Yaml)),
            (".github/workflows/ci.yml", Some(Hint::GithubWorkflow)),
            (".github/dependabot.yml", Some(Hint::Yaml)),
            ("action.yml", Some(Hint::GithubAction)),
            (".gitlab-ci.yml", Some(Hint::GitlabCi)),
            ("ci/build.gitlab-ci.yml", Some(Hint::GitlabCi)),
            ("infra/main.tf", Some(Hint::Terraform)),
            ("node_modules/x/action.yml", None),
            ("src/main.rs", None),
            ("Makefile", None),
            ("", None),
        ];
        for (path, hint) in table {
            assert_eq!(recognise(path), hint, "{path}");
        }
    }
}
