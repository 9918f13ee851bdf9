//! The program with planned faults: what `FLEETWRIGHT_FAULT` says happens, and nothing else differs.

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use fleetwright_engine::fleet::Seams;
use fleetwright_forge::Forge;
use fleetwright_testkit::faults::Faults;
use fleetwright_testkit::faulty::{FaultyForge, FaultyWitness};

/// The seam for forges is a plain function, so it finds the plan here.
static FAULTS: OnceLock<Arc<Faults>> = OnceLock::new();

fn main() -> ExitCode {
    let faults = match Faults::from_env() {
        Ok(faults) => FAULTS.get_or_init(|| Arc::new(faults)),
        Err(error) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "{error}");
            return ExitCode::from(2);
        }
    };
    let witness = Arc::new(FaultyWitness::new(Arc::clone(faults)));
    fleetwright_cli::main(&Seams { witness, forge: wrap, ..Seams::default() })
}

fn wrap(forge: Arc<dyn Forge>) -> Arc<dyn Forge> {
    match FAULTS.get() {
        Some(faults) => Arc::new(FaultyForge::new(forge, Arc::clone(faults))),
        None => forge,
    }
}
