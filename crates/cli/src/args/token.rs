//! The words of `token`.

use clap::{Args as ClapArgs, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token; its secret is printed once, on stdout
    #[command(after_help = "Example: fleetwright token create ci --role author --days 90")]
    Create(TokenCreateArgs),
    /// List your tokens; everybody's for an admin
    List,
    /// Take a token back
    Revoke {
        /// Its id, as `token list` shows it
        id: String,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct TokenCreateArgs {
    /// What it is for
    pub(crate) label: String,
    /// viewer, author, approver, operator or admin
    #[arg(long, default_value = "viewer")]
    pub(crate) role: String,
    /// Its life in days
    #[arg(long, default_value_t = 90)]
    pub(crate) days: u32,
    /// It only reads
    #[arg(long)]
    pub(crate) read_only: bool,
    /// A call it may make, such as `shift.status`; may be given several times
    #[arg(long, value_name = "CALL", conflicts_with = "read_only")]
    pub(crate) call: Vec<String>,
}
