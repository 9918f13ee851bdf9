//! What Gitea is asked to do, except merges and commits.

use fleetwright_forge::http::{About, Permission, Reply, Write, encoded};
use fleetwright_forge::{Cost, Done, Effect, ForgeError, Moved};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Inner;
use crate::repos::repo_path;
use crate::state::draft_mark;
use crate::wire::{Label, Pull};

/// The most pages of fifty labels.
const PAGES: usize = 20;

/// What a title begins with that is not ready.
const DRAFT: &str = "WIP: ";

/// The colour of a label that we make.
const COLOUR: &str = "#0e8a16";

/// A change, short of who may do it.
pub(crate) struct Change {
    pub(crate) method: Method,
    /// Below the repository's path.
    pub(crate) path: String,
    pub(crate) body: Value,
    pub(crate) cost: Cost,
    pub(crate) permission: Permission,
}

impl Change {
    /// A change of pull requests that creates no content.
    pub(crate) fn of_pull(method: Method, path: String, body: Value) -> Change {
        Change { method, path, body, cost: Cost::Write, permission: Permission::Pulls }
    }
}

impl Inner {
    /// Sends a change of one repository; any status but 5xx is an answer.
    pub(crate) async fn change(&self, about: About<'_>, change: Change) -> Result<Reply, ForgeError> {
        let path = format!("{}{}", repo_path(about.repo), change.path);
        let Change { method, body, cost, permission, .. } = change;
        self.rest.write(about, Write { method, path: &path, body, cost, permission }).await
    }

    /// Sends a change whose answer is of no further interest.
    async fn change_only(&self, about: About<'_>, change: Change) -> Result<Done, ForgeError> {
        match self.change(about, change).await? {
            reply if reply.is_success() => Ok(Done::Done),
            reply => Err(self.refused(&reply, about)),
        }
    }

