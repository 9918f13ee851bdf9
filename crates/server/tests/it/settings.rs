//! The server's part of `fleetwright.yaml`, with the ears of the real adapters.

use fleetwright_core::source::{Source, SourceError};
use fleetwright_engine::config::Config;
use fleetwright_forge::webhook::{Delivery, Hint, Refusal};
use fleetwright_server::Settings;

use crate::signature;

fn read(folder: &std::path::Path, text: &str) -> Result<Settings, SourceError> {
    let path = folder.join("fleetwright.yaml");
    std::fs::write(&path, text).unwrap();
    let config = Config::read(&path)?;
    Settings::read(&Source::parse(&path.display().to_string(), text).unwrap(), &config)
}

/// A forge of some type whose webhooks are signed with what is in `hook.secret`.
fn forge(kind: &str, more: &str) -> String {
    let auth = "auth: { token: { env: PATH } }";
    format!(
        "{{ name: {kind}, type: {kind}, url: 'https://git.example.com/api', orgs: [acme], {auth}, webhook: {{ {more} }} }}"
    )
}

#[test]
fn every_service_is_heard_with_the_secrets_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hook.secret"), "s3cret\n").unwrap();
    let all: Vec<String> = ["github", "gitlab", "gitea"]
        .iter()
        .map(|kind| forge(kind, "secret: { file: hook.secret }, previous: { env: PATH }"))
        .chain([forge("github", "").replace("name: github", "name: deaf")])
        .collect();
    let text = format!("server: {{ listen: '[::1]:0' }}\nforges: [{}]\n", all.join(", "));
    let settings = read(folder.path(), &text).unwrap();
    assert_eq!(settings.listen.to_string(), "[::1]:0");
    assert_eq!(settings.ears.keys().collect::<Vec<_>>(), ["gitea", "github", "gitlab"]);
    let body = r#"{"action":"closed","number":7,"pull_request":{"number":7,"head":{"sha":""}},"repository":{"full_name":"acme/app"}}"#;
    let sign = signature("s3cret", body.as_bytes());
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = [pair("x-github-event", "pull_request"), pair("x-hub-signature-256", &sign)];
    let heard = |headers: &[(String, String)]| {
        settings.ears["github"].receive(&Delivery { headers, body: body.as_bytes() })
    };
    assert!(heard(&headers).unwrap().contains(&Hint::Pull { repo: "acme/app".into(), number: 7 }));
    assert_eq!(heard(&headers[..1]), Err(Refusal::Forged));
}

#[test]
fn what_is_wrong_is_said_at_its_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("empty"), "\n").unwrap();
    let local = "forges: [{ name: local, type: local, root: ./r }]\n";
    for (text, line, key) in [
        (format!("server: {{ listen: localhost }}\n{local}"), 1, "server.listen"),
        (format!("server: {{ listne: a }}\n{local}"), 1, "server.listne"),
        (
            format!("forges:\n  - {}\n", forge("github", "secret: { env: FLEETWRIGHT_NO_SUCH }")),
            2,
            "forges[0].webhook",
        ),
        (format!("forges:\n  - {}\n", forge("gitea", "secret: { file: empty }")), 2, "forges[0].webhook"),
        (format!("forges:\n  - {}\n", forge("gitlab", "secret: { file: missing }")), 2, "forges[0].webhook"),
    ] {
        let Err(error) = read(folder.path(), &text) else { panic!("{text}") };
        assert_eq!((error.line, error.key.as_str()), (line, key), "{text}\n{error}");
    }
    let settings = read(folder.path(), local).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:7411");
    assert!(settings.ears.is_empty());
}
