//! The words of `bom`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum BomCommand {
    /// Show releases and channels, who is on which, and overrides; all of them without a name
    #[command(after_help = "Example: fleetwright bom show jvm-platform --behind")]
    Show(BomShowArgs),
    /// Show how releases were adopted, and how long until 50, 70 and 95 % of the users were there
    #[command(after_help = "Example: fleetwright bom adoption jvm-platform --csv >adoption.csv")]
    Adoption(BomAdoptionArgs),
    /// Write the shift that moves everybody to a channel's release; the same file again is the next round
    #[command(after_help = "Example: fleetwright bom shift jvm-platform --out shifts\n         \
                      fleetwright shift apply shifts/bom-jvm-platform.yaml --amend")]
    Shift(BomShiftArgs),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct BomShowArgs {
    /// The name of one in the folder `boms`, or the path of a file
    #[arg(value_name = "NAME|FILE")]
    pub(crate) name: Option<String>,
    /// List who is on this release, and what keeps them from the next one
    #[arg(long, value_name = "RELEASE", requires = "name", conflicts_with = "behind")]
    pub(crate) who: Option<String>,
    /// List who is not where the stable channel moves users to, and what keeps them
    #[arg(long, requires = "name")]
    pub(crate) behind: bool,
    /// The most users that are listed
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    pub(crate) limit: usize,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct BomAdoptionArgs {
    /// The name of one in the folder `boms`, or the path of a file
    #[arg(value_name = "NAME|FILE")]
    pub(crate) name: String,
    /// Print comma-separated values: release, time, users at it or beyond, users
    #[arg(long)]
    pub(crate) csv: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct BomShiftArgs {
    /// The name of one in the folder `boms`, or the path of a file
    #[arg(value_name = "NAME|FILE")]
    pub(crate) name: String,
    /// Which channel's release
    #[arg(long, value_enum, value_name = "CHANNEL", default_value_t = ChannelWord::Stable)]
    pub(crate) channel: ChannelWord,
    /// Write it into this folder as `bom-NAME.yaml`; printed when absent
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChannelWord {
    /// What everybody is to be on; waits for the minimum age
    Stable,
    /// What is being tried out
    Candidate,
}
