//! What GitLab is asked to do, except merges and commits.

use fleetwright_core::pull::PullRef;
use fleetwright_forge::http::{About, Permission, Reply, Write};
use fleetwright_forge::{Cost, Done, Effect, ForgeError, Moved};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Inner;
use crate::projects::project_path;
use crate::refusal::said;
use crate::wire::{MergeRequest, Note};

/// The most pages of a hundred comments among which ours is looked for.
const PAGES: usize = 20;

/// What marks a request as not ready (docs.gitlab.com "Draft merge requests").
const DRAFT: &str = "Draft: ";

/// A change, short of who may do it.
pub(crate) struct Change {
    pub(crate) method: Method,
    /// Below the project's path.
    pub(crate) path: String,
    pub(crate) body: Value,
    pub(crate) cost: Cost,
    pub(crate) permission: Permission,
}

impl Inner {
    /// Sends a change of one project; any status but 5xx is an answer.
    pub(crate) async fn change(&self, about: About<'_>, change: Change) -> Result<Reply, ForgeError> {
        let path = format!("{}{}", project_path(about.repo), change.path);
        let Change { method, body, cost, permission, .. } = change;
        self.rest.write(about, Write { method, path: &path, body, cost, permission }).await
    }

    /// What a refusal of a change means. An archived project forbids every change with the same words as a
    /// token that lacks a role, so it is looked at.
    pub(crate) async fn refused(&self, reply: &Reply, about: About<'_>) -> ForgeError {
        if reply.status == 403 && self.project_anew(about.repo).await.is_ok_and(|project| project.archived) {
            let why = "the project is archived: nothing in it can be changed".to_owned();
            return ForgeError::Refused { repo: about.repo.to_owned(), why };
        }
        if matches!(reply.status, 301..=404) {
            self.projects.forget(&about.repo.to_owned());
        }
        self.named_anew(about.repo, self.rest.explain(reply, about)).await
    }

    /// Does what is asked.
    pub(crate) async fn perform(&self, repo: &str, effect: &Effect) -> Result<Done, ForgeError> {
        match effect {
            Effect::Push { branch, expected, head, objects } => {
                let moved = Moved {
                    branch,
                    expected: *expected,
                    head: *head,
                    objects,
                    permission: Permission::Contents,
                };
                self.git.push(repo, &moved).await.map(|()| Done::Done)
            }
            Effect::DeleteBranch { branch, expected } => {
                self.git.delete(repo, branch, *expected).await.map(|()| Done::Done)
            }
            Effect::Commit { .. } => self.commit_by_api(repo, effect).await,
            Effect::OpenPull { .. } => self.open(repo, effect).await,
            Effect::UpdatePull { number, title, body } => self.update(repo, *number, (title, body)).await,
            Effect::Comment { number, marker, body } => self.comment(repo, *number, marker, body).await,
            Effect::Rerun { run, .. } => self.rerun(repo, run).await,
            Effect::Enqueue { number, head, method } => self.enqueue(repo, *number, (*head, *method)).await,
            Effect::Merge { number, head, method } => self.merge(repo, *number, (*head, *method)).await,
            Effect::ClosePull { number, .. } => self.close(repo, *number).await,
        }
    }

    /// Opens a request, with everything it shall have, by one call.
    async fn open(&self, repo: &str, effect: &Effect) -> Result<Done, ForgeError> {
        let Effect::OpenPull { branch, title, body, labels, reviewers, draft } = effect else {
            return Err(ForgeError::unknown("not an effect that opens a pull request"));
        };
        let about = About { repo, what: "a new merge request" };
        let change = Change {
            method: Method::POST,
            path: "/merge_requests".to_owned(),
            body: json!({
                "source_branch": branch,
                "target_branch": self.default_branch(repo).await?,
                "title": if *draft { format!("{DRAFT}{title}") } else { title.clone() },
                "description": body,
                "labels": labels.join(","),
                "reviewer_ids": self.user_ids(reviewers).await?,
                "remove_source_branch": true,
            }),
            cost: Cost::Content,
            permission: Permission::Pulls,
        };
        let reply = self.change(about, change).await?;
        if reply.is_success() {
            let request: MergeRequest = reply.json(repo)?;
            return Ok(Done::Opened(PullRef { number: request.iid, url: request.web_url }));
        }
        let said = said(&reply);
        if reply.status == 409 && said.contains("open merge request already exists") {
            return Err(self.already(repo, branch, &said).await);
        }
        if said.contains("does not exist") && said.to_lowercase().replace('_', " ").contains("source branch")
        {
            return Err(ForgeError::NotFound { what: format!("branch {branch} of {repo}") });
        }
        Err(self.refused(&reply, about).await)
    }

