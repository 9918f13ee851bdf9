//! The demo's configuration and its shifts, with what travels with them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::error::DemoError;
use crate::maven;

/// The shift files below `shifts/` that the demo plays, in that order. [`write_definitions`] writes one more,
/// `fat-logger.yaml`, for whoever looks around afterwards.
pub const SHIFTS: [&str; 3] = ["log4j.yaml", "container-baseline.yaml", "modernise-ci.yaml"];

/// What becomes of every repository in the last two of [`SHIFTS`], as JSON: shift, then target, then how it ends.
///
/// A target is named as `TargetName` prints it (`owner/repo`, or `owner/repo:dir`). It ends as a word of
/// `fleetwright_core::stage`; `failed: CLASS` names the fault, `open: WHY` the reason it waits (`open: checksRed already`
/// where the checks are red without the change too). `left out` is no target at all: the selection says why.
pub const EXPECTED: &str = include_str!("../expected.json");

/// What is true of the fleet and Log4j, before and after the shift on it, as JSON; its first key says how to read it.
pub const LOG4J: &str = include_str!("../log4j.json");

const FILES: [(&str, &str); 11] = [
    ("advisories/ACME-2021-0001.json", include_str!("../advisories/ACME-2021-0001.json")),
    ("advisories/GHSA-7rjr-3q55-vv33.json", include_str!("../advisories/GHSA-7rjr-3q55-vv33.json")),
    ("advisories/GHSA-8489-44mv-ggj8.json", include_str!("../advisories/GHSA-8489-44mv-ggj8.json")),
    ("advisories/GHSA-jfh8-c2jp-5v3q.json", include_str!("../advisories/GHSA-jfh8-c2jp-5v3q.json")),
    ("advisories/GHSA-p6xc-xr62-6r2g.json", include_str!("../advisories/GHSA-p6xc-xr62-6r2g.json")),
    ("fleetwright.yaml", include_str!("../shifts/fleetwright.yaml")),
    ("shifts/container-baseline.yaml", include_str!("../shifts/container-baseline.yaml")),
    ("shifts/fat-logger.yaml", include_str!("../shifts/fat-logger.yaml")),
    ("shifts/log4j.yaml", include_str!("../shifts/log4j.yaml")),
    ("shifts/modernise-ci.yaml", include_str!("../shifts/modernise-ci.yaml")),
    ("shifts/modernise.sh", include_str!("../shifts/modernise.sh")),
];

/// Writes `fleetwright.yaml`, with the fleet in `./repos`, and `shifts/`, `advisories/` and `maven/` into a folder. What is there is replaced.
///
/// # Errors
/// [`DemoError::Files`] where the folder cannot be written.
pub fn write_definitions(folder: &Path) -> Result<(), DemoError> {
    for name in ["advisories", "shifts"] {
        let inner = folder.join(name);
        fs::create_dir_all(&inner).map_err(DemoError::files(&inner))?;
    }
    for (name, content) in FILES {
        let file = folder.join(name);
        fs::write(&file, content).map_err(DemoError::files(&file))?;
        if name.ends_with(".sh") {
            fs::set_permissions(&file, Permissions::from_mode(0o755)).map_err(DemoError::files(&file))?;
        }
    }
    maven::write(&folder.join("maven"))
}
