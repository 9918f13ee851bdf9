//! CODEOWNERS: who owns which path, as GitHub, GitLab and Gitea read it. Pure functions.
//!
//! Sources: the services' documentation; for GitLab `Gitlab::CodeOwners::File` (patterns by Ruby's
//! `File.fnmatch`), for Gitea `models/issues/pull.go` (`TokenizeCodeOwnersLine`).

mod file;
mod gitea;
mod github;
mod gitlab;
mod owner;
mod pattern;
mod read;

pub use file::{Flavour, MAX_BYTES, MAX_RULES, Matched, Owners, Section};
pub use fleetwright_core::source::SourceError as Finding;
pub use owner::Owner;
