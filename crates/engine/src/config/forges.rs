//! The forges of `fleetwright.yaml`.

use std::path::{Path, PathBuf};

use fleetwright_core::source::{Source, SourceError};
use fleetwright_local::CheckSpec;
use serde::Deserialize;

use crate::config::place::absolute;

/// One forge.
#[derive(Debug, Clone)]
pub enum ForgeConfig {
    /// A folder of bare repositories.
    Local(LocalConfig),
    /// A service.
    Hosted(Box<HostedConfig>),
}

impl ForgeConfig {
    /// The forge's name.
    pub fn name(&self) -> &str {
        match self {
            ForgeConfig::Local(config) => &config.name,
            ForgeConfig::Hosted(config) => &config.name,
        }
    }
}

/// One local forge.
#[derive(Debug, Clone)]
pub struct LocalConfig {
    /// Its name.
    pub name: String,
    /// The folder of bare repositories.
    pub root: PathBuf,
    /// What is run on every pull request.
    pub checks: Vec<CheckSpec>,
}

/// The kinds of services that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// GitHub.com or GitHub Enterprise Server.
    GitHub,
    /// gitlab.com or a GitLab of one's own.
    GitLab,
    /// Gitea or Forgejo.
    Gitea,
}

/// One forge that is a service.
#[derive(Debug, Clone)]
pub struct HostedConfig {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Its API's address.
    pub url: String,
    /// The organisations or groups whose repositories are in scope.
    pub orgs: Vec<String>,
    /// As whom requests are sent.
    pub auth: Auth,
    /// Certificates to trust besides the system's, in PEM.
    pub certificates: Option<PathBuf>,
    /// Where git goes by SSH instead of HTTPS, such as `git@github.com:`.
    pub ssh: Option<String>,
    /// Whether an old GitHub Enterprise Server is spoken to without GraphQL.
    pub rest: bool,
    /// Whether its teams and their people are in the catalog.
    pub teams: bool,
    /// What webhooks are signed with; several while one takes another's place.
    pub webhook_secrets: Vec<SecretSource>,
    /// The most creations of content within an hour and a minute, where less than the forge's own
    /// cap is wanted.
    pub per_hour: Option<u32>,
    /// The same within a minute.
    pub per_minute: Option<u32>,
    /// Whether the limits that the service publishes for everybody hold here: else nothing is
    /// assumed, and what there is gets learnt from headers and refusals.
    pub published: bool,
}

/// As whom requests are sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Auth {
    /// A token of a person or a bot.
    Token(SecretSource),
    /// A GitHub App.
    App(AppSource),
}

/// A GitHub App.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppSource {
    /// Its number or client id.
    pub id: String,
    /// Its private key, in PEM.
    pub key: SecretSource,
    /// The installation; looked up by organisation where it is not given.
    #[serde(default)]
    pub installation: Option<u64>,
}

/// Where a secret is read from when it is needed: never the configuration itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum SecretSource {
    /// A variable of the environment.
    Env(String),
    /// A file, whose last line end is left out.
    File(PathBuf),
}

impl SecretSource {
    /// The same, with a file below a folder.
    pub(super) fn below(self, folder: &Path) -> SecretSource {
        match self {
            SecretSource::File(path) => SecretSource::File(absolute(folder, &path)),
            env => env,
        }
    }

