//! A folder for trees that commands run in, in memory where that is possible: a script step is bounded by
//! writing files.

use std::path::Path;

use fleetwright_runner::Fleeting;

use crate::error::EngineError;

const PREFIX: &str = "fleetwright-scratch-";

/// The sandbox is another user, who may pass through and not look around.
const MODE: u32 = 0o711;

/// A folder that goes with the process; one of a killed process goes with the next.
pub(crate) struct Scratch {
    folder: Fleeting,
}

impl Scratch {
    /// Makes the folder, and removes those of processes that were killed: they are held in memory.
    ///
    /// # Errors
    /// When no folder can be made.
    pub(crate) fn make() -> Result<Scratch, EngineError> {
        let below = |parent: &Path| Fleeting::make(parent, PREFIX, MODE);
        let made = below(Path::new("/dev/shm")).or_else(|_| below(&std::env::temp_dir()));
        let folder = made.map_err(|error| EngineError::files(&std::env::temp_dir(), error))?;
        Ok(Scratch { folder })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}
