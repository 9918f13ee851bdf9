//! Where people see a repository's files: the addresses that locations and links are made of, and back.

use std::collections::{BTreeMap, HashMap};

use fleetwright_catalog::{Host, Links, unescaped};
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
    let (home, [middle, _]) = (home(config), middles(config.kind));
    Url::parse(&format!("{home}/{repo}/{middle}{branch}/")).ok()
}

/// Where a service shows its repositories.
pub(super) fn home(config: &HostedConfig) -> &str {
    let api = config.url.trim_end_matches('/');
    match config.kind {
        Kind::GitHub if api == GITHUB_API => "https://github.com",
        Kind::GitHub => api.trim_end_matches("/api/v3"),
        Kind::GitLab => api.trim_end_matches("/api/v4"),
        Kind::Gitea => api.trim_end_matches("/api/v1"),
    }
}

/// What stands between repository and branch: of a file's page, and of the file itself.
fn middles(kind: Kind) -> &'static [&'static str; 2] {
    match kind {
        Kind::GitHub => &["blob/", "raw/"],
        Kind::GitLab => &["-/blob/", "-/raw/"],
        Kind::Gitea => &["src/branch/", "raw/branch/"],
    }
}

/// Where a file is seen and edited that a repository holds, by its location.
pub(super) fn links(fleet: &Fleet, row: &RepoRow, location: &str) -> Links {
    let config = fleet.config.forges.iter().find(|config| config.name() == row.forge);
    match config {
        Some(ForgeConfig::Hosted(config)) => Links::of(location, Some(service(config))),
        _ => Links::default(),
    }
}

/// The same of what was fetched: known are the forges of the fleet, GitHub.com and gitlab.com.
pub(super) fn links_of_address(fleet: &Fleet, url: &Url) -> Links {
    let hosted = fleet.config.forges.iter().filter_map(|config| match config {
        ForgeConfig::Hosted(config) => Some((home(config), service(config))),
        ForgeConfig::Local(_) => None,
    });
    let public = [("https://github.com", Host::GitHub), ("https://gitlab.com", Host::GitLab)];
    let begins = |home: &str| url.as_str().strip_prefix(home).is_some_and(|rest| rest.starts_with('/'));
    let found = hosted.chain(public).find(|(home, _)| begins(home));
    Links::of(&format!("url:{url}"), found.map(|(_, service)| service))
}

fn service(config: &HostedConfig) -> Host<'_> {
    match config.kind {
        Kind::GitHub => Host::GitHub,
        Kind::GitLab => Host::GitLab,
        Kind::Gitea => Host::Gitea { base: home(config) },
    }
}

const GITHUB_API: &str = "https://api.github.com";

/// Where GitHub.com gives files themselves, with nothing between repository and branch.
const GITHUB_RAW: &str = "https://raw.githubusercontent.com";

/// Which files of the fleet addresses show.
pub(super) struct Pages {
    /// By the address of a repository in small letters: its row, its branch, what may stand between.
    homes: HashMap<String, (i64, String, &'static [&'static str])>,
}

impl Pages {
    /// The pages of these repositories.
    pub(super) fn of(fleet: &Fleet, repos: &BTreeMap<i64, RepoRow>) -> Pages {
        let mut homes = HashMap::new();
        for row in repos.values() {
            let config = fleet.config.forges.iter().find(|config| config.name() == row.forge);
            let Some(ForgeConfig::Hosted(config)) = config else { continue };
            let branch = row.facts.default_branch.clone();
            let forms = middles(config.kind);
            let at = |home: &str| format!("{home}/{}", row.name).to_lowercase();
            if config.url.trim_end_matches('/') == GITHUB_API {
                homes.insert(at(GITHUB_RAW), (row.id, branch.clone(), &[""] as &[_]));
            }
            homes.insert(at(home(config)), (row.id, branch, &forms[..]));
        }
        Pages { homes }
    }

    /// The repository's row and the path, if an address shows a file of a default branch.
    pub(super) fn find(&self, url: &Url) -> Option<(i64, String)> {
        let whole = format!("{}{}", url.origin().ascii_serialization(), url.path());
        if self.homes.is_empty() {
            return None;
        }
        whole.match_indices('/').find_map(|(at, _)| {
            let (repo, branch, forms) = self.homes.get(&whole.get(..at)?.to_lowercase())?;
            let rest = whole.get(at + 1..)?;
            let rest = unescaped(forms.iter().find_map(|form| rest.strip_prefix(form))?)?;
            let heads = [branch.clone(), format!("refs/heads/{branch}"), "HEAD".to_owned()];
            let path = heads.iter().find_map(|head| rest.strip_prefix(head.as_str())?.strip_prefix('/'))?;
            (!path.is_empty()).then(|| (*repo, path.to_owned()))
        })
    }
}

