//! Which declared things are resources of the catalog: what runs, what is called, and what keeps state.
//!
//! A fleet declares hundreds of thousands of things. Most are parts (a ConfigMap, a policy of a bucket, a
//! workflow's permissions): of each there is a row to list and search, and none of them is something that
//! somebody owns, depends on or is paged for.

use crate::declared::{Declared, DeclaredKind};

/// Kinds of Kubernetes' own groups that run something, or by which others call it.
const WORKLOADS: [&str; 10] = [
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "CronJob",
    "Job",
    "Service",
    "Ingress",
    "Gateway",
    "Rollout",
    "DeploymentConfig",
];

/// What the names of kinds end in that keep state, carry messages or run things, in small letters and
/// without `_`: `aws_s3_bucket`, `SQLInstance`, `KafkaTopic`. What ends in `policy`, `binding` or
/// `attachment` is a part of one.
const NOUNS: [&str; 27] = [
    "bucket",
    "database",
    "instance",
    "cluster",
    "dynamodbtable",
    "bigtabletable",
    "queue",
    "topic",
    "stream",
    "eventhub",
    "dataset",
    "replicationgroup",
    "storageaccount",
    "cosmosdbaccount",
    "searchdomain",
    "rediscache",
    "sqlserver",
    "sqlflexibleserver",
    "filesystem",
    "lambdafunction",
    "cloudfunctionsfunction",
    "cloudfunctions2function",
    "cloudrunservice",
    "cloudrunv2service",
    "runservice",
    "ecsservice",
    "registry",
];

/// Kinds that operators and Crossplane name by a product or by one word.
const PRODUCTS: [&str; 14] = [
    "table",
    "function",
    "kafka",
    "redis",
    "postgresql",
    "postgres",
    "mysql",
    "mariadb",
    "mongodb",
    "mongodbcommunity",
    "elasticsearch",
    "opensearch",
    "memcached",
    "rabbitmq",
];

/// Whether something declared is a resource of the catalog.
pub fn is_notable(declared: &Declared) -> bool {
    let group = declared.api_version.split_once('/').map_or("", |(group, _)| group);
    let kind = declared.type_name.as_str();
    match declared.kind {
        DeclaredKind::Compose => true,
        // `data.x` reads what others declare, `module` and `provider` are no things.
        DeclaredKind::Terraform => ends_in_a_noun(kind) && !kind.contains('.'),
        DeclaredKind::ConfigConnector => ends_in_a_noun(kind),
        DeclaredKind::Crossplane => {
            // A claim, of a kind that its users invented, asks for something whole.
            let is_claim = !group.ends_with("crossplane.io") && !group.ends_with("upbound.io");
            is_claim || ends_in_a_noun(kind) || is_product(kind)
        }
        DeclaredKind::Kubernetes if WORKLOADS.contains(&kind) => true,
        // Of an operator: Kubernetes' own groups have no dot, or end in `.k8s.io`.
        DeclaredKind::Kubernetes => {
            group.contains('.') && !group.ends_with(".k8s.io") && (ends_in_a_noun(kind) || is_product(kind))
        }
        DeclaredKind::HelmChart
        | DeclaredKind::HelmValues
        | DeclaredKind::Kustomize
        | DeclaredKind::GithubWorkflow
        | DeclaredKind::GitlabCi => false,
    }
}

fn ends_in_a_noun(kind: &str) -> bool {
    let plain = kind.replace('_', "").to_ascii_lowercase();
    NOUNS.iter().any(|noun| plain.ends_with(noun))
}

fn is_product(kind: &str) -> bool {
    PRODUCTS.contains(&kind.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Tree;

    #[test]
    fn what_runs_and_what_keeps_state_is_notable() {
        use DeclaredKind::{Compose, ConfigConnector, Crossplane, GithubWorkflow, Kubernetes, Terraform};
        let yes = [
            (Kubernetes, "apps/v1", "Deployment"),
            (Kubernetes, "v1", "Service"),
            (Kubernetes, "serving.knative.dev/v1", "Service"),
            (Kubernetes, "kafka.strimzi.io/v1beta2", "KafkaTopic"),
            (Kubernetes, "acid.zalan.do/v1", "postgresql"),
            (Crossplane, "acme.example/v1", "Network"),
            (Crossplane, "rds.aws.upbound.io/v1beta1", "Instance"),
            (ConfigConnector, "sql.cnrm.cloud.google.com/v1beta1", "SQLInstance"),
            (Terraform, "", "aws_s3_bucket"),
            (Terraform, "", "aws_dynamodb_table"),
            (Compose, "", "service"),
        ];
        let no = [
            (Kubernetes, "v1", "ConfigMap"),
            (Kubernetes, "rbac.authorization.k8s.io/v1", "Role"),
            (Kubernetes, "monitoring.coreos.com/v1", "ServiceMonitor"),
            (Crossplane, "apiextensions.crossplane.io/v1", "Composition"),
            (ConfigConnector, "iam.cnrm.cloud.google.com/v1beta1", "IAMPolicy"),
            (Terraform, "", "aws_s3_bucket_policy"),
            (Terraform, "", "aws_route_table"),
            (Terraform, "", "data.aws_eks_cluster"),
            (Terraform, "", "module"),
            (GithubWorkflow, "", "workflow"),
        ];
        for (table, wanted) in [(&yes[..], true), (&no[..], false)] {
            for (format, version, kind) in table {
                let mut declared = Declared::new(*format, kind, "x", "a", &Tree::default());
                declared.api_version = (*version).to_owned();
                assert_eq!(is_notable(&declared), wanted, "{version} {kind}");
            }
        }
    }
}
