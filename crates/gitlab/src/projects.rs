//! Projects: those in scope, and what is remembered of each.

use std::sync::Arc;

use fleetwright_core::repo::RepoFacts;
use fleetwright_forge::http::{About, encoded};
use fleetwright_forge::{ForgeError, Listed, Tip, bulk};

use crate::Inner;
use crate::refusal::MOVED;
use crate::wire::Project;

/// The most pages of a hundred that a list is read: far beyond the largest group.
const PAGES: usize = 1_000;

impl Inner {
    /// Every project of the groups in scope and their subgroups.
    pub(crate) async fn list(self: &Arc<Self>) -> Result<Vec<Listed>, ForgeError> {
        let mut projects = Vec::new();
        for group in &self.groups {
            let what = format!("the group {group}");
            let about = About { repo: "", what: &what };
            projects.extend(self.group(about, group).await?);
        }
        projects.sort_by(|a, b| a.path_with_namespace.cmp(&b.path_with_namespace));
        projects.dedup_by(|a, b| a.path_with_namespace == b.path_with_namespace);
        let now = self.rest.now();
        let asked = projects.clone();
        let languages = match self.languages {
            true => bulk::each(asked, bulk::AT_ONCE, |project| Arc::clone(self).language(project)).await,
            false => Vec::new(),
        };
        let mut listed = Vec::with_capacity(projects.len());
        for (at, project) in projects.into_iter().enumerate() {
            let language = languages.get(at).and_then(|told| told.clone().ok()).unwrap_or_default();
            self.projects.put(project.path_with_namespace.clone(), project.clone(), now);
            listed.push(row(project, language));
        }
        Ok(listed)
    }

    /// Keyset pages where the server has them for this list, else numbered ones: which it is, its `Link` says.
    async fn group(&self, about: About<'_>, group: &str) -> Result<Vec<Project>, ForgeError> {
        let path = format!(
            "/groups/{}/projects?include_subgroups=true&with_shared=false&order_by=id&sort=asc&per_page=100",
            encoded(group)
        );
        let keyset = format!("{path}&pagination=keyset");
        let first = self.rest.ask_page(about, &keyset).await?;
        // "Keyset pagination is not yet available for this type of request"
        let path = if first.status == 405 { path } else { keyset };
        if first.status == 405 || !first.is_success() {
            return self.rest.pages(about, &path, PAGES).await;
        }
        let mut projects: Vec<Project> = first.json("gitlab")?;
        if let Some(next) = self.rest.next(&first) {
            projects.extend(self.rest.pages::<Project>(about, &next, PAGES).await?);
        }
        Ok(projects)
    }

    /// The language most of a project is written in, in small letters. Asked once per change of the project.
    async fn language(self: Arc<Self>, project: Project) -> Result<String, ForgeError> {
        let key = (project.id, project.last_activity_at.clone().unwrap_or_default());
        let now = self.rest.now();
        if let Some(known) = self.language_of.get(&key, now) {
            return Ok(known);
        }
        let about = About { repo: &project.path_with_namespace, what: "the languages" };
        let path = format!("/projects/{}/languages", project.id);
        let shares: serde_json::Map<String, serde_json::Value> = self.rest.read(about, &path).await?;
        let most = shares.iter().max_by(|a, b| {
            let share = |value: &serde_json::Value| value.as_f64().unwrap_or(0.0);
            share(a.1).total_cmp(&share(b.1))
        });
        let language = most.map(|(name, _)| name.to_lowercase()).unwrap_or_default();
        self.language_of.put(key, language.clone(), now);
        Ok(language)
    }

    /// What is remembered of a project, or was just read.
    pub(crate) async fn project(&self, repo: &str) -> Result<Project, ForgeError> {
        match self.projects.get(&repo.to_owned(), self.rest.now()) {
            Some(known) => Ok(known),
            None => self.project_anew(repo).await,
        }
    }

    /// Reads a project, whatever is remembered.
    pub(crate) async fn project_anew(&self, repo: &str) -> Result<Project, ForgeError> {
        let about = About { repo, what: "the project" };
        let project: Project = self.rest.read(about, &project_path(repo)).await?;
        self.projects.put(repo.to_owned(), project.clone(), self.rest.now());
        Ok(project)
    }

    /// Adds to an error of a renamed project what it is called now: GitLab leads to its number only.
    pub(crate) async fn named_anew(&self, repo: &str, error: ForgeError) -> ForgeError {
        if !matches!(&error, ForgeError::Access { why, .. } if why.starts_with(MOVED)) {
            return error;
        }
        self.projects.forget(&repo.to_owned());
        let about = About { repo, what: "the project" };
        let Ok(reply) = self.rest.ask(about, &project_path(repo)).await else { return error };
        let Some(path) = self.rest.location(&reply) else { return error };
        match self.rest.read::<Project>(about, &path).await {
            Ok(project) => ForgeError::Moved { repo: repo.to_owned(), name: project.path_with_namespace },
            Err(_) => error,
        }
    }

    /// The default branch.
    pub(crate) async fn default_branch(&self, repo: &str) -> Result<String, ForgeError> {
        let known = self.project(repo).await?.default_branch;
        known
            .filter(|branch| !branch.is_empty())
            .ok_or_else(|| ForgeError::NotFound { what: format!("the default branch of {repo}") })
    }
}

/// Where a project's API is.
pub(crate) fn project_path(repo: &str) -> String {
    format!("/projects/{}", encoded(repo))
}

fn row(project: Project, language: String) -> Listed {
    let name = project.path_with_namespace;
    let disabled = project.repository_access_level.as_deref() == Some("disabled");
    let tip = if project.empty_repo { Tip::Unborn } else { Tip::NotTold };
    let topics = if project.topics.is_empty() { project.tag_list } else { project.topics };
    let facts = RepoFacts {
        forge_id: project.id.to_string(),
        owner: name.rsplit_once('/').map(|(owner, _)| owner.to_owned()).unwrap_or_default(),
        language,
        topics,
        archived: project.archived,
        default_branch: project.default_branch.unwrap_or_default(),
        size: project.statistics.map_or(0, |statistics| statistics.repository_size),
        pushed_at: project.last_activity_at.unwrap_or_default(),
        ..RepoFacts::default()
    };
    Listed { name, facts, tip, fault: disabled.then(|| "its repository is turned off".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The project is the example of docs.gitlab.com/api/groups "List projects", shortened.
    #[test]
    fn a_project_of_a_group_is_listed_with_what_gitlab_says() {
        let text = r#"{"id":9,"description":"foo","default_branch":"main","tag_list":["api"],"topics":["api"],
            "archived":false,"visibility":"internal","web_url":"http://gitlab.example.com/h5bp/html5-boilerplate",
            "name":"Html5 Boilerplate","path":"html5-boilerplate","path_with_namespace":"h5bp/html5-boilerplate",
            "created_at":"2016-04-05T21:40:50.169Z","last_activity_at":"2016-04-06T16:52:08.432Z"}"#;
        let listed = row(serde_json::from_str(text).unwrap(), String::new());
        assert_eq!((listed.name.as_str(), listed.facts.forge_id.as_str()), ("h5bp/html5-boilerplate", "9"));
        assert_eq!((listed.facts.owner.as_str(), listed.facts.default_branch.as_str()), ("h5bp", "main"));
        assert_eq!(
            (listed.facts.topics.as_slice(), listed.tip),
            (["api".to_owned()].as_slice(), Tip::NotTold)
        );
    }
}
