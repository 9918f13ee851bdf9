//! What the server is told by `fleetwright.yaml`: `server.listen`, and per forge `webhook`.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use fleetwright_core::source::{Source, SourceError};
use fleetwright_engine::config::{Config, ForgeConfig, HostedConfig, Kind};
use fleetwright_forge::http::Secret;
use fleetwright_forge::webhook::{Ear, Listener};
use serde::Deserialize;

use crate::calls::Who;

/// Where the server listens when nothing else is said: on this machine only.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 7411);

/// How often every running shift is looked at whole, webhooks or not (issue 3: state is fresh within 5
/// minutes without any webhook).
pub const SWEEP: Duration = Duration::from_secs(300);

/// Who takes in the webhooks, by the forge's name in the configuration.
pub type Ears = BTreeMap<String, Arc<dyn Listener>>;

/// What the server is told.
#[derive(Clone)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The address that people know it by, such as `https://fleet.example.org`; where it listens when absent.
    pub url: Option<String>,
    /// How often every running shift is looked at whole.
    pub sweep: Duration,
    /// Who takes in the webhooks.
    pub ears: Ears,
    /// Who knows the people that make calls; the database does when absent.
    pub who: Option<Arc<dyn Who>>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    server: ServerPart,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ServerPart {
    listen: Option<String>,
}

impl Settings {
    /// Settings without a forge that sends webhooks.
    pub fn new(listen: SocketAddr) -> Settings {
        Settings { listen, url: None, sweep: SWEEP, ears: Ears::new(), who: None }
    }

    /// The server's part of a configuration file; `config` is what the engine read of the same file.
    ///
    /// # Errors
    /// What is wrong or missing, with its place.
    pub fn read(source: &Source, config: &Config) -> Result<Settings, SourceError> {
        let file: File = source.decode()?;
        let mut settings = Settings::new(LISTEN);
        if let Some(text) = &file.server.listen {
            settings.listen = text.parse().map_err(|_| {
                let message = format!("`{text}` is not an address");
                source.error("server.listen", message, "write it like `127.0.0.1:7411` or `[::1]:7411`")
            })?;
        }
        settings.url = config.people.url.clone();
        for (index, forge) in config.forges.iter().enumerate() {
            let ForgeConfig::Hosted(hosted) = forge else { continue };
            let ear = ear(hosted).map_err(|why| {
                let remedy = "name a variable or a file that holds the secret";
                source.error(&format!("forges[{index}].webhook"), why, remedy)
            })?;
            if let Some(ear) = ear {
                settings.ears.insert(hosted.name.clone(), Arc::new(ear));
            }
        }
        Ok(settings)
    }
}

/// Who takes in a service's webhooks; nobody where no secret is named, for what is not signed is not heard.
fn ear(hosted: &HostedConfig) -> Result<Option<Ear>, String> {
    let secrets = hosted.webhook_secrets.iter().map(|source| source.read().map(Secret::new));
    let secrets = secrets.collect::<Result<Vec<Secret>, String>>()?;
    let ear = match hosted.kind {
        Kind::GitHub => Ear {
            receive: fleetwright_github::webhook::read,
            id: fleetwright_github::webhook::delivery_id,
            secrets,
        },
        Kind::GitLab => Ear {
            receive: fleetwright_gitlab::webhook::read,
            id: fleetwright_gitlab::webhook::delivery_id,
            secrets,
        },
        Kind::Gitea => Ear {
            receive: fleetwright_gitea::webhook::read,
            id: fleetwright_gitea::webhook::delivery_id,
            secrets,
        },
    };
    Ok(Some(ear).filter(|ear| !ear.secrets.is_empty()))
}
