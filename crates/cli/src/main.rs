//! The `fleetwright` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    fleetwright_cli::main(&fleetwright_engine::fleet::Seams::default())
}
