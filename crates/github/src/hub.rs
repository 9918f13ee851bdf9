//! What every part of the adapter works with.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use fleetwright_forge::http::Http;
use fleetwright_forge::{ForgeError, GitDoor};
use reqwest::Url;

use crate::api::Api;
use crate::batch::Batch;
use crate::fault::Deed;
use crate::graph::Graph;
use crate::people::People;
use crate::repo::RepoName;
use crate::value::string;

/// How many complaints are kept until somebody asks.
const COMPLAINTS: usize = 1_000;

/// How the forge's API is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Reads in bulk by GraphQL.
    #[default]
    GraphQl,
    /// Plain REST only, as an old GitHub Enterprise Server needs it: one repository at a time.
    RestOnly,
}

/// What is to be known of a forge besides how it is reached.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Its name in the configuration.
    pub name: String,
    /// Organisations whose repositories are in scope.
    pub orgs: Vec<String>,
    /// People whose repositories are in scope.
    pub users: Vec<String>,
    /// The name that commands in comments begin with, without `@`: only who says it is asked after.
    pub mention: String,
    /// The name that our own comments carry; found out where it is not given.
    pub login: Option<String>,
    /// How the API is used.
    pub mode: Mode,
}

/// The adapter's insides.
pub(crate) struct Hub {
    pub(crate) settings: Settings,
    pub(crate) api: Api,
    pub(crate) graph: Graph,
    pub(crate) git: Arc<dyn GitDoor>,
    pub(crate) people: People,
    /// Default branches by repository, as last listed.
    defaults: Mutex<HashMap<String, String>>,
    /// What went wrong beside effects that were done all the same.
    complaints: Mutex<Vec<String>>,
    /// Repositories a page when listing.
    pub(crate) pages: Batch,
    /// Pull requests a query when only asking whether something changed.
    pub(crate) shorts: Batch,
    /// Pull requests a query with all there is to know: four connections each, a hundred are a point.
    pub(crate) details: Batch,
    /// Branches a query.
    pub(crate) finds: Batch,
    /// Teams a query, each with a list of people: a hundred are a point.
    pub(crate) teams: Batch,
}

impl Hub {
    pub(crate) fn new(settings: Settings, http: &Http, git: Arc<dyn GitDoor>) -> Hub {
        Hub {
            api: Api::new(http.clone()),
            graph: Graph::new(http.at(graphql(http.url()))),
            git,
            people: People::new(settings.login.clone()),
            settings,
            defaults: Mutex::default(),
            complaints: Mutex::default(),
            pages: Batch::new(10, 100),
            shorts: Batch::new(10, 100),
            details: Batch::new(10, 50),
            finds: Batch::new(10, 50),
            teams: Batch::new(5, 100),
        }
    }

    pub(crate) fn rest_only(&self) -> bool {
        self.settings.mode == Mode::RestOnly
    }

    /// Our own name at the forge, where it can be found out.
    pub(crate) async fn own(&self) -> Option<String> {
        let deed = Deed { repo: self.settings.name.as_str(), what: "ask who we are" };
        let ask = async {
            let login = match self.rest_only() {
                true => string(&self.api.read(deed, "/user").await.ok()?, "/login"),
                false => string(
                    &self.graph.query(deed, "query { viewer { login } }").await.ok()?.data,
                    "/viewer/login",
                ),
            };
            Some(login).filter(|login| !login.is_empty())
        };
        self.people.own(ask).await
    }

    /// Milliseconds since 1970 UTC, by the forge's clock.
    pub(crate) fn now(&self) -> i64 {
        self.api.http.forge_now()
    }

    /// Notes what the default branches are.
    pub(crate) fn keep_defaults<'a>(&self, listed: impl Iterator<Item = (&'a str, &'a str)>) {
        let mut defaults = self.defaults.lock().unwrap_or_else(PoisonError::into_inner);
        defaults.extend(listed.map(|(repo, branch)| (repo.to_lowercase(), branch.to_owned())));
    }

    /// The default branch's name, as it was listed; asked for where it was not, or `anew`.
    pub(crate) async fn default_branch(&self, repo: RepoName<'_>, anew: bool) -> Result<String, ForgeError> {
        let key = repo.full.to_lowercase();
        let known = self.defaults.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known.filter(|known| !anew && !known.is_empty()) {
            return Ok(known);
        }
        let deed = Deed { repo: repo.full, what: "read the repository" };
        let said = self.api.read(deed, &repo.path()).await?;
        let branch = string(&said, "/default_branch");
        self.keep_defaults(std::iter::once((repo.full, branch.as_str())));
        Ok(branch)
    }

    /// Notes what went wrong beside an effect that was done all the same.
    pub(crate) fn complain(&self, what: String) {
        let mut complaints = self.complaints.lock().unwrap_or_else(PoisonError::into_inner);
        if complaints.len() < COMPLAINTS {
            complaints.push(what);
        }
    }

    /// What went wrong beside effects since the last call.
    pub(crate) fn complaints(&self) -> Vec<String> {
        std::mem::take(&mut *self.complaints.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A repository that may not be changed by this way of using the API.
    pub(crate) fn needs_graphql(&self, repo: &str, what: &str) -> ForgeError {
        let why = format!("to {what} needs GraphQL, and this forge is used by `mode: rest`");
        ForgeError::Refused { repo: repo.to_owned(), why }
    }
}

/// Where GraphQL is: `/graphql`, but `/api/graphql` beside a server's `/api/v3`.
fn graphql(api: &Url) -> Url {
    let mut url = api.clone();
    let path = api.path().trim_end_matches('/');
    let path = path.strip_suffix("/v3").unwrap_or(path).to_owned();
    url.set_path(&format!("{path}/graphql"));
    url
}

/// The user beside a token (docs.github.com, "Authenticating as a GitHub App installation"); with a
/// person's token any name does.
pub const GIT_USER: &str = "x-access-token";

/// Where a forge's repositories are read and written by git: `https://github.com` for
/// `https://api.github.com`, `https://HOST` for `https://HOST/api/v3`.
pub fn git_url(api: &Url) -> Url {
    let mut url = api.clone();
    if api.host_str() == Some("api.github.com") {
        let _ = url.set_host(Some("github.com"));
    }
    let path = api.path().trim_end_matches('/');
    let path = path.strip_suffix("/api/v3").unwrap_or(path).to_owned();
    url.set_path(&path);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_follow_from_that_of_the_api() {
        let say = |api: &str| {
            let api = Url::parse(api).unwrap();
            (graphql(&api).to_string(), git_url(&api).to_string())
        };
        let both = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            say("https://api.github.com"),
            both("https://api.github.com/graphql", "https://github.com/")
        );
        let own = both("https://ghe.acme.test/api/graphql", "https://ghe.acme.test/");
        assert_eq!(say("https://ghe.acme.test/api/v3/"), own);
        assert_eq!(say("http://127.0.0.1:9/x"), both("http://127.0.0.1:9/x/graphql", "http://127.0.0.1:9/x"));
    }
}
