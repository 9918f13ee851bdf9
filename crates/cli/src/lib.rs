//! The command line: words in, command structs built, outcomes printed. Decides nothing itself.

mod args;
mod called;
mod commands;
mod context;
mod failure;
mod progress;
mod rehearsing;
mod remote;
mod show;
mod ui;

use std::process::ExitCode;

use clap::Parser;
use fleetwright_engine::fleet::Seams;

use crate::args::Args;
use crate::context::Context;
use crate::failure::Failure;
use crate::ui::Ui;

/// Runs the program. `seams` are where tests put their hands on; the binary has none.
pub fn main(seams: &Seams) -> ExitCode {
    let args = Args::parse();
    let ui = Ui::new(&args.global, &seams.keyring);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return ui.failure(&Failure::internal(error)),
    };
    let context = Context::new(&ui, &args.global, seams);
    let ended = runtime.block_on(commands::run(&context, args.command));
    // Blocked threads belong to work that was given up: nobody waits for them.
    runtime.shutdown_background();
    match ended {
        Ok(code) => code.into(),
        Err(failure) => ui.failure(&failure),
    }
}
