//! The server's part of `fleetwright.yaml`.

use std::sync::Arc;

use fleetwright_core::source::{Source, SourceError};
use fleetwright_engine::config::Config;
use fleetwright_forge::http::Secret;
use fleetwright_forge::webhook::{Ear, Listener};
use fleetwright_server::Settings;

use crate::receive;

fn make(kind: &str, secrets: Vec<Secret>) -> Option<Arc<dyn Listener>> {
    (kind == "local").then(|| Arc::new(Ear { receive, id: |_| None, secrets }) as _)
}

fn read(folder: &std::path::Path, text: &str) -> Result<Settings, SourceError> {
    let path = folder.join("fleetwright.yaml");
    std::fs::write(&path, text).unwrap();
    // The rest of the program reads the same file.
    Config::read(&path)?;
    Settings::read(&Source::parse(&path.display().to_string(), text).unwrap(), make)
}

#[test]
fn address_and_secrets_are_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hook.secret"), "s3cret\n").unwrap();
    let forge = "{ name: a, type: local, root: ./r, webhook: { secret: { file: hook.secret } } }";
    let settings = read(folder.path(), &format!("forges: [{forge}]\n")).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:7411");
    assert_eq!(settings.ears.keys().collect::<Vec<_>>(), ["a"]);
    let two = forge.replace("{ file: hook.secret }", "[{ file: hook.secret }, { env: PATH }]");
    let text = format!("server: {{ listen: '[::1]:0' }}\nforges: [{two}]\n");
    assert_eq!(read(folder.path(), &text).unwrap().listen.to_string(), "[::1]:0");
}

#[test]
fn what_is_wrong_is_said_at_its_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("empty"), "\n").unwrap();
    let forge = |kind: &str, secret: &str| {
        format!(
            "forges:\n  - name: a\n    type: {kind}\n    root: ./r\n    webhook: {{ secret: {secret} }}\n"
        )
    };
    for (text, line, key) in [
        (format!("server: {{ listen: localhost }}\n{}", forge("local", "{ env: PATH }")), 1, "server.listen"),
        (format!("server: {{ listne: a }}\n{}", forge("local", "{ env: PATH }")), 1, "server.listne"),
        (forge("local", "{ env: FLEETWRIGHT_NO_SUCH_VARIABLE }"), 5, "forges[0].webhook.secret"),
        (forge("local", "{ file: empty }"), 5, "forges[0].webhook.secret"),
        (forge("local", "{ file: missing }"), 5, "forges[0].webhook.secret"),
        (forge("local", "[]"), 5, "forges[0].webhook.secret"),
        (forge("local", "hunter2"), 5, "forges[0].webhook.secret"),
    ] {
        let Err(error) = read(folder.path(), &text) else { panic!("{text}") };
        assert_eq!((error.line, error.key.as_str()), (line, key), "{text}\n{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
