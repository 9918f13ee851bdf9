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
    let middle = match config.kind {
        Kind::GitHub => "blob",
        Kind::GitLab => "-/blob",
        Kind::Gitea => "src/branch",
    };
    Url::parse(&format!("{}/{repo}/{middle}/{branch}/", home(config))).ok()
}

/// The address that all pages of a forge begin with, without a slash at the end.
pub(super) fn home(config: &HostedConfig) -> &str {
    let api = config.url.trim_end_matches('/');
    match config.kind {
        Kind::GitHub if api == "https://api.github.com" => "https://github.com",
        Kind::GitHub => api.trim_end_matches("/api/v3"),
        Kind::GitLab => api.trim_end_matches("/api/v4"),
        Kind::Gitea => api.trim_end_matches("/api/v1"),
    }
}

/// A file's location as Backstage writes it.
pub(super) fn location(root: Option<&Url>, row: &RepoRow, path: &str) -> String {
    match root {
        Some(root) => format!("url:{root}{path}"),
        None => format!("file:{}/{}/{path}", row.forge, row.name),
    }
}
