//! The words of `audit`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Say whether any row was changed or removed
    #[command(after_help = "Example: fleetwright audit verify --head 3b1c... (as it was noted last time)")]
    Verify {
        /// A head that was noted before: it must still be there
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
    /// Print who asked for what and what was done outside, a line of JSON each
    #[command(after_help = "Example: fleetwright audit export --after 120000 > audit.jsonl")]
    Export {
        /// Only rows above this number
        #[arg(long, value_name = "ID")]
        after: Option<i64>,
    },
}
