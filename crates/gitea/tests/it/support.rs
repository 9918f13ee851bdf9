//! A rehearsal forge that speaks Gitea's dialect, and the adapter before it.

use std::sync::Arc;

use fleetwright_core::pull::PullSeen;
use fleetwright_forge::http::git::GitHttp;
use fleetwright_forge::{Effect, Forge, ForgeError, Found, GitOverHttps, Look};
use fleetwright_gitea::{GIT_USER, Gitea, Settings, git_url};
use fleetwright_rehearsal::world::Settings as WorldSettings;
use fleetwright_testkit::rehearsed::{OWNER, Rehearsed};

/// The adapter, as the holder of a token.
pub(crate) fn adapter(place: &Rehearsed, token: &str) -> Gitea {
    let http = place.http("/api/v1", token);
    let git = GitOverHttps::new(GitHttp::new(http.raw().clone()), &http, git_url(http.url()), GIT_USER);
    let settings = Settings { name: "gitea".to_owned(), owners: vec![OWNER.to_owned()] };
    Gitea::new(settings, http, Arc::new(git))
}

/// A rehearsal forge set up by `set`, and the adapter with a token that may do everything.
pub(crate) async fn place(set: impl FnOnce(&mut WorldSettings)) -> (Arc<Rehearsed>, Gitea) {
    let place = Arc::new(Rehearsed::new(Arc::new(fleetwright_rehearsal::gitea::Gitea::default()), set).await);
    let forge = adapter(&place, &place.token);
    (place, forge)
}

/// The effect that opens a pull request from a branch.
pub(crate) fn opening(branch: &str) -> Effect {
    Effect::OpenPull {
        branch: branch.to_owned(),
        title: "Change".to_owned(),
        body: format!("Why.\n\n<!-- {branch} -->"),
        labels: Vec::new(),
        reviewers: Vec::new(),
        draft: false,
    }
}

/// Looks at one pull request.
pub(crate) async fn look(
    forge: &Gitea,
    repo: &str,
    number: u64,
    mark: Option<&str>,
) -> Result<Option<PullSeen>, ForgeError> {
    let look = Look { repo: repo.to_owned(), number, mark: mark.map(str::to_owned) };
    forge.look(&[look]).await.remove(0)
}

/// Finds the pull requests of one branch.
pub(crate) async fn find(forge: &Gitea, repo: &str, branch: &str) -> Result<Vec<Found>, ForgeError> {
    forge.find(&[(repo.to_owned(), branch.to_owned())]).await.remove(0)
}
