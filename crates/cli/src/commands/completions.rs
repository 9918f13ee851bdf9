//! `completions`: what a shell needs to complete our words.

use clap::CommandFactory;

use super::Ended;
use crate::args::Args;
use crate::failure::Code;

pub(super) fn run(shell: clap_complete::Shell) -> Ended {
    clap_complete::generate(shell, &mut Args::command(), "fleetwright", &mut std::io::stdout());
    Ok(Code::Done)
}
