//! The server as a whole: it begins, it hears and drives, it ends within ten seconds.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fleetwright_engine::command::Caller;
use fleetwright_engine::fleet::Fleet;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

use crate::calls::{Office, api, guarded};
use crate::door::Door;
use crate::drive::{Driving, stopped};
use crate::error::ServerError;
use crate::first::{First, first};
use crate::hear::{Hearing, routes};
use crate::settings::Settings;

/// How long open connections, and then drives, have to end: both together are less than 10 s.
const GRACE: Duration = Duration::from_secs(4);

/// A server that listens.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    fleet: Arc<Fleet>,
    settings: Settings,
    caller: Caller,
}

impl Server {
    /// Listens. `caller` is whose name the work is done in, and who is told of it.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn bind(fleet: Arc<Fleet>, settings: Settings, caller: Caller) -> Result<Server, ServerError> {
        let wrong = |why| ServerError::Listen { address: settings.listen, why };
        let listener = TcpListener::bind(settings.listen).await.map_err(wrong)?;
        let address = listener.local_addr().map_err(wrong)?;
        Ok(Server { listener, address, fleet, settings, caller })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address that people know it by.
    pub fn origin(&self) -> String {
        self.settings.url.clone().unwrap_or_else(|| format!("http://{}", self.address))
    }

    /// Hears and drives until `stop` is true.
    ///
    /// # Errors
    /// When listening ends by itself.
    pub async fn run(self, stop: watch::Receiver<bool>) -> Result<(), ServerError> {
        let ours = self.origin();
        let Server { listener, fleet, settings, caller, .. } = self;
        let bell = Arc::new(Notify::new());
        let log = Arc::clone(&caller.progress);
        let door =
            Arc::new(Hearing::new(fleet.store.clone(), settings.ears, Arc::clone(&bell), Arc::clone(&log)));
        let (end, ended) = watch::channel(false);
        let who = settings.who.unwrap_or_else(|| Arc::new(Door::new(Arc::clone(&fleet), ours.clone())));
        let catalog = guarded(fleetwright_backstage::router(Arc::clone(&fleet), log), Arc::clone(&who));
        let office = Office::new(Arc::clone(&fleet), who, ended.clone());
        let routes = routes(door)
            .nest("/api/catalog", catalog)
            .merge(api(Arc::new(office)))
            .merge(first(First { fleet: Arc::clone(&fleet), ours }));
        let driving =
            Driving { fleet, caller: caller.clone(), sweep: settings.sweep, bell, stop: ended.clone() };
        let driving = tokio::spawn(driving.run());
        let serving = axum::serve(listener, routes).with_graceful_shutdown(stopped(ended));
        let mut serving = tokio::spawn(async move { serving.await });
        let served = tokio::select! {
            () = stopped(stop) => None,
            served = &mut serving => Some(served),
        };
        // What runs is told at once, connections and drives alike.
        caller.interrupt.cancel();
        let _ = end.send(true);
        if served.is_none() && tokio::time::timeout(GRACE, &mut serving).await.is_err() {
            serving.abort();
        }
        if tokio::time::timeout(GRACE, driving).await.is_err() {
            caller.progress.note("a drive did not end in time; it is taken up again at the next start");
        }
        match served {
            Some(Ok(Err(error))) => Err(ServerError::Socket(error)),
            _ => Ok(()),
        }
    }
}
