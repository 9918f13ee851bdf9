//! Cargo's requirements: the crate semver (doc.rust-lang.org/cargo, "Specifying dependencies"), which is what
//! Cargo itself uses, so it is asked and not imitated.

use semver::{Version, VersionReq};

/// Reads a requirement.
pub(crate) fn read(text: &str) -> Option<VersionReq> {
    VersionReq::parse(text).ok()
}

/// Whether it holds a version; `None` when that is none.
pub(crate) fn holds(requirement: &VersionReq, version: &str) -> Option<bool> {
    Version::parse(version).ok().map(|version| requirement.matches(&version))
}
