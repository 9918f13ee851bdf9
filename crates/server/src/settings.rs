//! What the server is told by `fleetwright.yaml`: `server.listen`, and per forge `webhook.secret`.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use fleetwright_core::source::{Source, SourceError};
use fleetwright_forge::http::Secret;
use fleetwright_forge::webhook::Listener;
use serde::Deserialize;

/// Where the server listens when nothing else is said: on this machine only.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 7411);

/// How often every running shift is looked at whole, webhooks or not (issue 3: state is fresh within 5
/// minutes without any webhook).
pub const SWEEP: Duration = Duration::from_secs(300);

/// Who takes in the webhooks, by the forge's name in the configuration.
pub type Ears = BTreeMap<String, Arc<dyn Listener>>;

/// Makes the listener of a forge of some type; `None` for a type that sends no webhooks.
pub type MakeEar = fn(&str, Vec<Secret>) -> Option<Arc<dyn Listener>>;

/// What the server is told.
#[derive(Clone)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How often every running shift is looked at whole.
    pub sweep: Duration,
    /// Who takes in the webhooks.
    pub ears: Ears,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    server: ServerPart,
    #[serde(default)]
    forges: Vec<ForgePart>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ServerPart {
    listen: Option<String>,
}

#[derive(Deserialize)]
struct ForgePart {
    name: String,
    r#type: String,
    webhook: Option<WebhookPart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookPart {
    secret: Secrets,
}

/// One secret, or two while one takes the other's place.
#[derive(Deserialize)]
#[serde(untagged)]
enum Secrets {
    One(From),
    Many(Vec<From>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
enum From {
    /// The name of a variable of the environment.
    Env(String),
    /// A file, relative to the configuration's folder.
    File(PathBuf),
}

impl Settings {
    /// Settings without a forge that sends webhooks.
    pub fn new(listen: SocketAddr) -> Settings {
        Settings { listen, sweep: SWEEP, ears: Ears::new() }
    }

    /// Reads the server's part of a configuration file.
    ///
    /// # Errors
    /// What is wrong or missing, with its place.
    pub fn read(source: &Source, make: MakeEar) -> Result<Settings, SourceError> {
        let file: File = source.decode()?;
        let mut settings = Settings::new(LISTEN);
        if let Some(text) = &file.server.listen {
            settings.listen = text.parse().map_err(|_| {
                let message = format!("`{text}` is not an address");
                source.error("server.listen", message, "write it like `127.0.0.1:7411` or `[::1]:7411`")
            })?;
        }
        let folder = Path::new(source.file()).parent().unwrap_or(Path::new("."));
        for (index, forge) in file.forges.into_iter().enumerate() {
            let Some(webhook) = forge.webhook else { continue };
            let key = format!("forges[{index}].webhook");
            let secrets = match webhook.secret {
                Secrets::One(one) => vec![one],
                Secrets::Many(many) => many,
            };
            let read = secrets.iter().map(|from| secret(from, folder));
            let secrets = read.collect::<Result<Vec<Secret>, (String, &str)>>();
            let secrets = secrets
                .and_then(|all| if all.is_empty() { Err(nothing()) } else { Ok(all) })
                .map_err(|(why, remedy)| source.error(&format!("{key}.secret"), why, remedy))?;
            let Some(ear) = make(&forge.r#type, secrets) else {
                let message = format!("forges of type `{}` send no webhooks", forge.r#type);
                return Err(source.error(&key, message, "remove the key: the sweep looks at them"));
            };
            settings.ears.insert(forge.name, ear);
        }
        Ok(settings)
    }
}

fn nothing() -> (String, &'static str) {
    ("no secret is named".to_owned(), "write `secret: { env: NAME }` or `secret: { file: PATH }`")
}

/// A secret's value: never empty, for an empty one would be known to everybody.
fn secret(from: &From, folder: &Path) -> Result<Secret, (String, &'static str)> {
    let (value, place, remedy) = match from {
        From::Env(name) => {
            let value = std::env::var(name).ok();
            (value, format!("the variable {name}"), "set it where the server is started")
        }
        From::File(path) => {
            let text = std::fs::read_to_string(folder.join(path)).ok();
            (
                text,
                format!("the file {}", path.display()),
                "write the secret into it, readable for the server",
            )
        }
    };
    let value = value.map(|value| value.trim_end_matches(['\r', '\n']).to_owned());
    match value.filter(|value| !value.is_empty()) {
        Some(value) => Ok(Secret::new(value)),
        None => Err((format!("{place} holds no secret"), remedy)),
    }
}
