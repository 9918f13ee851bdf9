//! The words of `repo`.

use clap::{Args as ClapArgs, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum RepoCommand {
    /// Look at every repository again
    Sync,
    /// List the known repositories
    List,
    /// Show a repository and its pull requests
    Show {
        /// The repository
        name: String,
    },
    /// Do at a local forge what a person does with buttons elsewhere
    #[command(
        after_help = "Example: fleetwright repo pull acme/payments 1 close --reason \"not now\" --as ann"
    )]
    Pull(PullArgs),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PullArgs {
    /// The repository
    pub(crate) repo: String,
    /// The pull request's number
    pub(crate) number: u64,
    /// What to do; shows the pull request when absent
    #[arg(value_enum)]
    pub(crate) act: Option<PullAct>,
    /// The text of a comment or of a review, or a label
    #[arg(long, short = 'm', alias = "reason", default_value = "")]
    pub(crate) text: String,
    /// Who does it
    #[arg(long = "as", default_value = "somebody")]
    pub(crate) by: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum PullAct {
    Comment,
    Close,
    Reopen,
    Approve,
    RequestChanges,
    Draft,
    Ready,
    Label,
    Merge,
}
