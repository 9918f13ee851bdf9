//! What people said and approved, and who may write.

use fleetwright_core::pull::{PullState, Said};
use fleetwright_forge::ForgeError;
use fleetwright_forge::http::{About, encoded};

use crate::Inner;
use crate::projects::project_path;
use crate::state::moment;
use crate::wire::{Approval, Approvals, Member, MergeRequest, Note, Reviewer, User, Version};

/// How many of the newest comments are read.
const NOTES: usize = 100;

/// The role Developer: from here on a member may push.
const MAY_WRITE: u64 = 30;

/// How long before a close a comment may be its reason, in milliseconds.
const REASON: i64 = 10 * 60_000;

impl Inner {
    /// Whose token it is.
    pub(crate) async fn me(&self) -> Result<User, ForgeError> {
        let about = About { repo: "", what: "the token's user" };
        self.me.get_or_try_init(|| self.rest.read::<User>(about, "/user")).await.cloned()
    }

    /// The newest comments and notes, oldest first.
    pub(crate) async fn notes(&self, repo: &str, number: u64) -> Result<Vec<Note>, ForgeError> {
        let path = format!(
            "{}/merge_requests/{number}/notes?sort=desc&order_by=created_at&per_page={NOTES}",
            project_path(repo)
        );
        let mut notes: Vec<Note> = self.rest.pages(About { repo, what: "the comments" }, &path, 1).await?;
        notes.reverse();
        Ok(notes)
    }

    /// What people said, each with whether he may write.
    pub(crate) async fn said(&self, repo: &str, notes: &[Note]) -> Result<Vec<Said>, ForgeError> {
        let me = self.me().await?;
        let mut said = Vec::new();
        for note in notes.iter().filter(|note| !note.system && note.author.id != me.id) {
            said.push(Said {
                id: note.id.to_string(),
                by: note.author.username.clone(),
                may_write: self.may_write(repo, &note.author).await,
                at: moment(&note.created_at).unwrap_or_default() / 1_000,
                body: note.body.clone(),
            });
        }
        Ok(said)
    }

    /// Whether a user may write to a project; `None` where GitLab does not tell.
    async fn may_write(&self, repo: &str, user: &User) -> Option<bool> {
        let key = (repo.to_owned(), user.id);
        let now = self.rest.now();
        if let Some(known) = self.writers.get(&key, now) {
            return Some(known);
        }
        let path = format!("{}/members/all/{}", project_path(repo), user.id);
        let found = self.rest.find::<Member>(About { repo, what: "a member" }, &path).await.ok()?;
        let may = found.is_some_and(|member| member.access_level >= MAY_WRITE);
        self.writers.put(key, may, now);
        Some(may)
    }

    /// How many approve of exactly this head. An approval outlives a push where the project lets it, so the
    /// time of each is compared with the time the head came.
    pub(crate) async fn approvals(
        &self,
        repo: &str,
        request: &MergeRequest,
        notes: &[Note],
    ) -> Result<u32, ForgeError> {
        let path = format!("{}/merge_requests/{}/approvals", project_path(repo), request.iid);
        let about = About { repo, what: "the approvals" };
        // Before 13.2 only a paid tier had them.
        let Some(approvals) = self.rest.find::<Approvals>(about, &path).await? else { return Ok(0) };
        if approvals.approved_by.is_empty() {
            return Ok(0);
        }
        let path = format!("{}/merge_requests/{}/versions?per_page=100", project_path(repo), request.iid);
        let versions: Vec<Version> = self.rest.pages(About { repo, what: "the versions" }, &path, 1).await?;
        let head = request.sha.as_deref().unwrap_or_default();
        let came = versions.iter().find(|version| version.head_commit_sha == head);
        let Some(came) = came.and_then(|version| moment(&version.created_at)) else { return Ok(0) };
        let of_head = |approval: &&Approval| approved_at(approval, notes).is_some_and(|at| at >= came);
        Ok(u32::try_from(approvals.approved_by.iter().filter(of_head).count()).unwrap_or(u32::MAX))
    }

