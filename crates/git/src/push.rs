//! Moving new objects and a branch into another repository on the same machine.

use fleetwright_core::Oid;

use crate::error::{GitError, Result};
use crate::object::Object;
use crate::repository::Repository;

/// Writes `objects` into `dest` and moves the branch: `git push --force-with-lease` with an exact lease, in-process.
///
/// `branch` is without `refs/heads/`; `expected` is where it must be now, `None` where it must not exist.
///
/// # Errors
/// [`GitError::RefMoved`] where the lease does not hold; [`GitError::MissingObject`] where the commit, its tree or a
/// parent would not be in `dest`; the branch is then not moved.
pub fn push(
    dest: &Repository,
    objects: &[Object],
    branch: &str,
    expected: Option<Oid>,
    new: Oid,
) -> Result<()> {
    let actual = dest.branch(branch)?;
    if actual != expected {
        // Known before anything is written; update_branch looks again under the lock.
        return Err(GitError::RefMoved { branch: branch.to_owned(), expected, actual });
    }
    dest.write_objects(objects)?;
    let commit = dest.commit_info(new)?;
    for oid in commit.parents.into_iter().chain([commit.tree]) {
        if !dest.has(oid)? {
            return Err(GitError::MissingObject { oid, path: dest.path().to_owned() });
        }
    }
    dest.update_branch(branch, expected, Some(new))
}
