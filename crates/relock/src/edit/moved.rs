//! A requirement that moved, of which a lockfile keeps a copy.

/// A requirement of a manifest that moved, of which a lockfile keeps a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved<'a> {
    /// The manifest's folder from that of the lockfile; empty for the same.
    pub folder: &'a str,
    /// What the manifest is itself called, if it says so.
    pub project: Option<&'a str>,
    /// The package that is asked for.
    pub name: &'a str,
    /// The requirement as it was.
    pub old: &'a str,
    /// The requirement as it is.
    pub new: &'a str,
    /// Whether another manifest asks for it as it was still.
    pub kept: bool,
}

/// The reason where a copy is not where it should be.
pub(super) fn missing(moved: &Moved<'_>) -> String {
    format!("it has no copy of `{} {}` that could be edited", moved.name, moved.old)
}
