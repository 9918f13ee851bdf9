//! The words of `db`.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Carry everything over into another, empty database; then name that one in fleetwright.yaml
    #[command(
        after_help = "Example: fleetwright db migrate --to postgres://fleetwright@db.example/fleetwright\n         \
        A password is never part of the address: it is read from PGPASSWORD or ~/.pgpass."
    )]
    Migrate {
        /// The other database: postgres://... or sqlite:FILE
        #[arg(long, value_name = "PLACE")]
        to: String,
    },
    /// Copy the database as it is now into a file, while it is in use
    #[command(after_help = "Example: fleetwright db backup fleet-2026-11-26.db")]
    Backup {
        /// The file, which must not be there yet
        file: PathBuf,
    },
    /// Take over what a backup holds into the database of fleetwright.yaml, which must be empty
    #[command(after_help = "Example: fleetwright db restore fleet-2026-11-26.db")]
    Restore {
        /// The backup
        file: PathBuf,
    },
    /// Read everything, and tell what is wrong
    #[command(
        after_help = "Example: fleetwright db check\n         fleetwright db check fleet-2026-11-26.db"
    )]
    Check {
        /// A backup, in the place of the database of fleetwright.yaml
        file: Option<PathBuf>,
    },
}
