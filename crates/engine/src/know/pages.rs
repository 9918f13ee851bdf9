//! Where people see a repository's files: the addresses that locations and links are made of.

use fleetwright_store::RepoRow;
use reqwest::Url;

use crate::config::{ForgeConfig, HostedConfig, Kind};
use crate::fleet::Fleet;

/// The address that all files of a repository begin with on its forge's pages; a local forge has none.
pub(super) fn root(fleet: &Fleet, row: &RepoRow) -> Option<Url> {
    let config = fleet.config.forges.iter().find(|config| config.name() == row.forge)?;
    match config {
        ForgeConfig::Local(_) => None,
        ForgeConfig::Hosted(config) => below(config, &row.name, &row.facts.default_branch),
    }
}

fn below(config: &HostedConfig, repo: &str, branch: &str) -> Option<Url> {
    let api = config.url.trim_end_matches('/');
    let (home, middle) = match config.kind {
        Kind::GitHub if api == "https://api.github.com" => ("https://github.com", "blob"),
        Kind::GitHub => (api.trim_end_matches("/api/v3"), "blob"),
        Kind::GitLab => (api.trim_end_matches("/api/v4"), "-/blob"),
        Kind::Gitea => (api.trim_end_matches("/api/v1"), "src/branch"),
    };
    Url::parse(&format!("{home}/{repo}/{middle}/{branch}/")).ok()
}

/// A file's location as Backstage writes it.
pub(super) fn location(root: Option<&Url>, row: &RepoRow, path: &str) -> String {
    match root {
        Some(root) => format!("url:{root}{path}"),
        None => format!("file:{}/{}/{path}", row.forge, row.name),
    }
}
