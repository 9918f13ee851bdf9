//! One file per command.

mod audit;
mod bom;
mod bom_adoption;
mod bom_shift;
mod bom_show;
mod catalog;
mod completions;
mod control;
mod db;
mod demo;
mod demo_told;
mod deps;
mod deps_advisories;
mod deps_export;
mod deps_show;
mod doctor;
mod grep;
mod grep_show;
mod infra;
mod infra_drift;
mod infra_validate;
mod init;
mod pull;
mod query;
mod rehearse;
mod repo;
mod script;
mod serve;
mod shift_adopt;
mod shift_apply;
mod shift_import;
mod shift_inspect;
mod shift_plan;
mod shift_status;
mod shift_try;
mod targets;
mod token;
mod validate;

use shift_apply::Ways;

use crate::args::{Command, RepoCommand, ShiftCommand};
use crate::context::{Context, Ended};

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
        Command::Catalog(command) => catalog::run(context, command).await,
        Command::Query(args) => query::run(context, &args).await,
        Command::Deps(command) => deps::run(context, command).await,
        Command::Bom(command) => bom::run(context, command).await,
        Command::Infra(command) => infra::run(context, command).await,
        Command::Grep(args) => grep::run(context, args).await,
        Command::Rehearse(args) => rehearse::run(context, &args).await,
        Command::Serve { listen } => serve::run(context, listen).await,
        Command::Audit(command) => audit::run(context, command).await,
        Command::Token(command) => token::run(context, command).await,
        Command::Whoami => token::whoami(context).await,
        Command::Db(command) => db::run(context, command).await,
        Command::Doctor => doctor::run(context).await,
        Command::Completions { shell } => completions::run(shell),
    }
}

async fn shift(context: &Context<'_>, command: ShiftCommand) -> Ended {
    match command {
        ShiftCommand::New { name } => init::new_shift(context, &name),
        ShiftCommand::Import { file, out } => shift_import::run(context, &file, out.as_deref()),
        ShiftCommand::Validate { files } => validate::run(context, &files),
        ShiftCommand::Try { file, checkout, write } => shift_try::run(context, &file, &checkout, write),
        ShiftCommand::Plan { file, targets, out, amend } => {
            let loaded = targets::load(&file, &targets)?;
            shift_plan::run(context, &loaded, out.as_deref(), amend).await
        }
        ShiftCommand::Apply { file, targets, wait, amend, yes } => {
            let loaded = targets::load(&file, &targets)?;
            shift_apply::run(context, &loaded, Ways { wait, amend, yes }).await
        }
        ShiftCommand::Adopt(args) => shift_adopt::run(context, args).await,
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
        ShiftCommand::Approve { name, digest } => control::approve(context, &name, digest).await,
        ShiftCommand::Merge { name, target } => control::merge(context, &name, target).await,
    }
}
