//! One resource that a file declares.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::tree::Tree;

/// The format a resource is declared in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeclaredKind {
    /// A Kubernetes object of no kind named below.
    Kubernetes,
    /// A Helm chart: `Chart.yaml`.
    HelmChart,
    /// A Helm values file.
    HelmValues,
    /// A Kustomize `kustomization.yaml`.
    Kustomize,
    /// A Crossplane claim, composite or managed resource, or one of Crossplane's own kinds.
    Crossplane,
    /// A Google Cloud Config Connector resource (`*.cnrm.cloud.google.com`).
    ConfigConnector,
    /// A service of a Compose file.
    Compose,
    /// A GitHub Actions workflow or action.
    GithubWorkflow,
    /// A GitLab CI pipeline.
    GitlabCi,
    /// A Terraform resource, data source, module or provider.
    Terraform,
}

impl DeclaredKind {
    /// All formats.
    pub const ALL: [DeclaredKind; 10] = [
        DeclaredKind::Kubernetes,
        DeclaredKind::HelmChart,
        DeclaredKind::HelmValues,
        DeclaredKind::Kustomize,
        DeclaredKind::Crossplane,
        DeclaredKind::ConfigConnector,
        DeclaredKind::Compose,
        DeclaredKind::GithubWorkflow,
        DeclaredKind::GitlabCi,
        DeclaredKind::Terraform,
    ];

    /// The name in rows and on the command line, such as `helm-values`.
    pub fn name(self) -> &'static str {
        match self {
            DeclaredKind::Kubernetes => "kubernetes",
            DeclaredKind::HelmChart => "helm-chart",
            DeclaredKind::HelmValues => "helm-values",
            DeclaredKind::Kustomize => "kustomize",
            DeclaredKind::Crossplane => "crossplane",
            DeclaredKind::ConfigConnector => "config-connector",
            DeclaredKind::Compose => "compose",
            DeclaredKind::GithubWorkflow => "github-workflow",
            DeclaredKind::GitlabCi => "gitlab-ci",
            DeclaredKind::Terraform => "terraform",
        }
    }

    /// Whether it is an object of the Kubernetes API: it has a schema and may run in a cluster.
    pub fn is_cluster_object(self) -> bool {
        matches!(self, DeclaredKind::Kubernetes | DeclaredKind::Crossplane | DeclaredKind::ConfigConnector)
    }
}

/// Whose it may be, as its labels and annotations say it. References as written, not resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hints {
    /// The component: `backstage.io/kubernetes-id`, else `app.kubernetes.io/name`, `app`.
    pub component: Option<String>,
    /// The owner: `backstage.io/owner`, `owner`, `team`, or a label ending in `/owner` or `/team`.
    pub owner: Option<String>,
    /// The system: `app.kubernetes.io/part-of`.
    pub system: Option<String>,
}

/// A container image a resource names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The reference as written, such as `ghcr.io/acme/web:1.2`; may hold variables.
    pub reference: String,
    /// 1-based line where it stands.
    pub line: usize,
}

/// One resource that a file declares. As JSON, and read from it again, it is without its object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Declared {
    /// The format.
    pub kind: DeclaredKind,
    /// The API version as written, such as `apps/v1`; empty where the format has none.
    pub api_version: String,
    /// What it is within its format: `Deployment`, `service`, `workflow`, `aws_s3_bucket`.
    pub type_name: String,
    /// Its name.
    pub name: String,
    /// Its namespace, when it is written down.
    pub namespace: Option<String>,
    /// The file's path in its repository.
    pub file: String,
    /// 1-based line where it begins.
    pub line: usize,
    /// Whose it may be.
    pub hints: Hints,
    /// The container images it names.
    pub images: Vec<Image>,
    /// What it needs: names of others of the same format, as `Kind/name` or as the format writes them.
    pub depends_on: Vec<String>,
    /// More that is known of it, by format: docs/infra.md has the list.
    pub facts: Map<String, Value>,
    /// The whole object with the place of every key: what schemas, rules and `drift` look at.
    #[serde(skip)]
    pub object: Tree,
}

impl Declared {
    /// A resource of which only what is and where it stands is known.
    pub(crate) fn new(
        kind: DeclaredKind,
        type_name: &str,
        name: &str,
        file: &str,
        object: &Tree,
    ) -> Declared {
        Declared {
            kind,
            api_version: String::new(),
            type_name: type_name.to_owned(),
            name: name.to_owned(),
            namespace: None,
            file: file.to_owned(),
            line: object.line,
            hints: Hints::default(),
            images: Vec::new(),
            depends_on: Vec::new(),
            facts: Map::new(),
            object: object.clone(),
        }
    }

    /// Adds a fact unless there is nothing to say.
    pub(crate) fn fact(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        let empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            Value::Object(map) => map.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        };
        if !empty {
            self.facts.insert(name.to_owned(), value);
        }
    }

    /// Adds what it needs, once.
    pub(crate) fn needs(&mut self, name: impl Into<String>) {
        let name = name.into();
        if !self.depends_on.contains(&name) {
            self.depends_on.push(name);
        }
    }

    /// Adds an image named at a place.
    pub(crate) fn image(&mut self, at: &Tree) {
        // `_` or `-` alone is what people write for an image that is still to be named.
        let names = |text: &&str| text.contains(|c: char| c.is_ascii_alphanumeric());
        if let Some(reference) = at.text().map(str::trim).filter(names) {
            self.images.push(Image { reference: reference.to_owned(), line: at.line });
        }
    }
}

impl Hints {
    /// What labels and annotations say. Keys that come first count; a table of either is enough.
    pub(crate) fn of<'t>(pairs: impl Iterator<Item = (&'t str, &'t str)> + Clone) -> Hints {
        let find = |keys: &[&str]| {
            keys.iter().find_map(|key| {
                let mut found = pairs.clone().filter(|(name, value)| {
                    let lower = name.to_ascii_lowercase();
                    let named = lower == *key || key.starts_with('/') && lower.ends_with(key);
                    named && !value.is_empty() && !value.contains("${") && !value.contains("{{")
                });
                found.next().map(|(_, value)| value.to_owned())
            })
        };
        Hints {
            component: find(&[
                "backstage.io/kubernetes-id",
                "app.kubernetes.io/name",
                "app.kubernetes.io/instance",
                "app",
                "k8s-app",
                "component",
                "service",
            ]),
            owner: find(&["backstage.io/owner", "/owner", "/team", "owner", "team", "squad"]),
            system: find(&["backstage.io/system", "app.kubernetes.io/part-of", "/system", "system"]),
        }
    }
}