/// The address of the file itself, where one is that of its page on one of the three services.
pub(super) fn raw(url: &Url) -> Url {
    let path = url.path();
    let pieces: Vec<&str> = path.trim_start_matches('/').splitn(5, '/').collect();
    let other = match pieces[..] {
        _ if path.contains("/-/blob/") => path.replacen("/-/blob/", "/-/raw/", 1),
        [owner, repo, "blob", head, rest] => format!("/{owner}/{repo}/raw/{head}/{rest}"),
        [owner, repo, "src", kind @ ("branch" | "tag" | "commit"), rest] => {
            format!("/{owner}/{repo}/raw/{kind}/{rest}")
        }
        _ => return url.clone(),
    };
    let mut raw = url.clone();
    raw.set_path(&other);
    raw
}

/// A file's location as Backstage writes it.
pub(super) fn location(root: Option<&Url>, row: &RepoRow, path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/@+=,()".contains(&byte);
    match root {
        Some(root) if path.bytes().all(is_plain) => format!("url:{root}{path}"),
        Some(root) => {
            let mut file = root.clone();
            if let Ok(mut pieces) = file.path_segments_mut() {
                pieces.pop_if_empty().extend(path.split('/'));
            }
            format!("url:{file}")
        }
        None => format!("file:{}/{}/{path}", row.forge, row.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_that_of_a_file_on_the_default_branch_only() {
        let forms = |forms: &'static [&'static str]| (7, "main".to_owned(), forms);
        let homes = [
            ("https://github.com/acme/shop", forms(&["blob/", "raw/"])),
            ("https://raw.githubusercontent.com/acme/shop", forms(&[""])),
            ("https://lab.example/group/sub/shop", forms(&["-/blob/", "-/raw/"])),
            ("https://tea.example/git/acme/shop", forms(&["src/branch/", "raw/branch/"])),
        ];
        let pages = Pages { homes: homes.map(|(home, what)| (home.to_owned(), what)).into() };
        let find = |text: &str| pages.find(&Url::parse(text).unwrap());
        for text in [
            "https://github.com/acme/shop/blob/main/a/b.yaml",
            "https://GitHub.com/Acme/Shop/raw/HEAD/a/b.yaml?raw=true",
            "https://raw.githubusercontent.com/acme/shop/refs/heads/main/a/b.yaml",
            "https://lab.example/group/sub/shop/-/blob/main/a/b.yaml#L3",
            "https://tea.example/git/acme/shop/src/branch/main/a/b.yaml",
        ] {
            assert_eq!(find(text), Some((7, "a/b.yaml".to_owned())), "{text}");
        }
        for text in [
            "https://github.com/acme/shop/blob/dev/a.yaml",
            "https://github.com/acme/shop/blob/main/",
            "https://github.com/acme/shop2/blob/main/a.yaml",
            "https://github.com/acme/shop/issues/1",
            "https://github.com.evil.example/acme/shop/blob/main/a.yaml",
            "https://github.com:8443/acme/shop/blob/main/a.yaml",
            "https://github.com/acme/shop/blob/main/a%2Fb.yaml",
            "https://github.com/acme/shop/blob/main/%2A.yaml",
            "https://github.com/acme/shop/blob/main/%FF.yaml",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
        assert_eq!(
            find("https://github.com/acme/shop/blob/main/a b/é.yaml"),
            Some((7, "a b/é.yaml".to_owned()))
        );
    }

    #[test]
    fn a_page_is_fetched_as_the_file_itself() {
        for (page, file) in [
            ("https://a.example/o/n/blob/v1/x/y.yaml?raw=1", "https://a.example/o/n/raw/v1/x/y.yaml?raw=1"),
            ("https://a.example/g/s/n/-/blob/v1/y.yaml", "https://a.example/g/s/n/-/raw/v1/y.yaml"),
            ("https://a.example/o/n/src/tag/v1/y.yaml", "https://a.example/o/n/raw/tag/v1/y.yaml"),
            ("https://a.example/o/n/src/main.yaml", "https://a.example/o/n/src/main.yaml"),
            ("https://a.example/blob/y.yaml", "https://a.example/blob/y.yaml"),
        ] {
            assert_eq!(raw(&Url::parse(page).unwrap()).as_str(), file);
        }
    }
}
