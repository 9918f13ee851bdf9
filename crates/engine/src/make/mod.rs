//! Making a change: a tree in, steps, a tree out. Nothing leaves the process but the result.

mod declarative;
mod dependency;
mod edited;
mod exists;
mod reach;
mod recipe;
mod relock;
mod result;
mod script;
mod text;
mod tree;

use fleetwright_core::stage::{Fault, FaultClass};
use fleetwright_git::{GitError, Repository};

pub(crate) use dependency::UNCHECKED;
pub use reach::Reach;
pub use recipe::Recipe;
pub use result::{Made, make};
pub(crate) use text::Texts;
pub use tree::WorkTree;

/// How a step ended when it did not simply change the tree.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The target is none of the step's business.
    NotApplicable(String),
    /// The target failed.
    Failed(Fault),
}

/// What a hostile or broken repository is to its target: a fault, never a panic.
pub(crate) fn fault(error: &GitError) -> Fault {
    let class = match error {
        GitError::HostileName(_) | GitError::Folder { .. } | GitError::Edit { .. } => FaultClass::Policy,
        GitError::Limit { .. } | GitError::TooLarge { .. } => FaultClass::Policy,
        _ => FaultClass::Access,
    };
    Fault::new(class, error.to_string())
}

/// Opens a mirror.
pub(crate) fn open(path: &std::path::Path) -> Result<Repository, Fault> {
    Repository::open(path).map_err(|error| fault(&error))
}
