//! Merges as real commits.

use std::time::{SystemTime, UNIX_EPOCH};

use fleetwright_core::Oid;
use fleetwright_core::pull::PullState;
use fleetwright_core::shift::MergeMethod;
use fleetwright_git::{CommitSpec, GitError, Merged, Object, Person, Repository, commit_object};

use crate::access;
use crate::pull_file::{MergeNote, PullFile, Pulls};
use fleetwright_forge::{Done, ForgeError};

/// Who merges what, and how.
pub(crate) struct Order<'a> {
    pub(crate) head: Oid,
    pub(crate) method: MergeMethod,
    pub(crate) by: &'a str,
}

/// The result of joining a head into a base, before any reference moves.
pub(crate) enum Joined {
    /// The tree of the result, and the objects that are new in it.
    Clean { tree: Oid, objects: Vec<Object> },
    /// The paths both sides changed.
    Conflict(Vec<String>),
}

/// Joins `head` into `base` in memory.
pub(crate) fn join(repository: &Repository, base: Oid, head: Oid) -> Result<Joined, GitError> {
    let Some(fork) = repository.merge_base(base, head)? else {
        return Ok(Joined::Conflict(vec!["the histories have nothing in common".to_owned()]));
    };
    if fork == base {
        return Ok(Joined::Clean { tree: repository.tree_of(head)?, objects: Vec::new() });
    }
    let trees = (repository.tree_of(fork)?, repository.tree_of(base)?, repository.tree_of(head)?);
    Ok(match repository.merge(trees.0, trees.1, trees.2)? {
        Merged::Clean { tree, objects } => Joined::Clean { tree, objects },
        Merged::Conflict { paths } => Joined::Conflict(paths.iter().map(ToString::to_string).collect()),
    })
}

/// Merges an open pull request, if its head is still the given one.
pub(crate) fn merge(
    pulls: &Pulls,
    repository: &Repository,
    mut pull: PullFile,
    order: &Order<'_>,
) -> Result<Done, ForgeError> {
    let fault = |error: GitError| access(&pull.branch, error);
    let refuse = |why: &str| ForgeError::NotMergeable { why: why.to_owned() };
    match &pull.state {
        PullState::Open => {}
        PullState::Merged { commit, tree, .. } => return Ok(Done::Merged { commit: *commit, tree: *tree }),
        PullState::Closed { .. } => return Err(refuse("it is closed")),
    }
    if pull.draft {
        return Err(refuse("it is a draft"));
    }
    if repository.branch(&pull.branch).map_err(fault)? != Some(order.head) {
        return Err(ForgeError::HeadMoved);
    }
    let base = repository.branch(&pull.base).map_err(fault)?;
    let base = base.ok_or_else(|| refuse("its base branch is gone"))?;
    let (tree, mut objects) = match join(repository, base, order.head).map_err(fault)? {
        Joined::Clean { tree, objects } => (tree, objects),
        Joined::Conflict(paths) => return Err(refuse(&format!("conflicts in {}", paths.join(", ")))),
    };
    let commit = commits(repository, &pull, (base, tree), order).map_err(fault)?;
    let tip = commit.last().map_or(order.head, |object| object.oid);
    objects.extend(commit);
    repository.write_objects(&objects).map_err(fault)?;
    // The note goes first: with it, whoever comes after a crash can tell a done merge from none.
    pull.merging = Some(MergeNote { commit: tip, tree, by: order.by.to_owned() });
    pulls.put(&pull)?;
    let forward = || repository.update_branch(&pull.base, Some(base), Some(tip));
    match pulls.moving(&pull.base, forward)? {
        Ok(()) => {}
        Err(GitError::RefMoved { .. }) => return Err(refuse("the base moved meanwhile; look again")),
        Err(error) => return Err(access(&pull.branch, error)),
    }
    pull.merging = None;
    pull.head = order.head;
    pull.state = PullState::Merged { commit: tip, tree, by: order.by.to_owned() };
    pulls.put(&pull)?;
    Ok(Done::Merged { commit: tip, tree })
}

/// The commits a merge adds to the base: the last one is its new tip.
fn commits(
    repository: &Repository,
    pull: &PullFile,
    (base, tree): (Oid, Oid),
    order: &Order<'_>,
) -> Result<Vec<Object>, GitError> {
    let told = repository.commit_info(order.head)?;
    let message = format!("{} (#{})\n\n{}", pull.title, pull.number, body_of(&told.message));
    let author = Person { name: told.author, email: told.author_email };
    let committer = Person { name: order.by.to_owned(), email: format!("{}@localhost", order.by) };
    let spec = |parents, message| CommitSpec {
        tree,
        parents,
        author: author.clone(),
        committer: committer.clone(),
        time: seconds(),
        message,
    };
    match order.method {
        MergeMethod::Squash => Ok(vec![commit_object(&spec(vec![base], message))?]),
        MergeMethod::Merge => {
            let message =
                format!("Merge pull request #{} from {}\n\n{}", pull.number, pull.branch, pull.title);
            Ok(vec![commit_object(&spec(vec![base, order.head], message))?])
        }
        MergeMethod::Rebase => replay(repository, base, order, &committer),
    }
}

/// The branch's commits anew on top of the base, each with its own author and message.
fn replay(
    repository: &Repository,
    base: Oid,
    order: &Order<'_>,
    committer: &Person,
) -> Result<Vec<Object>, GitError> {
    let mut ours = repository.commits_between(base, order.head)?;
    ours.reverse();
    let mut made = Vec::new();
    let mut tip = base;
    for oid in ours {
        let told = repository.commit_info(oid)?;
        if told.parents == [tip] {
            tip = oid;
            continue;
        }
        let parent = told.parents.first().copied().unwrap_or(base);
        let trees = (repository.tree_of(parent)?, repository.tree_of(tip)?);
        let merged = repository.merge(trees.0, trees.1, told.tree)?;
        let Merged::Clean { tree, objects } = merged else {
            let why = "a commit of the branch conflicts with the base on its own".to_owned();
            return Err(GitError::NotARepository { path: repository.path().to_owned(), why });
        };
        let author = Person { name: told.author, email: told.author_email };
        let parents = vec![tip];
        let time = seconds();
        let commit = commit_object(&CommitSpec {
            tree,
            parents,
            author,
            committer: committer.clone(),
            time,
            message: told.message,
        })?;
        tip = commit.oid;
        // The next commit of the branch builds on this one, so it must be readable.
        repository.write_objects(&objects)?;
        repository.write_objects(std::slice::from_ref(&commit))?;
        made.push(commit);
    }
    Ok(made)
}

/// Whether a branch has a commit.
pub(crate) fn has_commit(repository: &Repository, branch: &str, commit: Oid) -> bool {
    let tip = repository.branch(branch).ok().flatten();
    tip.is_some_and(|tip| {
        tip == commit || repository.merge_base(commit, tip).is_ok_and(|base| base == Some(commit))
    })
}

fn body_of(message: &str) -> &str {
    message.split_once('\n').map_or("", |(_, body)| body.trim())
}

fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