    /// The secret.
    ///
    /// # Errors
    /// A sentence that names the place, when there is nothing.
    pub fn read(&self) -> Result<String, String> {
        let (place, found) = match self {
            SecretSource::Env(name) => (
                format!("the environment variable {name}"),
                std::env::var(name).map_err(|error| error.to_string()),
            ),
            SecretSource::File(path) => {
                (path.display().to_string(), std::fs::read_to_string(path).map_err(|error| error.to_string()))
            }
        };
        match found {
            Ok(secret) if secret.trim().is_empty() => Err(format!("{place} is empty")),
            Ok(secret) => Ok(secret.trim_end_matches(['\n', '\r']).to_owned()),
            Err(why) => Err(format!("{place} cannot be read: {why}")),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ForgeFile {
    name: String,
    r#type: String,
    root: Option<PathBuf>,
    #[serde(default)]
    checks: Vec<CheckSpec>,
    url: Option<String>,
    #[serde(default)]
    orgs: Vec<String>,
    auth: Option<Auth>,
    certificates: Option<PathBuf>,
    ssh: Option<String>,
    #[serde(default)]
    rest: bool,
    teams: Option<bool>,
    #[serde(default)]
    webhook: WebhookFile,
    #[serde(default)]
    budget: BudgetFile,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WebhookFile {
    secret: Option<SecretSource>,
    previous: Option<SecretSource>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BudgetFile {
    per_hour: Option<u32>,
    per_minute: Option<u32>,
    published: Option<bool>,
}

/// Reads the forges of a configuration file in `folder`.
pub(super) fn forges(
    source: &Source,
    folder: &Path,
    files: Vec<ForgeFile>,
) -> Result<Vec<ForgeConfig>, SourceError> {
    if files.is_empty() {
        let remedy = "add `{ name: local, type: local, root: ./repos }`";
        return Err(source.error("forges", "no forge is named", remedy));
    }
    let mut forges: Vec<ForgeConfig> = Vec::new();
    for (index, file) in files.into_iter().enumerate() {
        let place = Place { source, key: format!("forges[{index}]"), folder };
        if forges.iter().any(|other| other.name() == file.name) {
            let message = format!("another forge is called `{}`", file.name);
            return Err(place.error("name", &message, "rename one of them"));
        }
        if !fleetwright_core::shift::is_label(&file.name) {
            let message = format!("`{}` is not a name for a forge", file.name);
            return Err(place.error("name", &message, "use a-z, 0-9 and -"));
        }
        forges.push(match file.r#type.as_str() {
            "local" => ForgeConfig::Local(local(&place, file)?),
            "github" => service(&place, file, Kind::GitHub, "https://api.github.com")?,
            "gitlab" => service(&place, file, Kind::GitLab, "https://gitlab.com/api/v4")?,
            "gitea" | "forgejo" => service(&place, file, Kind::Gitea, "")?,
            other => {
                let message = format!("`{other}` is not a type of forge");
                return Err(place.error("type", &message, "use local, github, gitlab, gitea or forgejo"));
            }
        });
    }
    Ok(forges)
}

/// Where in the file an error lies.
struct Place<'a> {
    source: &'a Source,
    key: String,
    folder: &'a Path,
}

impl Place<'_> {
    fn error(&self, key: &str, message: &str, remedy: &str) -> SourceError {
        self.source.error(&format!("{}.{key}", self.key), message.to_owned(), remedy)
    }
}

fn local(place: &Place<'_>, file: ForgeFile) -> Result<LocalConfig, SourceError> {
    let Some(root) = file.root else {
        return Err(place.error("root", "a local forge needs its folder", "add `root: ./repos`"));
    };
    // Absolute, because addresses of pull requests are stored, and read from other folders.
    Ok(LocalConfig { name: file.name, root: absolute(place.folder, &root), checks: file.checks })
}

fn service(place: &Place<'_>, file: ForgeFile, kind: Kind, usual: &str) -> Result<ForgeConfig, SourceError> {
    let url = file.url.unwrap_or_else(|| usual.to_owned());
    let is_safe = url.starts_with("https://") || is_loopback(&url);
    if !is_safe || url.contains(['@', '?', '#']) || url.contains(char::is_whitespace) {
        let message = match url.as_str() {
            "" => "this forge needs the address of its API".to_owned(),
            url => format!("`{url}` is not an address a token may be sent to"),
        };
        return Err(place.error("url", &message, "write it as `https://git.example.com/api/v1`"));
    }
    if file.orgs.is_empty() {
        let remedy = "add `orgs: [acme]`: the organisations or groups whose repositories are in scope";
        return Err(place.error("orgs", "no organisation is named", remedy));
    }
    let Some(mut auth) = file.auth else {
        let remedy = "add `auth: { token: { env: FORGE_TOKEN } }`";
        return Err(place.error("auth", "a forge that is a service needs a token", remedy));
    };
    if matches!(auth, Auth::App(_)) && kind != Kind::GitHub {
        return Err(place.error("auth", "only GitHub has apps", "use `token`"));
    }
    let here = |source: &mut SecretSource| {
        if let SecretSource::File(path) = source {
            *path = absolute(place.folder, path);
        }
    };
    match &mut auth {
        Auth::Token(token) => here(token),
        Auth::App(app) => here(&mut app.key),
    }
    let mut webhook_secrets: Vec<SecretSource> =
        [file.webhook.secret, file.webhook.previous].into_iter().flatten().collect();
    webhook_secrets.iter_mut().for_each(here);
    let published = file.budget.published.unwrap_or_else(|| has_published_limits(&url));
    Ok(ForgeConfig::Hosted(Box::new(HostedConfig {
        name: file.name,
        kind,
        url,
        orgs: file.orgs,
        auth,
        certificates: file.certificates.map(|path| absolute(place.folder, &path)),
        ssh: file.ssh,
        rest: file.rest,
        teams: file.teams.unwrap_or(true),
        webhook_secrets,
        per_hour: file.budget.per_hour,
        per_minute: file.budget.per_minute,
        published,
    })))
}

/// Whether the published limits hold at an address: at the services themselves, and at a rehearsal
/// of them. A server of one's own comes with its limits off.
fn has_published_limits(url: &str) -> bool {
    let host = url.split("://").nth(1).and_then(|rest| rest.split(['/', ':']).next()).unwrap_or_default();
    let is_of =
        |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|sub| sub.ends_with('.'));
    ["github.com", "ghe.com", "gitlab.com"].into_iter().any(is_of) || is_loopback(url)
}

/// Whether an address is one of this machine, where a rehearsal forge may be: nothing overhears it.
fn is_loopback(url: &str) -> bool {
    let host = url.strip_prefix("http://").and_then(|rest| rest.split(['/', ':']).next());
    host == Some("127.0.0.1") || host == Some("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_of_ones_own_has_no_published_limits() {
        for url in ["https://api.github.com", "https://acme.ghe.com/api/v3", "https://gitlab.com/api/v4"] {
            assert!(has_published_limits(url), "{url}");
        }
        assert!(has_published_limits("http://127.0.0.1:7000/api/v3"), "a rehearsal of the service");
        for url in
            ["https://git.example.com/api/v3", "https://notgithub.com", "https://github.com.evil.example"]
        {
            assert!(!has_published_limits(url), "{url}");
        }
    }
}
