//! Prints the description of the API: `cargo run -p fleetwright-api --example openapi > docs/openapi.json`.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let described = fleetwright_api::openapi(&fleetwright_api::routes());
    writeln!(std::io::stdout(), "{described:#}")
}