    /// "Another open merge request already exists for this source branch: !12"
    async fn already(&self, repo: &str, branch: &str, said: &str) -> ForgeError {
        let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
        let told = said.rsplit_once('!').and_then(|(_, rest)| digits(rest).parse().ok());
        if let Some(number) = told {
            return ForgeError::AlreadyOpen { number };
        }
        match self.requests_of(repo, branch).await {
            Ok(requests) => match requests.iter().find(|request| request.is_open()) {
                Some(open) => ForgeError::AlreadyOpen { number: open.iid },
                None => ForgeError::unknown("a merge request was open and is not any more"),
            },
            Err(error) => error,
        }
    }

    async fn update(&self, repo: &str, number: u64, text: (&String, &String)) -> Result<Done, ForgeError> {
        let request = self.request(repo, number).await?;
        // Whether it is ready is the people's to say: their mark in the title is kept.
        let kept = if request.draft || request.work_in_progress { DRAFT } else { "" };
        let title = format!("{kept}{}", text.0);
        if request.title == title && request.description.as_deref().unwrap_or_default() == text.1 {
            return Ok(Done::Done);
        }
        self.put(repo, number, json!({ "title": title, "description": text.1 })).await
    }

    async fn close(&self, repo: &str, number: u64) -> Result<Done, ForgeError> {
        match self.request(repo, number).await? {
            request if request.is_open() => self.put(repo, number, json!({ "state_event": "close" })).await,
            _ => Ok(Done::Done),
        }
    }

    async fn put(&self, repo: &str, number: u64, body: Value) -> Result<Done, ForgeError> {
        let what = format!("merge request !{number}");
        let about = About { repo, what: &what };
        let change = Change {
            method: Method::PUT,
            path: format!("/merge_requests/{number}"),
            body,
            cost: Cost::Write,
            permission: Permission::Pulls,
        };
        match self.change(about, change).await? {
            reply if reply.is_success() => Ok(Done::Done),
            reply => Err(self.refused(&reply, about).await),
        }
    }

    /// Writes our one comment, or writes it anew where it is.
    async fn comment(&self, repo: &str, number: u64, marker: &str, body: &str) -> Result<Done, ForgeError> {
        let what = format!("the comments of !{number}");
        let about = About { repo, what: &what };
        let path = format!("{}/merge_requests/{number}/notes?sort=asc&per_page=100", project_path(repo));
        let me = self.me().await?;
        let notes: Vec<Note> = self.rest.pages(about, &path, PAGES).await?;
        let ours = notes.iter().find(|note| note.author.id == me.id && note.body.contains(marker));
        let (method, below, cost) = match ours {
            Some(note) if note.body == body => return Ok(Done::Done),
            Some(note) => (Method::PUT, format!("/{}", note.id), Cost::Write),
            None => (Method::POST, String::new(), Cost::Content),
        };
        let change = Change {
            method,
            path: format!("/merge_requests/{number}/notes{below}"),
            body: json!({ "body": body }),
            cost,
            permission: Permission::Pulls,
        };
        match self.change(about, change).await? {
            reply if reply.is_success() => Ok(Done::Done),
            reply => Err(self.refused(&reply, about).await),
        }
    }

    /// Starts a job again. One that cannot be started because it runs already is what was asked for.
    async fn rerun(&self, repo: &str, run: &str) -> Result<Done, ForgeError> {
        if run.is_empty() || !run.bytes().all(|byte| byte.is_ascii_digit()) {
            let why = format!("{run:?} is no job of GitLab's");
            return Err(ForgeError::Refused { repo: repo.to_owned(), why });
        }
        let what = format!("job {run}");
        let about = About { repo, what: &what };
        let change = Change {
            method: Method::POST,
            path: format!("/jobs/{run}/retry"),
            body: json!({}),
            cost: Cost::Write,
            permission: Permission::Checks,
        };
        match self.change(about, change).await? {
            reply if reply.is_success() => Ok(Done::Done),
            reply if reply.status == 403 && said(&reply).contains("not retryable") => {
                let why = format!("job {run} cannot be started again: it runs, or was started again already");
                Err(ForgeError::Refused { repo: repo.to_owned(), why })
            }
            reply => Err(self.refused(&reply, about).await),
        }
    }
}
