//! `serve`: the process that stays.

use std::net::SocketAddr;
use std::sync::Arc;

use fleetwright_access::Doorkeeper;
use fleetwright_core::secret::Keyring;
use fleetwright_core::source::Source;
use fleetwright_engine::command::Caller;
use fleetwright_engine::config::read_text;
use fleetwright_engine::progress::Progress;
use fleetwright_server::{Server, Settings};
use serde_json::json;
use tokio::sync::watch;

use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};

/// What the server says, a line each, to stderr.
struct Log(Keyring);

impl Progress for Log {
    fn note(&self, text: &str) {
        use std::io::Write;
        // A reader that went away is no reason to end.
        let _ = writeln!(anstream::stderr(), "{}", self.0.text(text));
    }
}

pub(super) async fn run(context: &Context<'_>, listen: Option<SocketAddr>) -> Ended {
    let fleet = context.open().await?;
    let config = &context.global.config;
    let source = Source::parse(&config.display().to_string(), &read_text(config)?)?;
    let mut settings = Settings::read(&source, &fleet.config)?;
    settings.listen = listen.unwrap_or(settings.listen);
    let (stop, stopped) = watch::channel(false);
    let progress = Arc::new(Log(context.seams.keyring.clone()));
    let caller = Caller { by: "fleetwright".to_owned(), progress, interrupt: Default::default() };
    let keeper = Doorkeeper::new(fleet.store.clone());
    let link = keeper.first_link(fleet.now()).await.map_err(Failure::internal)?;
    let server = Server::bind(fleet, settings, caller).await.map_err(Failure::internal)?;
    let address = server.address();
    match context.ui.json() {
        true => context.ui.document(&json!({ "listen": address.to_string() })),
        false => context.ui.say(format!("listening on http://{address}")),
    }
    if let Some(link) = link {
        let words = "nobody is known yet; the first admin signs in once at";
        context.ui.secret_note(&format!("{words} {}/first?link=", server.origin()), link.expose());
    }
    let signals = signals()?;
    tokio::spawn(async move {
        signals.await;
        let _ = stop.send(true);
    });
    server.run(stopped).await.map_err(Failure::internal)?;
    context.ui.note("ended; what was under way is taken up again at the next start");
    Ok(Code::Done)
}

/// Returns at Ctrl-C or SIGTERM.
fn signals() -> Result<impl Future<Output = ()>, std::io::Error> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
