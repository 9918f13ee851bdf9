//! Looking at many merge requests with few requests.
//!
//! 10,000 open requests are a hundred pages of one list. Those whose line in the list is as their mark says
//! cost nothing more; the others are read one by one. See [`fleetwright_forge::mark`] for when a line is believed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use fleetwright_core::pull::{MergeDoor, PullSeen, PullState};
use fleetwright_forge::http::{About, encoded};
use fleetwright_forge::mark::digest;
use fleetwright_forge::{ForgeError, Found, Look, Mark, bulk};

use crate::Inner;
use crate::people::closed;
use crate::projects::project_path;
use crate::wire::MergeRequest;

/// From so many on, a list is read before anything else.
const MANY: usize = 5;

/// The list of all open requests of the token's user, in whatever project.
const OURS: &str = "/merge_requests?scope=created_by_me&state=opened&order_by=created_at&sort=asc\
    &with_merge_status_recheck=true&per_page=100";

/// The most pages of it.
const PAGES: usize = 1_000;

/// By project and number, what the list shows.
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
            // Without the list each is read by itself: slower, and as true.
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
        let looked =
            bulk::each(questions, bulk::AT_ONCE, |(pull, mark)| Arc::clone(self).look_closely(pull, mark))
                .await;
        for (at, answer) in places.into_iter().zip(looked) {
            if let Some(place) = answers.get_mut(at) {
                *place = answer;
            }
        }
        answers
    }

    /// The list, unless it has more pages than there are requests to look at.
    async fn lines(&self, many: usize) -> Result<Lines, ForgeError> {
        let about = About { repo: "", what: "our merge requests" };
        let first = self.rest.ask_page(about, OURS).await?;
        if !first.is_success() {
            return Err(self.rest.explain(&first, about));
        }
        let pages = first.header("x-total-pages").and_then(|pages| pages.parse::<usize>().ok());
        if pages.is_some_and(|pages| pages > many) {
            return Ok(Lines::new());
        }
        let mut requests: Vec<MergeRequest> = first.json("gitlab")?;
        if let Some(next) = self.rest.next(&first) {
            requests.extend(self.rest.pages::<MergeRequest>(about, &next, PAGES).await?);
        }
        let line = |request: MergeRequest| {
            let (repo, _) = request.references.full.rsplit_once('!')?;
            Some(((repo.to_owned(), request.iid), request.line()))
        };
        Ok(requests.into_iter().filter_map(line).collect())
    }

    async fn look_closely(
        self: Arc<Self>,
        pull: Look,
        mark: Option<Mark>,
    ) -> Result<Option<PullSeen>, ForgeError> {
        let (repo, now) = (pull.repo.as_str(), self.rest.forge_now());
        let request = self.request(repo, pull.number).await?;
        let known = mark.filter(|mark| mark.is_line(&request.line()));
        if !request.is_open() {
            let seen = self.ended(repo, &request).await?;
            let same = known.is_some();
            return Ok(Some(marked(&request, seen, now)).filter(|_| !same));
        }
        let mut checks = self.checks(repo, &request).await?;
        // A pipeline that goes on moves nothing else: what people say and approve moves the list's line.
        if known.is_some_and(|mark| {
            mark.checks == digest(&checks, request.mergeable()) && !mark.is_stale(pull.number, now)
        }) {
            return Ok(None);
        }
        self.compare_with_base(repo, &request, &mut checks).await?;
        let notes = match request.user_notes_count {
            0 => Vec::new(),
            _ => self.notes(repo, request.iid).await?,
        };
        let project = self.project(repo).await?;
        let mut seen = request.seen(PullState::Open);
        seen.approvals = self.approvals(repo, &request, &notes).await?;
        seen.changes_requested = self.changes_requested(repo, &request).await?;
        seen.comments = self.said(repo, &notes).await?;
        seen.checks = checks;
        if project.merge_trains_enabled == Some(true) {
            seen.door = MergeDoor::Queue;
        }
        let mark = request.mark(&seen, now);
        Ok(Some(PullSeen { mark: mark.text(), ..seen }))
    }

    /// One merge request, with its pipeline.
    pub(crate) async fn request(&self, repo: &str, number: u64) -> Result<MergeRequest, ForgeError> {
        let path = format!("{}/merge_requests/{number}", project_path(repo));
        let what = format!("merge request !{number}");
        match self.rest.read(About { repo, what: &what }, &path).await {
            Ok(request) => Ok(request),
            Err(error) => Err(self.named_anew(repo, error).await),
        }
    }

    /// A request that no longer stands.
    async fn ended(&self, repo: &str, request: &MergeRequest) -> Result<PullSeen, ForgeError> {
        let notes = match (request.state.as_str(), request.user_notes_count) {
            ("closed", 1..) => self.notes(repo, request.iid).await?,
            _ => Vec::new(),
        };
        let comments = self.said(repo, &notes).await?;
        let seen = request.seen(self.state(repo, request, &notes).await?);
        Ok(PullSeen { comments, ..seen })
    }

    async fn state(
        &self,
        repo: &str,
        request: &MergeRequest,
        notes: &[crate::wire::Note],
    ) -> Result<PullState, ForgeError> {
        match request.merged_as() {
            Some(commit) => {
                let tree = self.commit_of(repo, commit).await?.tree;
                Ok(PullState::Merged { commit, tree, by: request.merged_by() })
            }
            None if request.is_open() => Ok(PullState::Open),
            None => Ok(closed(request, notes)),
        }
    }

    /// Every request from each branch, the newest first.
    pub(crate) async fn find(
        self: &Arc<Self>,
        branches: &[(String, String)],
    ) -> Vec<Result<Vec<Found>, ForgeError>> {
        bulk::each(branches.to_vec(), bulk::AT_ONCE, |(repo, branch)| Arc::clone(self).find_one(repo, branch))
            .await
    }

    async fn find_one(self: Arc<Self>, repo: String, branch: String) -> Result<Vec<Found>, ForgeError> {
        let requests = match self.requests_of(&repo, &branch).await {
            Ok(requests) => requests,
            Err(error) => return Err(self.named_anew(&repo, error).await),
        };
        let mut found = Vec::new();
        for request in requests {
            let seen = request.seen(self.state(&repo, &request, &[]).await?);
            found.push(Found { seen, body: request.description.unwrap_or_default() });
        }
        Ok(found)
    }

    /// Every request from a branch of the project itself, the newest first.
    pub(crate) async fn requests_of(
        &self,
        repo: &str,
        branch: &str,
    ) -> Result<Vec<MergeRequest>, ForgeError> {
        let path = format!(
            "{}/merge_requests?source_branch={}&state=all&scope=all&order_by=created_at&sort=desc&per_page=100",
            project_path(repo),
            encoded(branch)
        );
        let what = format!("the merge requests from {branch}");
        let mut requests: Vec<MergeRequest> =
            self.rest.pages(About { repo, what: &what }, &path, PAGES).await?;
        // Two made in one second keep no order of their own; and a page may tell one twice.
        let mut seen = HashSet::new();
        requests.retain(|request| {
            request.source_branch == branch && request.is_own_branch() && seen.insert(request.iid)
        });
        requests.sort_by_key(|request| std::cmp::Reverse(request.iid));
        Ok(requests)
    }
}

fn marked(request: &MergeRequest, seen: PullSeen, now: i64) -> PullSeen {
    let mark = request.mark(&seen, now).text();
    PullSeen { mark, ..seen }
}
