//! A rehearsal forge that speaks GitHub's dialect, and the adapter before it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fleetwright_forge::http::git::GitHttp;
use fleetwright_forge::http::{self, Http, Plain, Secret, Tokens};
use fleetwright_forge::{GitOverHttps, Unmetered};
use fleetwright_github::{AppKey, AppTokens, GIT_USER, GitHub, Mode, Settings, git_url};
use fleetwright_rehearsal::github;
use fleetwright_rehearsal::model::account::{Level, Reach, Scope};
use fleetwright_rehearsal::model::app::{App, Installation};
use fleetwright_rehearsal::world::Settings as WorldSettings;
use fleetwright_testkit::rehearsed::{OWNER, Rehearsed, WorldClock};
use fleetwright_testkit::trials::Trial;
use reqwest::Url;

/// The private key of the app, made for tests.
const KEY: &str = include_str!("keys/pkcs1.pem");

fn client(place: &Rehearsed, tokens: Arc<dyn Tokens>) -> Http {
    let url = Url::parse(&place.forge.url).unwrap();
    let settings = http::Settings { url, authority: None, timeout: Duration::from_secs(10) };
    let clock = Arc::new(WorldClock(place.world().clone()));
    Http::new(&settings, tokens, Arc::new(Unmetered), clock).unwrap()
}

/// The adapter with these credentials.
pub(crate) fn adapter(place: &Rehearsed, mode: Mode, tokens: Arc<dyn Tokens>) -> GitHub {
    let http = client(place, tokens);
    let git = GitOverHttps::new(GitHttp::new(http.raw().clone()), &http, git_url(http.url()), GIT_USER);
    let settings = Settings {
        name: "github".to_owned(),
        orgs: vec![OWNER.to_owned()],
        mention: "@fleetwright".to_owned(),
        mode,
        ..Settings::default()
    };
    GitHub::new(settings, &http, Arc::new(git))
}

/// One token for everything.
pub(crate) fn plain(token: &str) -> Arc<dyn Tokens> {
    Arc::new(Plain(Secret::new(token)))
}

/// Tokens of an app that is installed at [`OWNER`] and was given what the adapter asks for.
pub(crate) fn app_tokens(place: &Rehearsed) -> Arc<dyn Tokens> {
    app_with(place, &[Scope::Metadata, Scope::Statuses, Scope::Members])
}

/// The same of one that may read so much.
pub(crate) fn app_with(place: &Rehearsed, read: &[Scope]) -> Arc<dyn Tokens> {
    let write = [Scope::Contents, Scope::Pulls, Scope::Checks].map(|scope| (scope, Level::Write));
    let read = read.iter().map(|scope| (*scope, Level::Read));
    let scopes: BTreeMap<Scope, Level> = write.into_iter().chain(read).collect();
    let installation =
        Installation { id: 5, account: OWNER.to_owned(), reach: Reach::All, scopes, minted: 0 };
    let key = github::public_key(KEY).unwrap();
    let app = App { id: 77, slug: "fleet".to_owned(), key, installations: vec![installation] };
    place.world().lock().add_app(app);
    let key = AppKey::new("77", KEY, Arc::new(WorldClock(place.world().clone()))).unwrap();
    Arc::new(AppTokens::new(&client(place, Arc::new(key)), None))
}

/// A rehearsal forge set up by `set`.
pub(crate) async fn place(set: impl FnOnce(&mut WorldSettings)) -> Arc<Rehearsed> {
    Arc::new(Rehearsed::new(Arc::new(github::GitHub), set).await)
}

/// The adapter with a token that may do everything, and the forge, to be tried.
pub(crate) async fn trial(mode: Mode, set: impl FnOnce(&mut WorldSettings)) -> Trial {
    let place = place(set).await;
    Trial { forge: Arc::new(adapter(&place, mode, plain(&place.token))), place }
}
