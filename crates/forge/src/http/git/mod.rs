//! Git over HTTPS, in the process: where branches are, their tips, and pushes of exactly the objects given.
//!
//! As few requests as can be: no advertisement is asked for where the answer would not change what is sent. A tip or a
//! push is one request; a fetch is two, or one where nothing is new. Credentials go along from the first request on, and
//! never behind a redirect.

mod answer;
mod exchange;
mod incoming;
mod remote;

use std::path::Path;
use std::sync::Arc;

use fleetwright_core::Oid;
use fleetwright_git::wire::{
    Advertised, Move, RefLine, advertised_v2, commit_in, commit_request, heads_in, ls_refs_request,
    push_request, receive_pack, refs_in, report_in,
};
use fleetwright_git::{CommitFacts, GitError, Head, Incoming, Object, Repository, bring_commit};

use crate::clock::{Clock, SystemClock};
use crate::error::ForgeError;
use crate::pushed::{Pushed, decide};
use crate::{CommitSeen, Fetched};
use exchange::{Exchange, Program};
pub use remote::Remote;

/// The most bytes of a list of references: a branch's name may begin those of thousands.
const MAX_REFS_BYTES: usize = 16 << 20;
/// The most bytes of what a server advertises before a push: it lists all its references.
const MAX_ADVERTISED_BYTES: usize = 256 << 20;
/// The folder beneath a mirror where commits land that are not its own.
const ASIDE: &str = "aside";
/// The most bytes of an answer with one commit.
const MAX_COMMIT_BYTES: usize = 8 << 20;
/// The most bytes of the report of a push.
const MAX_REPORT_BYTES: usize = 1 << 20;

/// Git at a forge that is a service.
#[derive(Clone)]
pub struct GitHttp {
    exchange: Exchange,
}

impl GitHttp {
    /// Git by a client, which must not follow redirects (as [`super::Http::raw`]'s does not).
    pub fn new(client: reqwest::Client) -> GitHttp {
        GitHttp { exchange: Exchange { client, clock: Arc::new(SystemClock) } }
    }

