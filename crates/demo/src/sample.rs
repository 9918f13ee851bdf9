//! The sample fleet: 60 repositories, most of them ordinary.

use std::path::Path;

use crate::error::DemoError;
use crate::{odd, ordinary};

/// How many repositories [`write_fleet`] writes.
pub const REPOS: usize = 60;

/// One repository of the sample fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleRepo {
    /// Owner and name, such as `payments/ledger`.
    pub name: String,
    /// What it is there for, on one line.
    pub about: &'static str,
}

/// Writes the sample fleet below `root` in the layout of the local forge. Returns the repositories by name.
///
/// The same bytes every time: whoever wants a fresh fleet removes the folder first. About 20 MB on disk, most of it small files.
///
/// # Errors
/// [`DemoError::Repository`] where a repository is there already, [`DemoError::Files`] where `root` cannot be written.
pub fn write_fleet(root: &Path) -> Result<Vec<SampleRepo>, DemoError> {
    let mut plans = ordinary::plans();
    plans.extend(odd::plans(plans.len()));
    plans.iter().try_for_each(|plan| plan.write(root))?;
    let mut repos: Vec<SampleRepo> =
        plans.into_iter().map(|plan| SampleRepo { name: plan.name, about: plan.about }).collect();
    repos.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(repos)
}
