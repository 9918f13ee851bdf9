//! The words of `deps`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum DepsCommand {
    /// Show who depends on a package, in which version, and through what
    #[command(
        after_help = "Example: fleetwright deps who maven:org.apache.logging.log4j:log4j-core '<2.17.1'\n\
                      Example: fleetwright deps who react    (the name alone, where it is that of one package)"
    )]
    Who(WhoArgs),
    /// List what a repository or component depends on
    #[command(after_help = "Example: fleetwright deps list acme/shop --tree")]
    List(DepsListArgs),
    /// Hold everything in use against advisories in OSV's form; exit code 3 when something is affected
    #[command(after_help = "Example: fleetwright deps advisories ./osv/Maven.zip\n\
                      Example: fleetwright deps advisories ./osv --called CVE-2021-44228 --fix")]
    Advisories(AdvisoriesArgs),
    /// Show which versions of each package are in use
    #[command(after_help = "Example: fleetwright deps skew npm:react")]
    Skew(SkewArgs),
    /// Write a bill of materials, as CycloneDX 1.6 or SPDX 2.3
    #[command(after_help = "Example: fleetwright deps export acme/shop --format cyclonedx >shop.cdx.json\n\
                      Example: fleetwright deps export --all --format spdx >fleet.spdx.json")]
    Export(ExportArgs),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ExportArgs {
    /// A repository (acme/shop) or a component (shop, component:default/shop)
    #[arg(value_name = "NAME", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) name: Option<String>,
    /// The whole fleet as one document
    #[arg(long)]
    pub(crate) all: bool,
    /// The document's format
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ExportFormat::Cyclonedx)]
    pub(crate) format: ExportFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// CycloneDX 1.6, JSON
    Cyclonedx,
    /// SPDX 2.3, JSON
    Spdx,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct WhoArgs {
    /// The package: ecosystem:name, a purl, or the last part of its name
    #[arg(value_name = "PACKAGE")]
    pub(crate) package: String,
    /// The versions, such as '<2.17.1' or '>=1, <2'; all when absent
    #[arg(value_name = "RANGE")]
    pub(crate) range: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DepsListArgs {
    /// A repository (acme/shop) or a component (shop, component:default/shop)
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Show what each package is needed by
    #[arg(long)]
    pub(crate) tree: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct AdvisoriesArgs {
    /// A folder of OSV's JSON files, or a zip of them; `dependencies.advisories` of fleetwright.yaml when absent
    #[arg(value_name = "PATH")]
    pub(crate) path: Option<PathBuf>,
    /// Only the advisory of this name, such as CVE-2021-44228
    #[arg(long, value_name = "NAME")]
    pub(crate) called: Option<String>,
    /// Write the shift that mends what is affected; to shifts/mend-NAME.yaml when no file is named
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub(crate) fix: Option<Option<PathBuf>>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct SkewArgs {
    /// Only this package; all with more than one version when absent
    #[arg(value_name = "PACKAGE")]
    pub(crate) package: Option<String>,
    /// The most packages that are shown
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    pub(crate) limit: usize,
}
