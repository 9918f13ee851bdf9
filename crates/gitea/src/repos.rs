//! Repositories: those in scope, and what is remembered of each.

use std::sync::Arc;

use fleetwright_core::repo::RepoFacts;
use fleetwright_forge::http::{About, encoded};
use fleetwright_forge::{ForgeError, Listed, Tip, bulk};

use crate::Inner;
use crate::wire::{Repository, Topics};

/// The most pages of fifty that a list is read. A server may make pages smaller than asked for.
const PAGES: usize = 2_000;

impl Inner {
    /// Every repository of the owners in scope.
    pub(crate) async fn list(self: &Arc<Self>) -> Result<Vec<Listed>, ForgeError> {
        let mut repos = Vec::new();
        for owner in &self.owners {
            repos.extend(self.of_owner(owner).await?);
        }
        repos.sort_by(|a, b| a.full_name.cmp(&b.full_name));
        repos.dedup_by(|a, b| a.full_name == b.full_name);
        let now = self.rest.now();
        for repo in &repos {
            self.repos.put(repo.full_name.clone(), repo.clone(), now);
        }
        let told = bulk::each(repos.clone(), bulk::AT_ONCE, |repo| Arc::clone(self).topics(repo)).await;
        let rows = repos.into_iter().zip(told);
        Ok(rows.map(|(repo, topics)| row(repo, topics.unwrap_or_default())).collect())
    }

    async fn of_owner(&self, owner: &str) -> Result<Vec<Repository>, ForgeError> {
        let what = format!("the organisation {owner}");
        let about = About { repo: "", what: &what };
        let of = |kind: &str| format!("/{kind}/{}/repos?limit=50", encoded(owner));
        match self.rest.pages(about, &of("orgs"), PAGES).await {
            // A user has repositories too.
            Err(ForgeError::NotFound { .. }) => self.rest.pages(about, &of("users"), PAGES).await,
            other => other,
        }
    }

    /// The topics: in the list since 1.22, else one question for each repository that changed.
    async fn topics(self: Arc<Self>, repo: Repository) -> Result<Vec<String>, ForgeError> {
        if let Some(topics) = repo.topics {
            return Ok(topics);
        }
        let key = (repo.full_name, repo.updated_at);
        let now = self.rest.now();
        if let Some(known) = self.topics_of.get(&key, now) {
            return Ok(known);
        }
        let about = About { repo: &key.0, what: "the topics" };
        let path = format!("{}/topics?limit=50", repo_path(&key.0));
        let told: Topics = self.rest.read(about, &path).await?;
        self.topics_of.put(key, told.topics.clone(), now);
        Ok(told.topics)
    }

    /// What is remembered of a repository, or was just read.
    pub(crate) async fn repo(&self, repo: &str) -> Result<Repository, ForgeError> {
        let now = self.rest.now();
        if let Some(known) = self.repos.get(&repo.to_owned(), now) {
            return Ok(known);
        }
        let read: Repository =
            self.rest.read(About { repo, what: "the repository" }, &repo_path(repo)).await?;
        self.repos.put(repo.to_owned(), read.clone(), now);
        Ok(read)
    }
}

/// Where a repository's API is.
pub(crate) fn repo_path(repo: &str) -> String {
    let (owner, name) = repo.split_once('/').unwrap_or((repo, ""));
    format!("/repos/{}/{}", encoded(owner), encoded(name))
}

fn row(repo: Repository, topics: Vec<String>) -> Listed {
    let facts = RepoFacts {
        forge_id: repo.id.to_string(),
        owner: repo.owner.login,
        language: repo.language.to_lowercase(),
        topics,
        archived: repo.archived,
        default_branch: repo.default_branch,
        size: repo.size.saturating_mul(1_024),
        pushed_at: repo.updated_at,
        ..RepoFacts::default()
    };
    let fault = (repo.has_code == Some(false)).then(|| "its code is turned off".to_owned());
    Listed { name: repo.full_name, facts, tip: if repo.empty { Tip::Unborn } else { Tip::NotTold }, fault }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository as https://gitea.com/api/swagger "Repository" has it, shortened.
    #[test]
    fn a_repository_is_listed_with_what_gitea_says() {
        let text = r#"{"id":7,"owner":{"id":2,"login":"acme"},"name":"app","full_name":"acme/app","empty":false,
            "size":12,"language":"Go","archived":true,"default_branch":"main",
            "updated_at":"2026-11-25T10:00:00Z","has_code":true,"topics":["api"]}"#;
        let repo: Repository = serde_json::from_str(text).unwrap();
        let topics = repo.topics.clone().unwrap();
        let listed = row(repo, topics);
        assert_eq!((listed.name.as_str(), listed.facts.language.as_str()), ("acme/app", "go"));
        assert_eq!((listed.facts.size, listed.facts.archived, listed.tip), (12_288, true, Tip::NotTold));
        assert_eq!((listed.facts.owner.as_str(), listed.facts.topics.len()), ("acme", 1));
        assert_eq!(listed.facts.forge_id, "7");
    }
}
