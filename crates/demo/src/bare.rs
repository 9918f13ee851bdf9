//! A bare repository with a history, from snapshots of its files.

use std::collections::HashSet;
use std::path::Path;

use fleetwright_git::{CommitSpec, Edit, GitError, Person, Repository, commit_object};

/// One commit: everything that is in the tree by then.
pub(crate) struct Revision {
    pub(crate) files: Vec<Edit>,
    pub(crate) message: String,
    pub(crate) author: Person,
    /// Seconds since 1970 UTC.
    pub(crate) time: i64,
}

/// Writes a repository whose default branch has the revisions, oldest first; without any, it is empty.
pub(crate) fn write(path: &Path, branch: &str, revisions: &[Revision]) -> Result<(), GitError> {
    let repository = Repository::init_bare(path, branch)?;
    let mut objects = Vec::new();
    let mut seen = HashSet::new();
    let mut tip = None;
    for revision in revisions {
        let built = repository.build(None, &revision.files)?;
        objects.extend(built.objects.into_iter().filter(|object| seen.insert(object.oid)));
        let commit = commit_object(&CommitSpec {
            tree: built.tree,
            parents: tip.into_iter().collect(),
            author: revision.author.clone(),
            committer: revision.author.clone(),
            time: revision.time,
            message: revision.message.clone(),
        })?;
        tip = Some(commit.oid);
        objects.push(commit);
    }
    repository.write_objects(&objects)?;
    match tip {
        Some(tip) => repository.update_branch(branch, None, Some(tip)),
        None => Ok(()),
    }
}