    /// The same with another clock, for the times of limits.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> GitHttp {
        self.exchange.clock = clock;
        self
    }

    /// The default branch and its tip. One request.
    ///
    /// While there is no commit, servers older than git 2.31 do not tell the branch: it is then called `main`.
    ///
    /// # Errors
    /// [`ForgeError::NotFound`], [`ForgeError::Access`] with what to check, [`ForgeError::Blocked`],
    /// [`ForgeError::Unknown`].
    pub async fn head(&self, remote: &Remote) -> Result<(String, Option<Oid>), ForgeError> {
        let head = self.default_branch(remote).await?;
        Ok((head.branch, head.commit))
    }

    /// The tip of a branch. One request.
    ///
    /// # Errors
    /// As [`GitHttp::head`].
    pub async fn tip(&self, remote: &Remote, branch: &str) -> Result<Option<Oid>, ForgeError> {
        let full = format!("refs/heads/{branch}");
        let refs = self.refs(remote, &full).await?;
        Ok(refs.into_iter().find(|line| line.name == full).and_then(|line| line.oid))
    }

    /// What a commit says; `None` where the server does not give one without its files. One request.
    ///
    /// # Errors
    /// As [`GitHttp::head`].
    pub async fn commit(&self, remote: &Remote, commit: Oid) -> Result<Option<CommitSeen>, ForgeError> {
        let request = commit_request(commit).map_err(|error| answer::broken(remote, &error))?;
        let answer = self.exchange.ask(remote, Program::UploadPack, request).await?;
        let answer = self.exchange.whole(remote, answer, MAX_COMMIT_BYTES).await?;
        // A server that allows no filter says so in words, and so does one without the commit.
        let Ok(facts) = commit_in(&answer, commit) else { return Ok(None) };
        let CommitFacts { time, tree, parents, message, .. } = facts;
        Ok(Some(CommitSeen { time, tree, parents, message }))
    }

    /// Brings a mirror up to the tip of the default branch: one request where it is there, else two. The pack goes
    /// straight to the disk, at most [`fleetwright_git::MAX_INCOMING_BYTES`] of it.
    ///
    /// # Errors
    /// As [`GitHttp::head`]; [`ForgeError::Access`] for content that is refused.
    pub async fn fetch(&self, remote: &Remote, mirror: &Path) -> Result<Fetched, ForgeError> {
        let head = self.default_branch(remote).await?;
        self.fetch_head(remote, mirror, &head).await
    }

    /// Brings single commits with their trees into a mirror, and moves nothing in it. One request for each that is not
    /// there.
    ///
    /// # Errors
    /// As [`GitHttp::fetch`].
    pub async fn bring(&self, remote: &Remote, mirror: &Path, commits: &[Oid]) -> Result<(), ForgeError> {
        let aside = mirror.join(ASIDE);
        for commit in commits {
            let head = Head { branch: "aside".to_owned(), commit: Some(*commit) };
            self.fetch_head(remote, &aside, &head).await?;
            let (aside, mirror, commit) = (aside.clone(), mirror.to_owned(), *commit);
            let copied = tokio::task::spawn_blocking(move || {
                bring_commit(&mirror, &Repository::open(&aside)?, commit)
            });
            let copied = copied.await.map_err(ForgeError::unknown)?;
            copied.map_err(|error| ForgeError::access(remote.repo(), error))?;
        }
        // What is left of it takes room and nothing else; the next one makes it anew.
        let _ = tokio::fs::remove_dir_all(&aside).await;
        Ok(())
    }

    async fn fetch_head(&self, remote: &Remote, mirror: &Path, head: &Head) -> Result<Fetched, ForgeError> {
        let first = incoming::bring(&self.exchange, remote, (mirror, head), Incoming::begin).await;
        let brought = match first {
            // What came did not fit to what was there: all of it, then.
            Err(incoming::Failure::Misfit) => {
                incoming::bring(&self.exchange, remote, (mirror, head), Incoming::anew).await
            }
            other => other,
        };
        let refreshed = brought.map_err(|failure| failure.into_error(remote))?;
        Ok(Fetched { head: refreshed.head.commit, tree: refreshed.tree })
    }

    /// Moves a branch from where it is expected (`None`: it must not exist) to `head`, which `objects` hold with all
    /// that the server lacks. One request, two with push options; one more where the server says no, to see why. A
    /// branch that is at `head` already is fine: an earlier answer was lost.
    ///
    /// # Errors
    /// [`ForgeError::BranchMoved`]; [`ForgeError::Refused`] with the server's words, nothing having happened;
    /// [`ForgeError::Unknown`] where it may have happened; else as [`GitHttp::head`].
    pub async fn push(
        &self,
        remote: &Remote,
        (branch, expected, head): (&str, Option<Oid>, Oid),
        objects: &[Object],
        options: &[String],
    ) -> Result<(), ForgeError> {
        let offered = match options {
            [] => None,
            _ => Some(self.offered(remote).await?),
        };
        let wanted = Move { branch, expected, head: Some(head) };
        let request = push_request(wanted, objects, options, offered.as_ref());
        self.move_branch(remote, wanted, request).await
    }

    /// Removes a branch that is where it is expected. One that is gone is fine.
    ///
    /// # Errors
    /// As [`GitHttp::push`].
    pub async fn delete(&self, remote: &Remote, branch: &str, expected: Oid) -> Result<(), ForgeError> {
        let wanted = Move { branch, expected: Some(expected), head: None };
        self.move_branch(remote, wanted, push_request(wanted, &[], &[], None)).await
    }

    async fn move_branch(
        &self,
        remote: &Remote,
        wanted: Move<'_>,
        request: Result<Vec<u8>, GitError>,
    ) -> Result<(), ForgeError> {
        let request = request.map_err(|error| ForgeError::access(remote.repo(), error))?;
        let answer = self.exchange.ask(remote, Program::ReceivePack, request).await?;
        let report = self.exchange.whole(remote, answer, MAX_REPORT_BYTES).await?;
        // Cut off, or the server's last words: what became of the branch is not known.
        let report = report_in(&report).map_err(|error| ForgeError::unknown(remote.redacted(&error)))?;
        match Pushed::read(&report, wanted.branch) {
            Pushed::Done => Ok(()),
            Pushed::NotTold => Err(ForgeError::unknown("the forge does not say what became of the branch")),
            Pushed::Not(said) => {
                let actual = self.tip(remote, wanted.branch).await.map_err(|error| {
                    ForgeError::unknown(format!("the push was refused, and then: {error}"))
                })?;
                decide(remote.repo(), wanted, actual, &remote.redacted(said))
            }
        }
    }

    async fn default_branch(&self, remote: &Remote) -> Result<Head, ForgeError> {
        let refs = self.refs(remote, "HEAD").await?;
        let head = heads_in(&refs).map_err(|error| answer::broken(remote, &error))?;
        Ok(head.unwrap_or_else(|| Head { branch: "main".to_owned(), commit: None }))
    }

    /// The references whose names begin so. Only where the server does not understand, it is asked what it can.
    async fn refs(&self, remote: &Remote, prefix: &str) -> Result<Vec<RefLine>, ForgeError> {
        match self.list(remote, prefix, true).await? {
            Ok(refs) => return Ok(refs),
            Err(GitError::Protocol { .. } | GitError::Remote { .. }) => {}
            Err(error) => return Err(answer::broken(remote, &error)),
        }
        let told = self.exchange.advertised(remote, Program::UploadPack).await?;
        let told = self.exchange.whole(remote, told, MAX_ADVERTISED_BYTES).await?;
        let can = advertised_v2(&told).map_err(|error| answer::broken(remote, &error))?;
        let unborn = can.value("ls-refs").is_some_and(|words| words.contains("unborn"));
        self.list(remote, prefix, unborn).await?.map_err(|error| answer::broken(remote, &error))
    }

    async fn list(
        &self,
        remote: &Remote,
        prefix: &str,
        unborn: bool,
    ) -> Result<Result<Vec<RefLine>, GitError>, ForgeError> {
        let request = ls_refs_request(&[prefix], unborn).map_err(|error| answer::broken(remote, &error))?;
        let answer = self.exchange.ask(remote, Program::UploadPack, request).await?;
        Ok(refs_in(&self.exchange.whole(remote, answer, MAX_REFS_BYTES).await?))
    }

    async fn offered(&self, remote: &Remote) -> Result<Advertised, ForgeError> {
        let told = self.exchange.advertised(remote, Program::ReceivePack).await?;
        let told = self.exchange.whole(remote, told, MAX_ADVERTISED_BYTES).await?;
        receive_pack(&told).map_err(|error| answer::broken(remote, &error))
    }
}
