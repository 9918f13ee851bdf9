//! What is asked for: a lockfile, and the package that is to move in it.

use fleetwright_package::{Ecosystem, Package};

/// A lockfile that is behind, and the package that is to move in it.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The lockfile's path from the repository's root.
    pub path: &'a str,
    /// Whose packages it locks.
    pub ecosystem: Ecosystem,
    /// Its format as the readers tell it, such as `package-lock 3`.
    pub format: &'a str,
    /// Its text; only that of pip-compile is looked at, whose head says how it was made.
    pub text: &'a str,
    /// The package.
    pub package: &'a Package,
    /// The versions of it that are locked now.
    pub locked: &'a [String],
    /// The version it is to have.
    pub to: &'a str,
    /// Whether the manifests stayed as they were, which allow that version.
    pub alone: bool,
}

impl Ask<'_> {
    /// `NAME` and the wanted version, with this between.
    pub(crate) fn pinned(&self, between: &str) -> String {
        format!("{}{between}{}", self.package.name(), self.to)
    }

    /// The folder of the lockfile, from the repository's root; empty for the root itself.
    pub(crate) fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The lockfile's own name.
    pub(crate) fn file(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path, |(_, file)| file)
    }
}
