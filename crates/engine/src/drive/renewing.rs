//! Renewing an open pull request: the change made anew, on the base as it is now.
//!
//! People's commits on the branch are kept: what they changed since our commit is joined with the
//! new change, and the result is one commit on top of theirs, so that nothing of theirs is ever
//! overwritten. Where both touch the same lines, the branch is handed over to them with a note.

use fleetwright_core::Oid;
use fleetwright_core::stage::{ChangeRef, Stage, Told};
use fleetwright_core::why::Why;
use fleetwright_forge::{Effect, ForgeError};
use fleetwright_git::{Merged, Repository};
use fleetwright_store::{Intent, Outcome, RepoRow, TargetRow};
use serde_json::json;

use super::Driver;
use super::advance::{Goes, Undone};
use super::making::Arrived;
use super::proposal::Proposal;
use super::pushing::is_made_of;
use crate::error::EngineError;

/// A renewal, as its intent holds it.
pub(super) struct Renewal {
    /// The change the branch is brought to.
    pub(super) change: ChangeRef,
    /// Where the branch was.
    pub(super) from: Oid,
    /// Where it goes; the same where only the texts change.
    pub(super) head: Oid,
    /// Whether commits of people are kept in it.
    pub(super) mixed: bool,
}

/// A branch with people's commits, and the renewed change.
struct Meeting<'a> {
    /// The tree people began with: that of our last commit.
    ours: Oid,
    /// Where the branch is.
    theirs: Oid,
    /// The change made anew.
    new: &'a ChangeRef,
}

impl Driver {
    /// Makes the change anew and brings branch and texts up to it. `at` is where the branch is;
    /// with `alone` whatever people have there is let go of, as one of them asked.
    pub(super) async fn renew(
        &self,
        target: &mut TargetRow,
        (why, at, alone): (&str, Oid, bool),
    ) -> Result<Goes, EngineError> {
        let Stage::Open { change: old, head: ours, told, .. } = target.stage.clone() else {
            return Ok(Goes::On);
        };
        let repo = match self.refetch(target).await {
            Ok(repo) => repo,
            Err(error) => {
                self.unseen(target, &error).await?;
                return Ok(Goes::Nowhere);
            }
        };
        let Some(Arrived { key, outcome, writes }) = self.result(target, &repo).await? else {
            return Ok(Goes::Nowhere);
        };
        self.write(writes).await?;
        target.key = Some(key.clone());
        self.weigh(target, &outcome);
        let (Outcome::Changed { tree, .. }, Some((base, base_tree))) = (outcome, repo.head.zip(repo.tree))
        else {
            self.save(target, None).await?;
            return Ok(Goes::On);
        };
        let new = ChangeRef { key, base, base_tree, tree };
        let texts_only = told.written != self.row.digest && self.key_of(target, &repo, &old) == old.key;
        if texts_only {
            let renewal = Renewal { change: old, from: at, head: at, mixed: told.mixed };
            return self.begin(target, why, (renewal, None)).await;
        }
        let is_ours = at == ours && !told.mixed;
        if new == old && is_ours {
            // Nothing to mend here: the forge will look again.
            self.wait(target, Why::MergeabilityUnknown).await?;
            return Ok(Goes::Nowhere);
        }
        let built = match is_ours || alone {
            true => self.anew(target, &new, &repo).await?,
            false => self.joined(target, &Meeting { ours, theirs: at, new: &new }, &repo).await?,
        };
        let Some(proposal) = built else { return Ok(Goes::Nowhere) };
        let mixed = !is_ours && !alone;
        // What a forge makes has no name before it is made.
        let head = if self.by_forge() { Oid::ZERO } else { proposal.head };
        let renewal = Renewal { change: new, from: at, head, mixed };
        self.begin(target, why, (renewal, Some(proposal))).await
    }

