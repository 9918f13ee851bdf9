//! The words of `infra`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum InfraCommand {
    /// List what repositories declare: objects, services, charts, pipelines, Terraform blocks
    #[command(after_help = "Example: fleetwright infra list --kind Deployment --owner payments")]
    List(ListArgs),
    /// Hold what is declared against schemas and policies; exit code 3 when something is wrong
    #[command(after_help = "Example: fleetwright infra validate --repo 'acme/*' --schemas ./schemas\n\
                      Example: fleetwright infra validate --policies ./policies k8s/    (in CI, without a fleet)")]
    Validate(ValidateArgs),
    /// Compare what is declared with an export of a cluster; exit code 3 when they differ
    #[command(after_help = "Example: kubectl get deploy,svc,cm -A -o json > state.json\n         \
                      fleetwright infra drift --state state.json --repo acme/shop")]
    Drift(DriftArgs),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ListArgs {
    /// A repository's name or a glob such as 'acme/*'; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) repo: Vec<String>,
    /// Only these formats, such as kubernetes,terraform
    #[arg(long, value_name = "FORMAT", value_delimiter = ',')]
    pub(crate) format: Vec<String>,
    /// Only this kind, such as Deployment or aws_s3_bucket; may be given several times
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub(crate) kind: Vec<String>,
    /// Only what this group or user owns, such as payments or group:default/payments
    #[arg(long, value_name = "REF")]
    pub(crate) owner: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ValidateArgs {
    /// Files and folders of this machine, such as a checkout; the fleet when absent
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// A repository's name or a glob such as 'acme/*'; with PATH, the repository it is a checkout of
    #[arg(long, value_name = "NAME")]
    pub(crate) repo: Vec<String>,
    /// The folder of schemas; `infra.schemas` of fleetwright.yaml when absent
    #[arg(long, value_name = "DIR")]
    pub(crate) schemas: Option<PathBuf>,
    /// The folder of policies; `infra.policies` of fleetwright.yaml when absent
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DriftArgs {
    /// Files and folders of this machine, such as rendered manifests; the fleet when absent
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// What runs, as `kubectl get ... -o json` writes it
    #[arg(long, value_name = "FILE")]
    pub(crate) state: PathBuf,
    /// A repository's name or a glob such as 'acme/*'; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) repo: Vec<String>,
}
