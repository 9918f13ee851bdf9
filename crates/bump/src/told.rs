//! What became of each place that names a package.

use fleetwright_package::{Ecosystem, Package, Place};

/// A place that names the package, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Where: the version where it is written, else where the dependency is named or locked.
    pub place: Place,
    /// The version or requirement that stood there; empty where none was written.
    pub was: String,
    /// What became of it.
    pub verdict: Verdict,
    /// The other packages whose version is written in the same place, as in a property that several share: what
    /// is raised there moves them along.
    pub along: Vec<Package>,
}

/// What became of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It says the wanted version now.
    Raised,
    /// The package comes through others only, and an entry was added here that sets its version.
    Overridden,
    /// It was there already.
    Already,
    /// It is on a newer one: nothing is lowered.
    Newer,
    /// It is on a version that is not asked for ([`crate::Wish::from`]).
    Spared,
    /// What is declared allows the wanted version already, so that only the lockfile is behind.
    Allowed,
    /// The version is not declared here but in this parent or BOM, in this version: that one is to be raised.
    Inherited(Package, String),
    /// The version is declared in this file, which is outside of the folder that may be changed.
    Outside(String),
    /// The package comes through others only: the shortest way from what is declared to it.
    Transitive(Vec<String>),
    /// A comment beside it says why it must stay; it was left.
    Pinned(String),
    /// It cannot be told or changed, for this reason.
    Unknown(String),
}

/// A lockfile that does not fit what its manifests say any more, or does not hold the wanted version yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stale {
    /// Its path from the repository's root.
    pub path: String,
    /// Whose packages it locks.
    pub ecosystem: Ecosystem,
    /// Its format and version as the readers tell it, such as `package-lock 3`.
    pub format: String,
    /// The versions of the package that it locks now, in order.
    pub locked: Vec<String>,
    /// Whether only the lockfile is to move: the manifests stayed as they were.
    pub alone: bool,
    /// The requirements that moved and of which it keeps copies, where nothing else has to move in it: every version
    /// that it holds for them still fits. Empty where versions must move, too.
    pub moved: Vec<Moved>,
}

/// A requirement that moved while the version that is locked for it still fits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    /// The manifest's path from the repository's root.
    pub manifest: String,
    /// What the manifest is itself called, if it says so.
    pub project: Option<String>,
    /// The package.
    pub package: Package,
    /// The requirement as it was.
    pub old: String,
    /// The requirement as it is.
    pub new: String,
    /// Whether another manifest of the same lockfile still asks for it as it was.
    pub kept: bool,
}