    /// The change alone, on its base.
    async fn anew(
        &self,
        target: &mut TargetRow,
        new: &ChangeRef,
        repo: &RepoRow,
    ) -> Result<Option<Proposal>, EngineError> {
        let time = self.fleet.now() / 1_000;
        match self.proposal(target, (new, repo), time).await? {
            Ok(proposal) => Ok(Some(proposal)),
            Err(fault) => {
                self.stuck(target, fault.to_string()).await?;
                Ok(None)
            }
        }
    }

    /// The change joined with what people did since our last commit; `None` where that is theirs
    /// to do, which they are told.
    async fn joined(
        &self,
        target: &mut TargetRow,
        meeting: &Meeting<'_>,
        repo: &RepoRow,
    ) -> Result<Option<Proposal>, EngineError> {
        let mirror = self.fleet.mirror(&target.forge, &target.name.repo);
        if self.by_forge() {
            let why = "commits of people can only be joined with commits made here (commit.sign is `forge`)";
            self.stuck(target, why.to_owned()).await?;
            return Ok(None);
        }
        let brought = match self.forge(target) {
            Ok(forge) => forge.bring(&target.name.repo, &mirror, &[meeting.ours, meeting.theirs]).await,
            Err(error) => Err(error),
        };
        if let Err(error) = brought {
            self.unseen(target, &error).await?;
            return Ok(None);
        }
        let Some(mut proposal) = self.anew(target, meeting.new, repo).await? else { return Ok(None) };
        let merged = tokio::task::block_in_place(|| {
            let mirror = Repository::open(&mirror)?;
            // A mirror is a cache: what is written there and never named does no harm.
            mirror.write_objects(&proposal.objects)?;
            mirror.merge(meeting.ours, meeting.new.tree, meeting.theirs)
        });
        match merged {
            Ok(Merged::Clean { tree, objects }) => {
                let parents = vec![meeting.theirs, meeting.new.base];
                match proposal.carry(tree, parents, objects) {
                    Ok(()) => Ok(Some(proposal)),
                    Err(error) => {
                        self.stuck(target, error.to_string()).await?;
                        Ok(None)
                    }
                }
            }
            Ok(Merged::Conflict { paths }) => {
                let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
                self.hand_over(target, meeting.theirs, &paths).await?;
                Ok(None)
            }
            Err(error) => {
                self.stuck(target, error.to_string()).await?;
                Ok(None)
            }
        }
    }

    /// Tells people, once, that their commits and the renewed change meet.
    async fn hand_over(&self, target: &mut TargetRow, at: Oid, paths: &[String]) -> Result<(), EngineError> {
        let Stage::Open { pull, .. } = &target.stage else { return Ok(()) };
        let number = pull.number;
        let name = &self.row.shift.metadata.name;
        let marker = format!("<!-- fleetwright note {name} {} -->", target.name);
        let files: String = paths.iter().take(20).map(|path| format!("- `{path}`\n")).collect();
        let mention = &self.fleet.config.mention;
        let body = format!(
            "The change of `{name}` was made anew, and cannot be joined with the commits that are on this branch: \
            both touch\n\n{files}\nThe branch is yours now. `@{mention} recreate` lets go of the commits and \
            begins anew.\n\n{marker}\n"
        );
        // Known by its marker, it is one note however often it is asked for: said first, then put down.
        let note = Effect::Comment { number, marker, body };
        if let Err(undone) = self.perform(target, &note).await {
            return self.undone(target, undone).await;
        }
        if let Stage::Open { told, .. } = &mut target.stage {
            told.handed = Some(at);
        }
        target.waiting = Some(Why::HandedOver);
        self.save(target, Some(("pull.handed-over", json!({ "head": at, "paths": paths })))).await
    }

    async fn stuck(&self, target: &mut TargetRow, fault: String) -> Result<(), EngineError> {
        if let Stage::Open { told, .. } = &mut target.stage {
            told.stuck = Some(fault.clone());
        }
        target.waiting = Some(Why::CannotRenew { fault });
        self.save(target, None).await
    }

