//! The program with planned faults: what `FLEETWRIGHT_FAULT` says happens, and nothing else differs,
//! but for the time, where `FLEETWRIGHT_CLOCK` says who tells it.

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use fleetwright_engine::fleet::Seams;
use fleetwright_forge::Forge;
use fleetwright_testkit::faults::Faults;
use fleetwright_testkit::faulty::{FaultyForge, FaultyWitness};
use fleetwright_testkit::told_time::{CLOCK, ToldTime};

/// The seam for forges is a plain function, so it finds the plan here.
static FAULTS: OnceLock<Arc<Faults>> = OnceLock::new();

fn main() -> ExitCode {
    match seams() {
        Ok(seams) => fleetwright_cli::main(&seams),
        Err(why) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "{why}");
            ExitCode::from(2)
        }
    }
}

fn seams() -> Result<Seams, String> {
    let faults = Faults::from_env().map_err(|error| error.to_string())?;
    let faults = FAULTS.get_or_init(|| Arc::new(faults));
    let witness = Arc::new(FaultyWitness::new(Arc::clone(faults)));
    let seams = Seams { witness, forge: wrap, ..Seams::default() };
    let Ok(address) = std::env::var(CLOCK) else { return Ok(seams) };
    let clock = ToldTime::new(&address).map_err(|error| format!("{CLOCK}={address}: {error}"))?;
    Ok(Seams { clock: Arc::new(clock), ..seams })
}

fn wrap(forge: Arc<dyn Forge>) -> Arc<dyn Forge> {
    match FAULTS.get() {
        Some(faults) => Arc::new(FaultyForge::new(forge, Arc::clone(faults))),
        None => forge,
    }
}
