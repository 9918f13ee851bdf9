//! Looking at many pull requests with few requests.
//!
//! 10,000 open pull requests are two hundred pages of one search. Those whose line there is as their mark
//! says cost nothing more; the others are read one by one. See [`fleetwright_forge::mark`] for when a line
//! is believed.

use std::collections::HashMap;
use std::sync::Arc;

use fleetwright_core::pull::{PullSeen, PullState};
use fleetwright_forge::http::{About, encoded};
use fleetwright_forge::mark::digest;
use fleetwright_forge::{ForgeError, Found, Look, Mark, bulk};

use crate::Inner;
use crate::repos::repo_path;
use crate::wire::{Comment, Hit, Pull, Version};

/// From so many on, a search is read before anything else.
const MANY: usize = 5;

/// All open pull requests of the token's user, in whatever repository.
const OURS: &str = "/repos/issues/search?type=pulls&state=open&created=true&limit=50";

/// How many a page of a search holds.
const PAGE: usize = 50;

/// The most pages of one list.
const PAGES: usize = 2_000;

/// How often a pull request that is said not to merge is asked for again before that is believed.
const DOUBTS: usize = 5;

/// How long is waited for Gitea to have found out, in milliseconds.
const PAUSE: i64 = 500;

/// By repository and number, what the search shows.
type Lines = HashMap<(String, u64), String>;

impl Inner {
    /// Looks at each; `None` for what did not change since its mark.
    pub(crate) async fn look(self: &Arc<Self>, pulls: &[Look]) -> Vec<Result<Option<PullSeen>, ForgeError>> {
        let now = self.rest.forge_now();
        let marked: Vec<Option<Mark>> =
            pulls.iter().map(|pull| pull.mark.as_deref().and_then(Mark::parse)).collect();
        let believed = |at: usize, pull: &Look| {
            marked.get(at).cloned().flatten().filter(|mark| mark.is_believed(pull.number, now))
        };
        let many = pulls.iter().enumerate().filter(|(at, pull)| believed(*at, pull).is_some()).count();
        let lines = match many {
            0..MANY => Lines::new(),
            // Without the search each is read by itself: slower, and as true.
            _ => self.lines(many).await.unwrap_or_default(),
        };
        let mut answers: Vec<_> = pulls.iter().map(|_| Ok(None)).collect();
        let (mut places, mut questions) = (Vec::new(), Vec::new());
        for (at, pull) in pulls.iter().enumerate() {
            let line = lines.get(&(pull.repo.clone(), pull.number));
            let same = believed(at, pull).is_some_and(|mark| line.is_some_and(|line| mark.is_line(line)));
            if !same {
                places.push(at);
                questions.push((pull.clone(), marked.get(at).cloned().flatten()));
            }
        }
        let closely = |(pull, mark)| Arc::clone(self).look_closely(pull, mark);
        let looked = bulk::each(questions, bulk::AT_ONCE, closely).await;
        for (at, answer) in places.into_iter().zip(looked) {
            if let Some(place) = answers.get_mut(at) {
                *place = answer;
            }
        }
        answers
    }

    /// The search, unless it has more pages than there are pull requests to look at.
    async fn lines(&self, many: usize) -> Result<Lines, ForgeError> {
        let about = About { repo: "", what: "our pull requests" };
        let first = self.rest.ask_page(about, OURS).await?;
        if !first.is_success() {
            return Err(self.rest.explain(&first, about));
        }
        let total = first.header("x-total-count").and_then(|total| total.parse::<usize>().ok());
        if total.is_some_and(|total| total / PAGE > many) {
            return Ok(Lines::new());
        }
        let mut hits: Vec<Hit> = first.json("gitea")?;
        if let Some(next) = self.rest.next(&first) {
            hits.extend(self.rest.pages::<Hit>(about, &next, PAGES).await?);
        }
        let line = |hit: Hit| {
            let line = hit.line();
            ((hit.repository.full_name, hit.number), line)
        };
        Ok(hits.into_iter().map(line).collect())
    }