    /// Whether a reviewer asks for changes.
    pub(crate) async fn changes_requested(
        &self,
        repo: &str,
        request: &MergeRequest,
    ) -> Result<bool, ForgeError> {
        if request.asks_for_changes() || request.reviewers.is_empty() {
            return Ok(request.asks_for_changes());
        }
        let path = format!("{}/merge_requests/{}/reviewers", project_path(repo), request.iid);
        let about = About { repo, what: "the reviewers" };
        let reviewers: Vec<Reviewer> = self.rest.find(about, &path).await?.unwrap_or_default();
        Ok(reviewers.iter().any(|reviewer| reviewer.state == "requested_changes"))
    }

    /// The ids of users by name. A name nobody has, such as a group's, is left out: a request without a
    /// reviewer is better than none.
    pub(crate) async fn user_ids(&self, names: &[String]) -> Result<Vec<u64>, ForgeError> {
        let mut ids = Vec::new();
        for name in names {
            let name = name.trim_start_matches('@').to_owned();
            let now = self.rest.now();
            let known = match self.users.get(&name, now) {
                Some(known) => known,
                None => {
                    let path = format!("/users?username={}", encoded(&name));
                    let found: Vec<User> = self.rest.read(About { repo: "", what: "a user" }, &path).await?;
                    let id = found.first().map(|user| user.id);
                    self.users.put(name, id, now);
                    id
                }
            };
            ids.extend(known);
        }
        Ok(ids)
    }
}

/// Who closed a request, and the reason: what the same person said shortly before.
pub(crate) fn closed(request: &MergeRequest, notes: &[Note]) -> PullState {
    let by = request.closed_by.clone().unwrap_or_default();
    let at = request.closed_at.as_deref().and_then(moment).unwrap_or(i64::MAX);
    let is_reason = |note: &&Note| {
        let said = moment(&note.created_at).unwrap_or_default();
        !note.system
            && note.author.id == by.id
            && (at.saturating_sub(REASON)..=at.saturating_add(60_000)).contains(&said)
    };
    let reason = notes.iter().rev().find(is_reason).map(|note| note.body.clone());
    PullState::Closed { by: by.username, reason }
}

fn approved_at(approval: &Approval, notes: &[Note]) -> Option<i64> {
    if let Some(at) = approval.approved_at.as_deref() {
        return moment(at);
    }
    // Before 17.7 only the note that GitLab writes tells when.
    let wrote = |note: &&Note| {
        note.system
            && note.author.id == approval.user.id
            && note.body.starts_with("approved this merge request")
    };
    moment(&notes.iter().rev().find(wrote)?.created_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(by: u64, at: &str, body: &str, system: bool) -> Note {
        let author = User { id: by, username: format!("user{by}") };
        Note { id: 1, body: body.to_owned(), author, created_at: at.to_owned(), system }
    }

    #[test]
    fn the_reason_of_a_close_is_what_its_author_said_just_before() {
        let request = MergeRequest {
            closed_by: Some(User { id: 2, username: "ann".into() }),
            closed_at: Some("2026-11-25T10:00:00.000Z".into()),
            ..MergeRequest::default()
        };
        let notes = [
            note(2, "2026-11-25T08:00:00.000Z", "looks odd", false),
            note(2, "2026-11-25T09:59:00.000Z", "not before the release", false),
            note(3, "2026-11-25T09:59:30.000Z", "me neither", false),
            note(2, "2026-11-25T10:00:00.000Z", "closed", true),
        ];
        let reason = Some("not before the release".to_owned());
        assert_eq!(closed(&request, &notes), PullState::Closed { by: "ann".into(), reason });
        assert_eq!(closed(&request, &notes[..1]), PullState::Closed { by: "ann".into(), reason: None });
    }

    #[test]
    fn an_old_server_tells_the_time_of_an_approval_by_a_note() {
        let approval = Approval { user: User { id: 2, username: "ann".into() }, approved_at: None };
        let notes = [note(2, "2026-11-25T09:00:00.000Z", "approved this merge request", true)];
        assert!(approved_at(&approval, &notes).is_some());
        let forged = [note(2, "2026-11-25T09:00:00.000Z", "approved this merge request", false)];
        assert_eq!(approved_at(&approval, &forged), None, "a person's words are no approval");
    }
}
