//! Readers of npm's world on files as the tools write them.

mod hostile;
mod npm;
mod seen;

/// One file of each format.
pub fn samples() -> Vec<(&'static str, &'static str)> {
    vec![("package.json", npm::MANIFEST), ("package-lock.json", npm::LOCK)]
}
