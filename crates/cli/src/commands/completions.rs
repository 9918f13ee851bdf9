//! `completions`: what a shell needs to complete our words.

use clap::CommandFactory;

use crate::args::Args;
use crate::context::Ended;
use crate::failure::Code;

pub(super) fn run(shell: clap_complete::Shell) -> Ended {
    clap_complete::generate(shell, &mut Args::command(), "fleetwright", &mut std::io::stdout());
    Ok(Code::Done)
}
