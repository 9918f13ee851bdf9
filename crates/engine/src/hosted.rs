//! Opening the forges that somebody hosts: client, credentials, limits, git.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use fleetwright_core::budget::{Budget, Caps, Requests};
use fleetwright_core::secret::Keyring;
use fleetwright_forge::git_binary::GitBinary;
use fleetwright_forge::http::git::GitHttp;
use fleetwright_forge::http::{Http, Need, Plain, Secret, Settings, Tokens};
use fleetwright_forge::{Clock, Forge, ForgeError, GitDoor, GitOverHttps, GitOverSsh, SharedMeter, throttle};
use fleetwright_github::{AppKey, AppTokens};
use fleetwright_store::Account;
use reqwest::Url;

use crate::config::{Auth, HostedConfig, Kind, SecretSource};
use crate::error::EngineError;

/// How long one request may take: GitHub gives up after 10 s, a busy server of one's own later.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A service, opened.
pub(crate) struct Opened {
    /// The forge.
    pub(crate) forge: Arc<dyn Forge>,
    /// The budget its creations are taken from.
    pub(crate) account: Account,
    /// What it publishes, lowered by the configuration.
    pub(crate) caps: Caps,
}

/// Credentials whose every secret is known before anybody can use it.
struct Overheard {
    tokens: Arc<dyn Tokens>,
    keyring: Keyring,
}

#[async_trait]
impl Tokens for Overheard {
    async fn token(&self, need: Need<'_>) -> Result<Secret, ForgeError> {
        let token = self.tokens.token(need).await?;
        self.keyring.pass(token.expose());
        Ok(token)
    }

    fn known(&self, repos: &[String]) {
        self.tokens.known(repos);
    }

    fn refused(&self, need: Need<'_>, token: &Secret) -> bool {
        self.tokens.refused(need, token)
    }
}

/// Opens a service. Nothing is sent yet.
///
/// # Errors
/// When a secret or a certificate cannot be read, or an address is none.
pub(crate) fn open(
    config: &HostedConfig,
    (clock, mention, keyring): (&Arc<dyn Clock>, &str, &Keyring),
    budgets: &[(Account, Budget)],
) -> Result<Opened, EngineError> {
    let wrong = |why: String| EngineError::Usage(format!("the forge `{}`: {why}", config.name));
    let url =
        config.url.parse().map_err(|error| wrong(format!("`{}` is no address: {error}", config.url)))?;
    let authority = match &config.certificates {
        Some(path) => Some(std::fs::read(path).map_err(|error| EngineError::files(path, error))?),
        None => None,
    };
    let settings = Settings { url, authority, timeout: TIMEOUT };
    let (requests, caps) = limits(config);
    let identity = match &config.auth {
        Auth::Token(_) => "token".to_owned(),
        Auth::App(app) => format!("app:{}", app.id),
    };
    let account = Account { forge: config.name.clone(), identity };
    let meter = Arc::new(SharedMeter::new(requests));
    if let Some((_, budget)) = budgets.iter().find(|(known, _)| *known == account) {
        let blocked_until = budget.standing(clock.now()).blocked_until.unwrap_or_default();
        meter.restore(throttle::State { blocked_until, ..throttle::State::default() });
    }
    let http = |tokens: Arc<dyn Tokens>| {
        let tokens = Arc::new(Overheard { tokens, keyring: keyring.clone() });
        Http::new(&settings, tokens as _, Arc::clone(&meter) as _, Arc::clone(clock)).map_err(wrong)
    };
    let read = |source: &SecretSource| source.read().inspect(|secret| keyring.keep(secret)).map_err(wrong);
    let tokens: Arc<dyn Tokens> = match &config.auth {
        Auth::Token(source) => Arc::new(Plain(Secret::new(read(source)?))),
        Auth::App(app) => {
            let key = AppKey::new(&app.id, &read(&app.key)?, Arc::clone(clock)).map_err(wrong)?;
            Arc::new(AppTokens::new(&http(Arc::new(key))?, app.installation))
        }
    };
    // One that cannot be read is missed where webhooks are taken, not here.
    config.webhook_secrets.iter().for_each(|source| drop(read(source)));
    let forge = adapter(config, (&http(tokens)?, clock), mention);
    Ok(Opened { forge, account, caps })
}

fn limits(config: &HostedConfig) -> (Requests, Caps) {
    let (requests, caps) = match config.kind {
        Kind::GitHub if config.published => (Requests::GITHUB, Caps::GITHUB),
        Kind::GitLab if config.published => (Requests::GITLAB, Caps::GITLAB),
        _ => (Requests::UNTOLD, Caps::UNTOLD),
    };
    (requests, caps.lowered(config.per_hour, config.per_minute))
}

fn adapter(config: &HostedConfig, (http, clock): (&Http, &Arc<dyn Clock>), mention: &str) -> Arc<dyn Forge> {
    use {fleetwright_gitea as gitea, fleetwright_github as github, fleetwright_gitlab as gitlab};
    let (name, orgs) = (config.name.clone(), config.orgs.clone());
    let door = |place: Url, user: &str| door(config, (http, clock), (place, user));
    match config.kind {
        Kind::GitHub => {
            let mode = if config.rest { github::Mode::RestOnly } else { github::Mode::GraphQl };
            let mention = mention.to_owned();
            let settings = github::Settings { name, orgs, mention, mode, ..Default::default() };
            let git = door(github::git_url(http.url()), github::GIT_USER);
            Arc::new(fleetwright_github::GitHub::new(settings, http, git))
        }
        Kind::GitLab => {
            let settings = gitlab::Settings { name, groups: orgs, languages: false };
            let git = door(gitlab::git_url(http.url()), gitlab::GIT_USER);
            Arc::new(fleetwright_gitlab::GitLab::new(settings, http.clone(), git))
        }
        Kind::Gitea => {
            let settings = gitea::Settings { name, owners: orgs };
            let git = door(gitea::git_url(http.url()), gitea::GIT_USER);
            Arc::new(fleetwright_gitea::Gitea::new(settings, http.clone(), git))
        }
    }
}

/// How git reaches the forge: in the process over HTTPS, or by the machine's own `ssh`.
fn door(
    config: &HostedConfig,
    (http, clock): (&Http, &Arc<dyn Clock>),
    (place, user): (Url, &str),
) -> Arc<dyn GitDoor> {
    match &config.ssh {
        Some(base) => Arc::new(GitOverSsh::new(GitBinary::default(), base)),
        None => {
            let git = GitHttp::new(http.raw().clone()).with_clock(Arc::clone(clock));
            Arc::new(GitOverHttps::new(git, http, place, user))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use fleetwright_forge::http::Permission;

    use super::*;

    /// Gives another token each time, as an app does.
    struct Minting(AtomicUsize);

    #[async_trait]
    impl Tokens for Minting {
        async fn token(&self, _: Need<'_>) -> Result<Secret, ForgeError> {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            Ok(Secret::new(format!("token without a known look {number}.")))
        }
    }

    #[tokio::test]
    async fn a_token_is_known_as_soon_as_it_is_made() {
        let keyring = Keyring::default();
        let tokens = Overheard { tokens: Arc::new(Minting(AtomicUsize::new(0))), keyring: keyring.clone() };
        let need = Need { repo: None, permission: Permission::Read };
        for number in 0..3 {
            let text = format!("token without a known look {number}.");
            assert_eq!(keyring.text(&text), text);
            assert_eq!(tokens.token(need).await.unwrap().expose(), text);
            assert_eq!(keyring.text(&text), "***");
        }
    }
}