    async fn look_closely(
        self: Arc<Self>,
        look: Look,
        mark: Option<Mark>,
    ) -> Result<Option<PullSeen>, ForgeError> {
        let (repo, now) = (look.repo.as_str(), self.rest.forge_now());
        let pull = self.pull(repo, look.number).await?;
        let known = mark.filter(|mark| mark.is_line(&pull.line()));
        if !pull.is_open() {
            let seen = self.ended(repo, &pull).await?;
            let mark = pull.mark(&seen, now).text();
            return Ok(Some(PullSeen { mark, ..seen }).filter(|_| known.is_none()));
        }
        let mergeable = self.mergeable(repo, &pull).await?;
        let mut checks = self.checks(repo, &pull).await?;
        let short = digest(&checks, mergeable);
        if known.is_some_and(|mark| mark.checks == short && !mark.is_stale(look.number, now)) {
            return Ok(None);
        }
        self.compare_with_base(repo, &pull, &mut checks).await?;
        let comments = match pull.comments {
            0 => Vec::new(),
            _ => self.comments(repo, pull.number).await?,
        };
        let mut seen = pull.seen(PullState::Open, mergeable);
        (seen.approvals, seen.changes_requested) = self.reviews(repo, &pull).await?;
        seen.blocked = self.blocked(repo, &pull, seen.approvals).await?;
        seen.comments = self.said(repo, &comments).await?;
        seen.checks = checks;
        let mark = pull.mark(&seen, now).text();
        Ok(Some(PullSeen { mark, ..seen }))
    }

    /// Approvals that the base's protection asks for and that are not there: nothing else tells of them.
    async fn blocked(&self, repo: &str, pull: &Pull, approvals: u32) -> Result<Option<String>, ForgeError> {
        let branch = self.branch(repo, &pull.base.branch).await?.unwrap_or_default();
        let missing = branch.required_approvals.saturating_sub(u64::from(approvals));
        let words = || format!("`{}` asks for {missing} more approvals", pull.base.branch);
        Ok((branch.protected && missing > 0).then(words))
    }

    /// Whether it merges without conflict; `None` while that cannot be known. Gitea says no as well while it
    /// finds out, after each push to either side, so it is asked again a few times.
    async fn mergeable(&self, repo: &str, pull: &Pull) -> Result<Option<bool>, ForgeError> {
        let mut merges = pull.mergeable;
        // A draft is never said to merge.
        if !merges && pull.is_draft() {
            return Ok(None);
        }
        for _ in 0..DOUBTS {
            if merges {
                break;
            }
            self.rest.http().clock().sleep_until(self.rest.now() + PAUSE).await;
            let again = self.pull(repo, pull.number).await?;
            if again.head.sha != pull.head.sha {
                return Ok(None);
            }
            merges = again.mergeable;
        }
        Ok(Some(merges))
    }

    /// One pull request.
    pub(crate) async fn pull(&self, repo: &str, number: u64) -> Result<Pull, ForgeError> {
        let path = format!("{}/pulls/{number}", repo_path(repo));
        let what = format!("pull request #{number}");
        self.rest.read(About { repo, what: &what }, &path).await
    }

    /// A pull request that no longer stands.
    async fn ended(&self, repo: &str, pull: &Pull) -> Result<PullSeen, ForgeError> {
        let comments = match (pull.merged, pull.comments) {
            (false, 1..) => self.comments(repo, pull.number).await?,
            _ => Vec::new(),
        };
        let said = self.said(repo, &comments).await?;
        let seen = pull.seen(self.state(repo, pull, &comments).await?, None);
        Ok(PullSeen { comments: said, ..seen })
    }

