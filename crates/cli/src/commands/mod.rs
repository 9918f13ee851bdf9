//! One file per command.

mod completions;
mod control;
mod demo;
mod doctor;
mod init;
mod pull;
mod repo;
mod script;
mod shift_apply;
mod shift_inspect;
mod shift_plan;
mod shift_status;
mod shift_try;
mod targets;
mod validate;

use std::sync::Arc;

use fleetwright_engine::command::Caller;
use fleetwright_engine::config::Config;
use fleetwright_engine::fleet::{Fleet, Isolation, Seams};
use fleetwright_runner::Cancel;

use crate::args::{Command, Global, RepoCommand, ShiftCommand};
use crate::failure::{Code, Failure};
use crate::progress::Bar;
use crate::ui::Ui;

/// What every command has at hand.
pub(crate) struct Context<'a> {
    pub(crate) ui: &'a Ui,
    pub(crate) global: &'a Global,
    pub(crate) seams: &'a Seams,
}

/// How a command ends.
pub(crate) type Ended = Result<Code, Failure>;

impl Context<'_> {
    pub(crate) fn isolation(&self) -> Isolation {
        match self.global.unsandboxed {
            true => Isolation::Unsandboxed,
            false => Isolation::Sandboxed,
        }
    }

    /// Opens the fleet of the configuration file.
    pub(crate) async fn open(&self) -> Result<Arc<Fleet>, Failure> {
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
        let bar = Arc::new(Bar::new(self.ui.draws(), self.global.verbose && !self.global.quiet));
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

/// Runs a command.
pub(crate) async fn run(context: &Context<'_>, command: Command) -> Ended {
    match command {
        Command::Demo(args) => demo::run(context, &args).await,
        Command::Init => init::run(context),
        Command::Run(args) => script::run(context, &args).await,
        Command::Shift(command) => shift(context, command).await,
        Command::Repo(RepoCommand::Sync) => repo::sync(context).await,
        Command::Repo(RepoCommand::List) => repo::list(context).await,
        Command::Repo(RepoCommand::Show { name }) => repo::show(context, &name).await,
        Command::Repo(RepoCommand::Pull(args)) => pull::run(context, &args).await,
        Command::Doctor => doctor::run(context).await,
        Command::Completions { shell } => completions::run(shell),
    }
}

async fn shift(context: &Context<'_>, command: ShiftCommand) -> Ended {
    match command {
        ShiftCommand::New { name } => init::new_shift(context, &name),
        ShiftCommand::Validate { files } => validate::run(context, &files),
        ShiftCommand::Try { file, checkout, write } => shift_try::run(context, &file, &checkout, write),
        ShiftCommand::Plan { file, targets, out, amend } => {
            let loaded = targets::load(&file, &targets)?;
            shift_plan::run(context, loaded, out.as_deref(), amend).await
        }
        ShiftCommand::Apply { file, targets, wait, amend } => {
            let loaded = targets::load(&file, &targets)?;
            shift_apply::run(context, loaded, wait, amend).await
        }
        ShiftCommand::List => shift_status::list(context).await,
        ShiftCommand::Status { name, offline } => shift_status::run(context, name.as_deref(), offline).await,
        ShiftCommand::Targets { name, stage } => {
            shift_inspect::targets(context, &name, stage.as_deref()).await
        }
        ShiftCommand::Why { name, repo } => shift_inspect::why(context, &name, &repo).await,
        ShiftCommand::Diff { name, repo } => shift_inspect::diff(context, &name, &repo).await,
        ShiftCommand::Logs { name, repo } => shift_inspect::logs(context, &name, repo.as_deref()).await,
        ShiftCommand::Pause { name } => control::pause(context, &name).await,
        ShiftCommand::Resume { name } => control::resume(context, &name).await,
        ShiftCommand::Stop { name } => control::stop(context, &name).await,
        ShiftCommand::Retry { name, failed, target } => control::retry(context, &name, failed, target).await,
        ShiftCommand::Close { name, target } => control::close(context, &name, target).await,
        ShiftCommand::Merge { name, target } => control::merge(context, &name, target).await,
    }
}
