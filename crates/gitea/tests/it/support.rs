//! A rehearsal forge that speaks Gitea's dialect, and the adapter before it.

use std::sync::Arc;

use fleetwright_forge::http::Http;
use fleetwright_forge::http::git::GitHttp;
use fleetwright_forge::{GitOverHttps, Meter};
use fleetwright_gitea::{GIT_USER, Gitea, Settings, git_url};
use fleetwright_rehearsal::world::Settings as WorldSettings;
use fleetwright_testkit::rehearsed::{OWNER, Rehearsed};
use fleetwright_testkit::trials::Trial;

/// The adapter, as the holder of a token.
pub(crate) fn adapter(place: &Rehearsed, token: &str) -> Gitea {
    over(place.http("/api/v1", token))
}

fn over(http: Http) -> Gitea {
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

/// The adapter and the forge, to be tried.
pub(crate) async fn trial(set: impl FnOnce(&mut WorldSettings)) -> Trial {
    let (place, forge) = place(set).await;
    Trial { forge: Arc::new(forge), place }
}

/// The same forge with another token.
pub(crate) fn as_holder(trial: &Trial, token: &str) -> Trial {
    Trial { forge: Arc::new(adapter(&trial.place, token)), place: Arc::clone(&trial.place) }
}

/// The same adapter with a meter.
pub(crate) fn metered(trial: &Trial, meter: Arc<dyn Meter>) -> Trial {
    let http = trial.place.http_with("/api/v1", &trial.place.token, meter);
    Trial { forge: Arc::new(over(http)), place: Arc::clone(&trial.place) }
}
