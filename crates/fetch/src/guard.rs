//! Names to addresses, with the policy between: what does not pass is not known to the client.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use fleetwright_catalog::{UrlPolicy, UrlRefusal};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The most addresses of one name that are looked at; no honest name has more.
const MAX_ADDRESSES: usize = 64;

/// Looks names up.
#[async_trait]
pub trait Names: Send + Sync {
    /// All addresses of a host; a port of 0 stands for the usual one.
    ///
    /// # Errors
    /// When the name cannot be looked up.
    async fn addresses(&self, host: &str) -> io::Result<Vec<SocketAddr>>;
}

/// The machine's own resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn addresses(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.collect())
    }
}

/// The resolver of the client: what a name resolves to is looked at before the client hears of it, and
/// it connects to exactly that. A name that has one address that is not public has none.
#[derive(Clone)]
pub struct Guard {
    names: Arc<dyn Names>,
    policy: Arc<UrlPolicy>,
}

impl Guard {
    /// A guard before `names`.
    pub fn new(names: Arc<dyn Names>, policy: Arc<UrlPolicy>) -> Guard {
        Guard { names, policy }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let Guard { names, policy } = self.clone();
        Box::pin(async move {
            let found = names.addresses(name.as_str()).await?;
            let plain: Vec<IpAddr> = found.iter().map(SocketAddr::ip).collect();
            if plain.len() > MAX_ADDRESSES {
                return Err(UrlRefusal::Nowhere.into());
            }
            policy.addresses(&plain)?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
