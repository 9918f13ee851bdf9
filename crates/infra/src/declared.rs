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

/// One resource that a file declares.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
