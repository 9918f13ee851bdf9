//! What is asked for: a lockfile, and the package that is to move in it.

use std::cmp::Ordering;

use fleetwright_package::{Ecosystem, Files, Package, compare};

/// A lockfile that is behind, and the package that is to move in it.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The lockfile's path from the repository's root.
    pub path: &'a str,
    /// Whose packages it locks.
    pub ecosystem: Ecosystem,
    /// Its format as the readers tell it, such as `package-lock 3`.
    pub format: &'a str,
    /// The manifests and lockfiles of the repository, as they are to be.
    pub files: &'a Files,
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

    /// The text of a file beside the lockfile.
    pub(crate) fn beside(&self, file: &str) -> Option<&str> {
        self.files.text(&within(self.folder(), file))
    }

    /// Whether the lockfile holds a newer version than the wanted one, too: nothing that holds for all may be said.
    pub(crate) fn has_newer(&self) -> bool {
        let newer = |locked: &String| compare(self.ecosystem, locked, self.to).is_some_and(Ordering::is_gt);
        self.locked.iter().any(newer)
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

/// A file of a folder; of the root where that is empty.
pub(crate) fn within(folder: &str, file: &str) -> String {
    if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") }
}