    /// What a refusal of a change means.
    pub(crate) fn refused(&self, reply: &Reply, about: About<'_>) -> ForgeError {
        if matches!(reply.status, 300..=404 | 423) {
            self.repos.forget(&about.repo.to_owned());
        }
        self.rest.explain(reply, about)
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
            Effect::Rerun { .. } => {
                let why = "Gitea has no way to ask for a check to be run again; push again".to_owned();
                Err(ForgeError::Refused { repo: repo.to_owned(), why })
            }
            Effect::Enqueue { number, head, method } => self.enqueue(repo, *number, (*head, *method)).await,
            Effect::Merge { number, head, method } => self.merge(repo, *number, (*head, *method)).await,
            Effect::ClosePull { number, .. } => self.close(repo, *number).await,
        }
    }

    /// Opens a pull request, with everything it shall have, by one call.
    async fn open(&self, repo: &str, effect: &Effect) -> Result<Done, ForgeError> {
        let Effect::OpenPull { branch, title, body, labels, reviewers, draft } = effect else {
            return Err(ForgeError::unknown("not an effect that opens a pull request"));
        };
        let about = About { repo, what: "a new pull request" };
        let base = self.repo(repo).await?.default_branch;
        let (people, teams) = self.reviewers(reviewers).await?;
        let change = Change {
            cost: Cost::Content,
            ..Change::of_pull(
                Method::POST,
                "/pulls".to_owned(),
                json!({
                    "head": branch,
                    "base": base,
                    "title": if *draft { format!("{DRAFT}{title}") } else { title.clone() },
                    "body": body,
                    "labels": self.label_ids(repo, labels).await?,
                    "reviewers": people,
                    "team_reviewers": teams,
                }),
            )
        };
        let reply = self.change(about, change).await?;
        if reply.is_success() {
            let pull: Pull = reply.json(repo)?;
            self.ask_for_reviews(repo, &pull, (&people, &teams)).await;
            return Ok(Done::Opened(pull.place()));
        }
        if reply.status == 409 && reply.message().contains("already exists") {
            return Err(self.already(repo, &base, branch, &reply.message()).await);
        }
        let error = self.refused(&reply, about);
        // One 404 stands for a repository, a branch and a unit that is turned off.
        if matches!(error, ForgeError::NotFound { .. }) && self.git.tip(repo, branch).await?.is_none() {
            return Err(ForgeError::NotFound { what: format!("branch {branch} of {repo}") });
        }
        Err(error)
    }

    /// "pull request already exists for these targets [id: 1, issue_id: 2, ...]": `issue_id` is the number
    /// in the versions at hand and was another in older ones, so the pull request itself is looked for.
    async fn already(&self, repo: &str, base: &str, branch: &str, said: &str) -> ForgeError {
        match self.newest_of(repo, base, branch).await {
            Ok(Some(pull)) if pull.is_open() => ForgeError::AlreadyOpen { number: pull.number },
            Ok(_) => match issue_id(said) {
                Some(number) => ForgeError::AlreadyOpen { number },
                None => ForgeError::unknown("a pull request was open and is not any more"),
            },
            Err(error) => error,
        }
    }

    /// Before 1.23 reviewers could not be named when a pull request was opened.
    async fn ask_for_reviews(&self, repo: &str, pull: &Pull, (people, teams): (&[String], &[String])) {
        let asked = pull.requested_reviewers.as_deref().unwrap_or_default();
        let missing = people.iter().any(|name| !asked.iter().any(|user| user.login == *name));
        if !missing {
            return;
        }
        let about = About { repo, what: "a request for a review" };
        let body = json!({ "reviewers": people, "team_reviewers": teams });
        let path = format!("/pulls/{}/requested_reviewers", pull.number);
        let change = Change { cost: Cost::Content, ..Change::of_pull(Method::POST, path, body) };
        // The pull request is open; that nobody was asked to review it is not worth losing it.
        let _ = self.change_only(about, change).await;
    }

    /// People that exist, and teams. A name nobody has would make Gitea refuse the pull request.
    async fn reviewers(&self, names: &[String]) -> Result<(Vec<String>, Vec<String>), ForgeError> {
        let (mut people, mut teams) = (Vec::new(), Vec::new());
        for name in names {
            let name = name.trim_start_matches('@').to_owned();
            if let Some((_, team)) = name.split_once('/') {
                teams.push(team.to_owned());
                continue;
            }
            let now = self.rest.now();
            let known = match self.users.get(&name, now) {
                Some(known) => known,
                None => {
                    let about = About { repo: "", what: "a user" };
                    let path = format!("/users/{}", encoded(&name));
                    let found = self.rest.find::<crate::wire::User>(about, &path).await?.is_some();
                    self.users.put(name.clone(), found, now);
                    found
                }
            };
            people.extend(Some(name).filter(|_| known));
        }
        Ok((people, teams))
    }

    /// The numbers of labels; one that is missing is made, and left out where that is not allowed.
    async fn label_ids(&self, repo: &str, names: &[String]) -> Result<Vec<u64>, ForgeError> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.rest.now();
        let key = repo.to_owned();
        let mut known = match self.labels.get(&key, now) {
            Some(known) => known,
            None => self.read_labels(repo).await?,
        };
        let mut ids = Vec::new();
        for name in names {
            if !known.iter().any(|label| label.name == *name) {
                let about = About { repo, what: "a label" };
                let body = json!({ "name": name, "color": COLOUR });
                let change = Change::of_pull(Method::POST, "/labels".to_owned(), body);
                let reply = self.change(about, change).await?;
                known.extend(reply.json::<Label>(repo).ok().filter(|_| reply.is_success()));
            }
            ids.extend(known.iter().find(|label| label.name == *name).map(|label| label.id));
        }
        self.labels.put(key, known, now);
        Ok(ids)
    }

    async fn read_labels(&self, repo: &str) -> Result<Vec<Label>, ForgeError> {
        let about = About { repo, what: "the labels" };
        let path = format!("{}/labels?limit=50", repo_path(repo));
        let mut labels: Vec<Label> = self.rest.pages(about, &path, PAGES).await?;
        let owner = repo.split('/').next().unwrap_or_default();
        let path = format!("/orgs/{}/labels?limit=50", encoded(owner));
        // A user has no labels beyond those of each repository.
        labels.extend(self.rest.pages::<Label>(about, &path, PAGES).await.unwrap_or_default());
        Ok(labels)
    }

    async fn update(&self, repo: &str, number: u64, text: (&String, &String)) -> Result<Done, ForgeError> {
        let pull = self.pull(repo, number).await?;
        // Whether it is ready is the people's to say: their mark in the title is kept.
        let kept = draft_mark(&pull.title).map(|mark| format!("{mark} ")).unwrap_or_default();
        let title = format!("{kept}{}", text.0);
        if pull.title == title && pull.body == *text.1 {
            return Ok(Done::Done);
        }
        self.edit(repo, number, json!({ "title": title, "body": text.1 })).await
    }

    async fn close(&self, repo: &str, number: u64) -> Result<Done, ForgeError> {
        match self.pull(repo, number).await? {
            pull if pull.is_open() => self.edit(repo, number, json!({ "state": "closed" })).await,
            _ => Ok(Done::Done),
        }
    }

    async fn edit(&self, repo: &str, number: u64, body: Value) -> Result<Done, ForgeError> {
        let what = format!("pull request #{number}");
        let change = Change::of_pull(Method::PATCH, format!("/pulls/{number}"), body);
        self.change_only(About { repo, what: &what }, change).await
    }

    /// Writes our one comment, or writes it anew where it is.
    async fn comment(&self, repo: &str, number: u64, marker: &str, body: &str) -> Result<Done, ForgeError> {
        let what = format!("the comments of #{number}");
        let me = self.me().await?;
        let comments = self.comments(repo, number).await?;
        let ours = |by: Option<&crate::wire::User>| by.is_some_and(|user| user.id == me.id);
        let found = comments.iter().find(|said| ours(said.user.as_ref()) && said.body.contains(marker));
        let (method, path, cost) = match found {
            Some(said) if said.body == body => return Ok(Done::Done),
            Some(said) => (Method::PATCH, format!("/issues/comments/{}", said.id), Cost::Write),
            None => (Method::POST, format!("/issues/{number}/comments"), Cost::Content),
        };
        let change = Change { cost, ..Change::of_pull(method, path, json!({ "body": body })) };
        self.change_only(About { repo, what: &what }, change).await
    }
}

/// The `issue_id` that a refusal names.
fn issue_id(said: &str) -> Option<u64> {
    let (_, rest) = said.split_once("issue_id: ")?;
    rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words are those of models/issues/pull.go, ErrPullRequestAlreadyExists.
    #[test]
    fn the_number_of_what_is_open_already_is_read_from_the_refusal() {
        let said = "pull request already exists for these targets [id: 11, issue_id: 12, head_repo_id: 1, \
            base_repo_id: 1, head_branch: x, base_branch: main]";
        assert_eq!((issue_id(said), issue_id("")), (Some(12), None));
    }
}
