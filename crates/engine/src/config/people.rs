//! The people of `fleetwright.yaml`: who vouches for them, what they may do, and when it takes two.

use std::path::{Path, PathBuf};

use fleetwright_access::Role;
use fleetwright_access::oidc::OidcSettings;
use fleetwright_core::source::{Source, SourceError};
use serde::Deserialize;

use super::forges::SecretSource;
use super::place::absolute;

/// Where people are sent back to after a sign-in, below the server's address.
const CALLBACK: &str = "/sign-in/callback";

/// What is said of people.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// The address at which people reach the server, without a slash at the end; that it listens on when absent.
    pub url: Option<String>,
    /// Who vouches for them.
    pub oidc: Option<OidcConfig>,
    /// Shifts that merge by themselves on more targets than this need a second person; `None`: no such rule.
    pub two_persons: Option<u64>,
    /// Whether anybody may read the metrics.
    pub open_metrics: bool,
}

/// A provider of OpenID Connect, with its secret still where it lies.
#[derive(Debug, Clone)]
pub struct OidcConfig {
    settings: OidcSettings,
    secret: Option<SecretSource>,
    certificates: Option<PathBuf>,
}

impl OidcConfig {
    /// What the provider is asked with; the secret is read now.
    ///
    /// # Errors
    /// A sentence that names the place, when there is no secret or no certificate there.
    pub fn settings(&self) -> Result<OidcSettings, String> {
        let mut settings = self.settings.clone();
        settings.client_secret = self.secret.as_ref().map(SecretSource::read).transpose()?;
        if let Some(path) = &self.certificates {
            let read =
                std::fs::read(path).map_err(|why| format!("{} cannot be read: {why}", path.display()))?;
            settings.authority = Some(read);
        }
        Ok(settings)
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PeopleFile {
    url: Option<String>,
    oidc: Option<OidcFile>,
    default: Option<String>,
    two_persons: Option<TwoPersonsFile>,
    #[serde(default)]
    open_metrics: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TwoPersonsFile {
    /// The most targets that need nobody else.
    above: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OidcFile {
    issuer: String,
    client_id: String,
    client_secret: Option<SecretSource>,
    #[serde(default)]
    groups: std::collections::BTreeMap<String, String>,
    #[serde(default = "default_groups")]
    groups_claim: String,
    #[serde(default = "default_name")]
    name_claim: String,
    certificates: Option<PathBuf>,
}

fn default_groups() -> String {
    "groups".to_owned()
}

fn default_name() -> String {
    "preferred_username".to_owned()
}

impl People {
    /// Reads what a configuration says; `folder` is the one it is in.
    pub(super) fn of(source: &Source, folder: &Path, file: PeopleFile) -> Result<People, SourceError> {
        let url = file.url.map(|url| address(source, "people.url", &url)).transpose()?;
        let default = file.default.map(|word| role(source, "people.default", &word)).transpose()?;
        let oidc = match file.oidc {
            None if default.is_some() => {
                let message = "nobody vouches for people who would get this role";
                return Err(source.error(
                    "people.default",
                    message.to_owned(),
                    "add `oidc:`, or remove the key",
                ));
            }
            None => None,
            Some(oidc) => {
                let remedy = "add `url: https://fleet.example.com`: where the provider sends people back to";
                let missing =
                    || source.error("people.url", "people have no address to come to".to_owned(), remedy);
                let redirect = format!("{}{CALLBACK}", url.as_deref().ok_or_else(missing)?);
                Some(provider(source, folder, oidc, (redirect, default))?)
            }
        };
        let two_persons = file.two_persons.map(|rule| rule.above);
        Ok(People { url, oidc, two_persons, open_metrics: file.open_metrics })
    }
}

fn provider(
    source: &Source,
    folder: &Path,
    file: OidcFile,
    (redirect, default): (String, Option<Role>),
) -> Result<OidcConfig, SourceError> {
    // The issuer is compared letter by letter with what tokens say: it stays as it is written.
    address(source, "people.oidc.issuer", &file.issuer)?;
    if file.client_id.trim().is_empty() {
        let remedy = "write what the provider calls this client";
        return Err(source.error("people.oidc.clientId", "there is no client".to_owned(), remedy));
    }
    let groups = file.groups.into_iter().map(|(group, word)| {
        let role = role(source, &format!("people.oidc.groups.{group}"), &word)?;
        Ok((group.trim_start_matches('/').to_owned(), role))
    });
    let groups = groups.collect::<Result<Vec<_>, SourceError>>()?;
    if groups.is_empty() && default.is_none() {
        let remedy = "add `groups: { platform: operator }`, or `default: viewer` beside `oidc`";
        return Err(source.error("people.oidc", "nobody would have a role".to_owned(), remedy));
    }
    let secret = file.client_secret.map(|secret| match secret {
        SecretSource::File(path) => SecretSource::File(absolute(folder, &path)),
        env => env,
    });
    let settings = OidcSettings {
        issuer: file.issuer,
        client_id: file.client_id,
        client_secret: None,
        redirect,
        name_claim: file.name_claim,
        groups_claim: file.groups_claim,
        groups,
        default,
        authority: None,
    };
    Ok(OidcConfig { settings, secret, certificates: file.certificates.map(|path| absolute(folder, &path)) })
}

fn role(source: &Source, key: &str, word: &str) -> Result<Role, SourceError> {
    word.parse().map_err(|_| {
        let message = format!("`{word}` is not a role");
        source.error(key, message, "write viewer, author, approver, operator or admin")
    })
}

/// An address without a slash at the end, if secrets may go there.
fn address(source: &Source, key: &str, text: &str) -> Result<String, SourceError> {
    let parsed = reqwest::Url::parse(text).ok();
    let is_good = parsed.is_some_and(|url| {
        let is_near = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let plain = url.username().is_empty() && url.query().is_none() && url.fragment().is_none();
        plain && url.has_host() && (url.scheme() == "https" || url.scheme() == "http" && is_near)
    });
    match is_good {
        true => Ok(text.trim_end_matches('/').to_owned()),
        false => {
            let message = format!("`{text}` is not an address that begins with https");
            Err(source.error(key, message, "write it like `https://sso.example.com`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<People, SourceError> {
        let source = Source::parse("fleetwright.yaml", text)?;
        #[derive(Deserialize)]
        struct File {
            people: PeopleFile,
        }
        let file: File = source.decode()?;
        People::of(&source, Path::new("/etc/fleet"), file.people)
    }

    #[test]
    fn a_provider_with_groups_and_a_rule() {
        let text = "people:\n  url: https://fleet.example.com/\n  default: viewer\n  twoPersons: { above: 100 }\n  \
            oidc:\n    issuer: https://sso.example.com/realms/x/\n    clientId: fleet\n    \
            clientSecret: { file: secret.txt }\n    groups: { /platform: operator, leads: approver }\n";
        let people = read(text).unwrap();
        assert_eq!(
            (people.two_persons, people.url.as_deref()),
            (Some(100), Some("https://fleet.example.com"))
        );
        let oidc = people.oidc.unwrap();
        assert_eq!(oidc.settings.issuer, "https://sso.example.com/realms/x/", "as it is written");
        assert_eq!(oidc.settings.redirect, "https://fleet.example.com/sign-in/callback");
        assert_eq!(oidc.settings.role(&["platform".into()]), Some(Role::Operator));
        assert_eq!(oidc.settings.role(&[]), Some(Role::Viewer));
        assert_eq!(oidc.secret, Some(SecretSource::File("/etc/fleet/secret.txt".into())));
        assert!(oidc.settings().unwrap_err().contains("secret.txt"));
        assert!(read("people: {}").unwrap().two_persons.is_none());
    }

    #[test]
    fn what_cannot_work_is_told_with_its_place() {
        let oidc = |more: &str| {
            format!(
                "people:\n  url: https://f.example.com\n  oidc: {{ issuer: https://s.example.com, clientId: f{more} }}\n"
            )
        };
        let table = [
            (oidc(""), "people.oidc", "nobody would have a role"),
            (oidc(", groups: { a: root }"), "people.oidc.groups.a", "not a role"),
            (
                oidc(", groups: { a: admin }").replace("s.example", "s example"),
                "people.oidc.issuer",
                "address",
            ),
            (oidc(", groups: { a: admin }").replace("https://s", "http://s"), "people.oidc.issuer", "https"),
            (oidc(", groups: { a: admin }").replace("url: https", "url: ftp"), "people.url", "https"),
            (
                oidc(", groups: { a: admin }").replace("  url: https://f.example.com\n", ""),
                "people.url",
                "no address",
            ),
            (
                oidc(", groups: { a: admin }").replace("clientId: f", "clientId: ''"),
                "people.oidc.clientId",
                "no client",
            ),
            (oidc(", group: { a: admin }"), "people.oidc.group", ""),
            ("people: { default: viewer }".into(), "people.default", "nobody vouches"),
            ("people: { twoPersons: { above: -1 } }".into(), "people.twoPersons.above", ""),
            ("people: { twoPersons: {} }".into(), "people.twoPersons", "above"),
        ];
        for (text, key, word) in table {
            let error = read(&text).unwrap_err();
            assert!(error.key == key && error.message.contains(word) && error.line > 0, "{text}: {error:?}");
        }
    }
}
