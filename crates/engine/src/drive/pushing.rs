//! Putting our commit on its branch, by push or by having the forge make it.

use fleetwright_core::Oid;
use fleetwright_core::shift::Sign;
use fleetwright_core::stage::ChangeRef;
use fleetwright_forge::{CommitSeen, Done, Effect, ForgeError};
use fleetwright_store::TargetRow;

use super::Driver;
use super::advance::Undone;
use super::proposal::Proposal;

/// What a push came to.
pub(super) enum Pushed {
    /// The branch is at this commit of ours.
    At { head: Oid, found: bool },
    /// Somebody else's commits are on it.
    Foreign,
}

impl Driver {
    /// Whether the forge makes the commits of this shift.
    pub(super) fn by_forge(&self) -> bool {
        self.row.shift.spec.pull_request.commit.sign == Sign::Forge
    }

    /// The effect that puts a proposal on its branch, if that is where it is expected.
    pub(super) fn placing(&self, change: &ChangeRef, proposal: &Proposal, expected: Option<Oid>) -> Effect {
        let branch = proposal.branch.clone();
        match self.by_forge() {
            true => Effect::Commit {
                branch,
                expected,
                base: change.base,
                tree: change.tree,
                message: proposal.spec.message.clone(),
                files: proposal.files.clone(),
            },
            false => {
                Effect::Push { branch, expected, head: proposal.head, objects: proposal.objects.clone() }
            }
        }
    }

    /// The head an effect of [`Driver::placing`] left the branch at.
    pub(super) fn placed(&self, done: &Done, proposal: &Proposal) -> Oid {
        match done {
            Done::Committed(head) => *head,
            _ => proposal.head,
        }
    }

    /// Puts a new proposal on its branch.
    pub(super) async fn push(
        &self,
        target: &TargetRow,
        (change, proposal): (&ChangeRef, &Proposal),
    ) -> Result<Pushed, Undone> {
        let at = |head, found| Ok(Pushed::At { head, found });
        let actual = match self.perform(target, &self.placing(change, proposal, None)).await {
            Ok(done) => return at(self.placed(&done, proposal), false),
            Err(Undone::Forge(ForgeError::BranchMoved { actual: Some(actual), .. })) => actual,
            Err(other) => return Err(other),
        };
        if actual == proposal.head {
            return at(actual, true);
        }
        let commit = self.forge(target).map_err(Undone::Forge)?.commit(&target.name.repo, actual).await;
        if self.is_ours(&commit.map_err(Undone::Forge)?, actual, (change, proposal)) {
            return at(actual, true);
        }
        if target.pushed == Some(actual) {
            let done = self.perform(target, &self.placing(change, proposal, Some(actual))).await?;
            return at(self.placed(&done, proposal), true);
        }
        Ok(Pushed::Foreign)
    }

    /// Whether a commit is the one of a proposal: with the database gone, our own is known by its
    /// bytes, in which only the time differs; one that the forge made by its tree and parent.
    fn is_ours(&self, commit: &CommitSeen, oid: Oid, (change, proposal): (&ChangeRef, &Proposal)) -> bool {
        match self.by_forge() {
            true => is_made_of(commit, change),
            false => proposal.head_at(commit.time) == Some(oid),
        }
    }
}

/// Whether a commit holds exactly a change on exactly its base.
pub(super) fn is_made_of(commit: &CommitSeen, change: &ChangeRef) -> bool {
    commit.tree == change.tree && commit.parents == [change.base]
}
