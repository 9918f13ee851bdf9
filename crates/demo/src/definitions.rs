//! The demo's configuration and its two shifts, with what travels with them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::error::DemoError;

/// The shift files [`write_definitions`] writes below `shifts/`, in the order in which the demo runs them.
pub const SHIFTS: [&str; 2] = ["container-baseline.yaml", "modernise-ci.yaml"];

/// What becomes of every repository, as JSON: shift, then target, then how it ends.
///
/// A target is named as `TargetName` prints it (`owner/repo`, or `owner/repo:dir`). It ends as a word of
/// `fleetwright_core::stage`; `failed: CLASS` names the fault, `open: WHY` the reason it waits (`open: checksRed already`
/// where the checks are red without the change too). `left out` is no target at all: the selection says why.
pub const EXPECTED: &str = include_str!("../expected.json");

const FILES: [(&str, &str); 4] = [
    ("fleetwright.yaml", include_str!("../shifts/fleetwright.yaml")),
    ("shifts/container-baseline.yaml", include_str!("../shifts/container-baseline.yaml")),
    ("shifts/modernise-ci.yaml", include_str!("../shifts/modernise-ci.yaml")),
    ("shifts/modernise.sh", include_str!("../shifts/modernise.sh")),
];

/// Writes `fleetwright.yaml`, with the fleet in `./repos`, and `shifts/` into a folder. What is there is replaced.
///
/// # Errors
/// [`DemoError::Files`] where the folder cannot be written.
pub fn write_definitions(folder: &Path) -> Result<(), DemoError> {
    let shifts = folder.join("shifts");
    fs::create_dir_all(&shifts).map_err(DemoError::files(&shifts))?;
    for (name, content) in FILES {
        let file = folder.join(name);
        fs::write(&file, content).map_err(DemoError::files(&file))?;
        if name.ends_with(".sh") {
            fs::set_permissions(&file, Permissions::from_mode(0o755)).map_err(DemoError::files(&file))?;
        }
    }
    Ok(())
}
