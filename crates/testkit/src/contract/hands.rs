//! What people, CI and chance do at a forge: what a contract needs done that no adapter does.

use std::sync::Arc;

use async_trait::async_trait;
use fleetwright_core::Oid;
use fleetwright_core::pull::Verdict;
use fleetwright_forge::Forge;

/// What a forge under test, or the one who plays its people, may be unable to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skill {
    /// Take pushes by git.
    Git,
    /// Make commits by its API.
    Commits,
    /// Lose the answer to a change after the change was made.
    LostAnswers,
    /// Refuse a second open pull request from one branch.
    Uniqueness,
    /// Have checks.
    Checks,
    /// Tell which checks are red on the base.
    BaseChecks,
    /// Run a check again.
    Rerun,
    /// Have reviews.
    Reviews,
    /// Have comments and labels.
    Talk,
    /// Tell whether people may write.
    Permissions,
    /// Know people who may not write.
    Strangers,
    /// Open a pull request again.
    Reopening,
    /// Know of conflicts.
    Conflicts,
    /// Follow the branch of a pull request, and know whether it is there at all.
    Heads,
    /// Tell who closed a pull request.
    ClosedBy,
    /// Archive repositories, and refuse what cannot be done then.
    Archives,
    /// Rename repositories, and say the new name.
    Renames,
    /// Forbid merge methods.
    MergeMethods,
    /// Merge by each of the methods in one repository.
    EveryMethod,
    /// Give out a token that may only read.
    Readers,
    /// Have teams.
    Teams,
    /// Have teams below teams.
    TeamsBelow,
}

/// A check as somebody sets it.
#[derive(Debug, Clone, Copy)]
pub struct SetCheck<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it says.
    pub verdict: Verdict,
    /// Whether it is an old-fashioned commit status, where the forge has both.
    pub status: bool,
}

/// The people and machines at a forge under test.
#[async_trait]
pub trait Hands: Send + Sync {
    /// What cannot be done here: stories that need it are left out.
    fn lacks(&self) -> &[Skill] {
        &[]
    }

    /// Who does what a person does. Not who opens pull requests; may write.
    fn person(&self) -> &str;

    /// Makes a repository in scope, whose `main` has one commit with [`crate::contract::README`] and nothing else;
    /// its whole name.
    async fn make_repo(&self, name: &str) -> String;

    /// Sets a check of a commit.
    async fn check(&self, repo: &str, commit: Oid, check: SetCheck<'_>);

    /// Approves of a pull request, or asks for changes.
    async fn review(&self, repo: &str, number: u64, approve: bool);

    /// Writes a comment; as somebody who may not write, where `stranger`.
    async fn say(&self, repo: &str, number: u64, said: (&str, bool));

    /// Adds a label.
    async fn label(&self, repo: &str, number: u64, label: &str);

    /// Closes a pull request, or opens it again.
    async fn close(&self, repo: &str, number: u64, again: bool);

    /// Writes a file on a branch; the new tip.
    async fn push(&self, repo: &str, branch: &str, file: (&str, &str)) -> Oid;

    /// From now on answers to changes are lost, or not.
    async fn lose_answers(&self, lost: bool);

    /// Archives a repository.
    async fn archive(&self, repo: &str);

    /// Renames a repository; its new whole name.
    async fn rename(&self, repo: &str) -> String;

    /// Removes a repository.
    async fn remove(&self, repo: &str);

    /// Forbids squash merges in a repository.
    async fn forbid_squash(&self, repo: &str);

    /// Makes a team of the owner of the repositories, with these people, below another one.
    async fn make_team(&self, _slug: &str, _below: Option<&str>, _people: &[&str]) {}

    /// The same forge with a token that may only read, and no teams.
    fn reader(&self) -> Option<Arc<dyn Forge>> {
        None
    }

    /// Lets the forge finish what it does by itself.
    async fn settle(&self) {}
}