    async fn begin(
        &self,
        target: &mut TargetRow,
        why: &str,
        (renewal, proposal): (Renewal, Option<Proposal>),
    ) -> Result<Goes, EngineError> {
        let Renewal { change, from, mut head, mixed } = renewal;
        target.intent = Some(Intent::Renew { change: change.clone(), from, head, mixed });
        target.waiting = None;
        self.save(target, Some(("pull.renewing", json!({ "why": why, "from": from, "head": head })))).await?;
        if let Some(proposal) = proposal {
            match self.perform(target, &self.placing(&change, &proposal, Some(from))).await {
                Ok(done) => head = self.placed(&done, &proposal),
                Err(Undone::Forge(ForgeError::BranchMoved { actual, .. })) if actual == Some(head) => {}
                // People were quicker: look again.
                Err(Undone::Forge(ForgeError::BranchMoved { .. })) => {
                    target.intent = None;
                    self.save(target, None).await?;
                    return Ok(Goes::On);
                }
                Err(undone) => {
                    self.undone(target, undone).await?;
                    return Ok(Goes::Nowhere);
                }
            }
        }
        self.renewed(target, Renewal { change, from, head, mixed }).await?;
        Ok(if target.intent.is_none() { Goes::On } else { Goes::Nowhere })
    }

    /// Finishes a renewal whose push may or may not have happened.
    pub(super) async fn renewal_in_doubt(
        &self,
        target: &mut TargetRow,
        renewal: Renewal,
    ) -> Result<(), EngineError> {
        let branch = fleetwright_core::branch::branch(&self.row.shift, &target.name.dir);
        let tip = match self.forge(target) {
            Ok(forge) => forge.tip(&target.name.repo, &branch).await,
            Err(error) => Err(error),
        };
        match tip {
            Ok(Some(tip)) if tip == renewal.head => self.renewed(target, renewal).await,
            Ok(Some(tip)) if renewal.head == Oid::ZERO && tip != renewal.from => {
                self.made_in_doubt(target, renewal, tip).await
            }
            // It did not happen, or people moved on since: what is to be done is decided anew.
            Ok(_) => {
                target.intent = None;
                self.save(target, None).await
            }
            Err(error) => self.unseen(target, &error).await,
        }
    }

    /// A renewal whose commit the forge made, or somebody else: it is ours if it holds the change.
    async fn made_in_doubt(
        &self,
        target: &mut TargetRow,
        mut renewal: Renewal,
        tip: Oid,
    ) -> Result<(), EngineError> {
        let commit = match self.forge(target) {
            Ok(forge) => forge.commit(&target.name.repo, tip).await,
            Err(error) => Err(error),
        };
        match commit {
            Ok(commit) if is_made_of(&commit, &renewal.change) => {
                renewal.head = tip;
                self.renewed(target, renewal).await
            }
            Ok(_) => {
                target.intent = None;
                self.save(target, None).await
            }
            Err(error) => self.unseen(target, &error).await,
        }
    }

    /// The branch is where it should be: the texts follow, then the target stands there.
    async fn renewed(&self, target: &mut TargetRow, renewal: Renewal) -> Result<(), EngineError> {
        let Stage::Open { pull, told, .. } = target.stage.clone() else {
            target.intent = None;
            return Ok(());
        };
        let Renewal { change, head, mixed, .. } = renewal;
        let repo = self.repo(target.repo_id)?;
        let said = match self.texts(target, &change, &repo).await? {
            Ok(said) => said,
            Err(fault) => return self.stuck(target, fault.to_string()).await,
        };
        let update = Effect::UpdatePull {
            number: pull.number,
            title: said.title,
            body: self.marked(target, &said.body, head),
        };
        if let Err(undone) = self.perform(target, &update).await {
            return self.undone(target, undone).await;
        }
        let detail = json!({ "number": pull.number, "head": head, "base": change.base, "mixed": mixed });
        let written = self.row.digest.clone();
        let told = Box::new(Told { mixed, handed: None, reruns: 0, stuck: None, written, ..*told });
        target.pushed = Some(head);
        self.put(target, Stage::Open { change, pull, head, told }, Some(("pull.renewed", detail))).await
    }
}
