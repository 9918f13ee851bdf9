//! Where people see and edit the file of an entity, and the folder of its sources, as Backstage annotates them.
//!
//! Source: `AnnotateLocationEntityProcessor` of `@backstage/plugin-catalog-backend` 4.0.0, with the
//! integrations of `@backstage/integration` that it asks.

use url::Url;

/// What kind of forge shows a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host<'a> {
    /// GitHub.
    GitHub,
    /// GitLab.
    GitLab,
    /// Gitea or Forgejo.
    Gitea {
        /// What its pages begin with, without a slash at the end, such as `https://forge.example/git`.
        base: &'a str,
    },
}

/// What a file adds to the annotations of its entities.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Links {
    /// The page of the file.
    pub view: Option<String>,
    /// The page where it is edited; a commit cannot be.
    pub edit: Option<String>,
    /// The location of the folder it is in.
    pub source: Option<String>,
}

impl Links {
    /// Those of a file by its location, such as `url:https://github.com/acme/shop/blob/main/catalog-info.yaml`.
    /// What is on no service has no page for editing and no folder; what has no address has none of them.
    pub fn of(location: &str, service: Option<Host<'_>>) -> Links {
        let Some(address) = location.strip_prefix("url:") else { return Links::default() };
        Links {
            view: Some(address.to_owned()),
            edit: service.filter(|_| !has_commit(address)).map(|service| service.edit(address)),
            source: service.and_then(|service| service.folder(address)).map(|folder| format!("url:{folder}")),
        }
    }
}

impl Host<'_> {
    fn edit(self, address: &str) -> String {
        match self {
            Host::GitHub => github(address, "edit"),
            Host::GitLab => gitlab_edit(address),
            Host::Gitea { base } => gitea_edit(base, address),
        }
    }

    fn folder(self, address: &str) -> Option<String> {
        let file = Url::parse(address).ok()?;
        let mut folder = file.join("./").ok()?;
        folder.set_query(file.query());
        Some(match self {
            Host::GitHub => github(folder.as_str(), "tree"),
            Host::GitLab | Host::Gitea { .. } => folder.into(),
        })
    }
}

/// Whether a word is the name of a commit.
fn has_commit(address: &str) -> bool {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let mut words = address.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.any(|word| word.len() >= 40 && word.bytes().all(is_hex))
}

/// `//host/owner/repo/blob/` with another word in place of the last.
fn github(address: &str, word: &str) -> String {
    let changed = || {
        let (scheme, rest) = address.split_once("//")?;
        let pieces: Vec<&str> = rest.splitn(5, '/').collect();
        let [host, owner, repo, "blob" | "tree" | "edit", path] = pieces[..] else { return None };
        let is_whole = [host, owner, repo].iter().all(|piece| !piece.is_empty());
        is_whole.then(|| format!("{scheme}//{host}/{owner}/{repo}/{word}/{path}"))
    };
    changed().unwrap_or_else(|| address.to_owned())
}

fn gitlab_edit(address: &str) -> String {
    let forms = ["/-/blob/", "/-/tree/", "/-/edit/"];
    let first = forms.iter().filter_map(|form| Some((address.find(form)?, form))).min();
    first.map_or_else(|| address.to_owned(), |(_, form)| address.replacen(form, "/-/edit/", 1))
}

/// `/owner/repo/src/branch/main/path` becomes `/owner/repo/_edit/main/path`.
fn gitea_edit(base: &str, address: &str) -> String {
    let rest = address.replacen(base, "", 1);
    let pieces: Vec<&str> = rest.splitn(7, '/').collect();
    let piece = |at: usize| pieces.get(at).copied().unwrap_or_default();
    format!("{base}/{}/{}/_edit/{}/{}", piece(1), piece(2), piece(5), piece(6))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(location: &str, service: Host<'_>) -> [String; 3] {
        let links = Links::of(location, Some(service));
        [links.view, links.edit, links.source].map(Option::unwrap_or_default)
    }

    #[test]
    fn each_service_has_pages_of_its_own() {
        assert_eq!(
            links("url:https://github.com/acme/blob/blob/main/a/catalog-info.yaml", Host::GitHub),
            [
                "https://github.com/acme/blob/blob/main/a/catalog-info.yaml",
                "https://github.com/acme/blob/edit/main/a/catalog-info.yaml",
                "url:https://github.com/acme/blob/tree/main/a/",
            ]
        );
        assert_eq!(
            links("url:https://lab.example/g/sub/p/-/blob/main/a%20b.yaml?x=1", Host::GitLab),
            [
                "https://lab.example/g/sub/p/-/blob/main/a%20b.yaml?x=1",
                "https://lab.example/g/sub/p/-/edit/main/a%20b.yaml?x=1",
                "url:https://lab.example/g/sub/p/-/blob/main/?x=1",
            ]
        );
        let base = "https://tea.example/git";
        assert_eq!(
            links("url:https://tea.example/git/acme/shop/src/branch/main/a/b.yaml", Host::Gitea { base }),
            [
                "https://tea.example/git/acme/shop/src/branch/main/a/b.yaml",
                "https://tea.example/git/acme/shop/_edit/main/a/b.yaml",
                "url:https://tea.example/git/acme/shop/src/branch/main/a/",
            ]
        );
    }

    #[test]
    fn a_commit_is_not_edited_and_what_is_nowhere_has_no_page() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        let location = format!("url:https://github.com/acme/shop/blob/{commit}/a.yaml");
        assert_eq!(links(&location, Host::GitHub)[1], "");
        assert_ne!(links(&location.replace(commit, &commit[1..]), Host::GitHub)[1], "");
        assert_eq!(Links::of("file:local/acme/shop/a.yaml", Some(Host::GitHub)), Links::default());
        let elsewhere = Links::of("url:https://a.example/a.yaml", None);
        let view = Some("https://a.example/a.yaml".to_owned());
        assert_eq!(elsewhere, Links { view, ..Links::default() });
    }
}