    async fn state(&self, repo: &str, pull: &Pull, comments: &[Comment]) -> Result<PullState, ForgeError> {
        match pull.merged_as() {
            Some(commit) => {
                let tree = self.commit_of(repo, commit).await?.tree;
                let by = pull.merged_by.clone().unwrap_or_default().login;
                Ok(PullState::Merged { commit, tree, by })
            }
            None if pull.is_open() => Ok(PullState::Open),
            None => self.closed(repo, pull, comments).await,
        }
    }

    /// Every pull request from each branch, the newest first.
    pub(crate) async fn find(
        self: &Arc<Self>,
        branches: &[(String, String)],
    ) -> Vec<Result<Vec<Found>, ForgeError>> {
        let one = |(repo, branch)| Arc::clone(self).find_one(repo, branch);
        bulk::each(branches.to_vec(), bulk::AT_ONCE, one).await
    }

    async fn find_one(self: Arc<Self>, repo: String, branch: String) -> Result<Vec<Found>, ForgeError> {
        let mut found = Vec::new();
        for pull in self.pulls_of(&repo, &branch).await? {
            let seen = pull.seen(self.state(&repo, &pull, &[]).await?, Some(true).filter(|_| pull.mergeable));
            found.push(Found { seen, body: pull.body });
        }
        Ok(found)
    }

    /// Every pull request from a branch of the repository itself, the newest first. Whether there is one at
    /// all is one question; Gitea filters no list by branch, so only then all are read.
    pub(crate) async fn pulls_of(&self, repo: &str, branch: &str) -> Result<Vec<Pull>, ForgeError> {
        let base = self.repo(repo).await?.default_branch;
        if self.newest_of(repo, &base, branch).await?.is_none() && self.finds_by_branch().await? {
            return Ok(Vec::new());
        }
        let about = About { repo, what: "the pull requests" };
        let path = format!("{}/pulls?state=all&limit=50", repo_path(repo));
        let mut pulls: Vec<Pull> = self.rest.pages(about, &path, PAGES).await?;
        pulls.retain(|pull| pull.head.branch == branch && pull.is_own_branch());
        pulls.sort_by_key(|pull| std::cmp::Reverse(pull.number));
        pulls.dedup_by_key(|pull| pull.number);
        Ok(pulls)
    }

    /// The newest pull request from a branch.
    pub(crate) async fn newest_of(
        &self,
        repo: &str,
        base: &str,
        branch: &str,
    ) -> Result<Option<Pull>, ForgeError> {
        let path = format!("{}/pulls/{}/{}", repo_path(repo), encoded(base), encoded(branch));
        let what = format!("the pull request from {branch}");
        self.rest.find(About { repo, what: &what }, &path).await
    }

    /// Whether this server can be asked for a pull request by its branches: since 1.21. To older ones that is
    /// a path which is not there.
    async fn finds_by_branch(&self) -> Result<bool, ForgeError> {
        let about = About { repo: "", what: "the version" };
        let ask = async || Ok(is_since_21(&self.rest.read::<Version>(about, "/version").await?.version));
        self.by_branch.get_or_try_init(ask).await.copied()
    }
}

/// Whether a version is Gitea 1.21, or Forgejo made of it, or later. Forgejo names what it was made of behind
/// a plus: `9.0.3+gitea-1.22.0`.
fn is_since_21(version: &str) -> bool {
    let gitea = version.split_once("gitea-").map_or(version, |(_, gitea)| gitea);
    let mut parts = gitea.split(['.', '-', '+']).map(|part| part.parse::<u64>().unwrap_or(u64::MAX));
    (parts.next(), parts.next()) >= (Some(1), Some(21))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_apart() {
        for newer in ["1.21.0", "1.22.6+dev-2", "1.25.4", "2.0", "9.0.3+gitea-1.22.0", "main-1a2b", ""] {
            assert!(is_since_21(newer), "{newer}");
        }
        for older in ["1.20.5", "1.17.3+3-g1a2b", "1.20.4+0-gitea-1.20.4"] {
            assert!(!is_since_21(older), "{older}");
        }
    }
}
