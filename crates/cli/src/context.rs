//! What every command has at hand.

use std::sync::Arc;

use fleetwright_access::Person;
use fleetwright_api::{At, Call, Verb, audited};
use fleetwright_engine::command::Caller;
use fleetwright_engine::config::Config;
use fleetwright_engine::fleet::{Fleet, Isolation, Seams};
use fleetwright_runner::Cancel;
use tokio::sync::OnceCell;

use crate::args::Global;
use crate::failure::{Code, Failure};
use crate::progress::Bar;
use crate::remote::Remote;
use crate::ui::Ui;

/// What every command has at hand.
pub(crate) struct Context<'a> {
    pub(crate) ui: &'a Ui,
    pub(crate) global: &'a Global,
    pub(crate) seams: &'a Seams,
    fleet: OnceCell<Arc<Fleet>>,
    remote: std::sync::OnceLock<Remote>,
}

/// How a command ends.
pub(crate) type Ended = Result<Code, Failure>;

impl<'a> Context<'a> {
    pub(crate) fn new(ui: &'a Ui, global: &'a Global, seams: &'a Seams) -> Context<'a> {
        Context { ui, global, seams, fleet: OnceCell::new(), remote: std::sync::OnceLock::new() }
    }

    /// Makes a call: at the server that `--server` names, or here.
    pub(crate) async fn call<C: Call>(&self, call: C) -> Result<C::Answer, Failure> {
        let (caller, bar) = self.caller();
        if C::VERB == Verb::Get {
            bar.clear();
        }
        let answer = async {
            match &self.global.server {
                Some(address) => self.remote(address)?.call(call, bar.as_ref()).await,
                None => {
                    let person = Person::local(caller.by.clone());
                    let at = At { fleet: self.open().await?, caller, person, driven: false };
                    audited(&call, &at).await?;
                    Ok(call.apply(&at).await?)
                }
            }
        };
        let answer = answer.await;
        bar.clear();
        answer
    }

    pub(crate) fn isolation(&self) -> Isolation {
        match self.global.unsandboxed {
            true => Isolation::Unsandboxed,
            false => Isolation::Sandboxed,
        }
    }

    /// The server at an address; one client for all that a command asks.
    fn remote(&self, address: &str) -> Result<&Remote, Failure> {
        if let Some(remote) = self.remote.get() {
            return Ok(remote);
        }
        let remote = Remote::at(address)?;
        Ok(self.remote.get_or_init(|| remote))
    }

    /// The fleet of the configuration file, opened when it is first asked for.
    pub(crate) async fn open(&self) -> Result<Arc<Fleet>, Failure> {
        if let Some(address) = &self.global.server {
            let message =
                format!("this command works here and not at {address}\n  try: it without `--server`");
            return Err(Failure::usage(message));
        }
        self.fleet.get_or_try_init(|| self.opened()).await.cloned()
    }

    async fn opened(&self) -> Result<Arc<Fleet>, Failure> {
        let path = &self.global.config;
        if !path.exists() {
            let message = format!(
                "{} is not there\n  try: `fleetwright init` writes one, `--config FILE` names another, \
                 `fleetwright demo` shows the program on a sample fleet",
                path.display()
            );
            return Err(Failure::usage(message));
        }
        let config = Config::read(path)?;
        Ok(Arc::new(Fleet::open(config, self.isolation(), self.seams.clone()).await?))
    }

    /// A caller with a progress bar, interrupted by Ctrl-C.
    pub(crate) fn caller(&self) -> (Caller, Arc<Bar>) {
        let bar = Arc::new(Bar::new(
            self.ui.draws(),
            self.global.verbose && !self.global.quiet,
            &self.seams.keyring,
        ));
        let interrupt = Cancel::new();
        let raised = interrupt.clone();
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                raised.cancel();
            }
        });
        let caller = Caller { by: person(), progress: Arc::clone(&bar) as _, interrupt };
        (caller, bar)
    }
}

/// Who is at the keyboard, for the audit log.
fn person() -> String {
    ["FLEETWRIGHT_USER", "USER", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_else(|| "somebody".to_owned())
}
