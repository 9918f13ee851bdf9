//! The words of `rehearse`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

#[derive(Debug, ClapArgs)]
pub(crate) struct RehearseArgs {
    /// The shift file
    pub(crate) file: PathBuf,
    /// On so many small sample repositories, instead of on copies of the fleet's own
    #[arg(long, value_name = "COUNT")]
    pub(crate) sample: Option<usize>,
    /// Whose forge to play
    #[arg(long, value_enum, default_value = "github")]
    pub(crate) dialect: DialectWord,
    /// Without the limits that the forge publishes
    #[arg(long)]
    pub(crate) no_limits: bool,
    /// With a limit that nobody publishes: so many pull requests an hour
    #[arg(long, value_name = "PER_HOUR")]
    pub(crate) hidden_limit: Option<u64>,
    /// How long a check runs; up to half as long again; 0: there is none
    #[arg(long, value_name = "MINUTES", default_value_t = 10)]
    pub(crate) ci_minutes: u32,
    /// The share of pull requests whose check fails, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 0)]
    pub(crate) ci_fails: u8,
    /// The share of runs that fail for no reason, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 0)]
    pub(crate) ci_flakes: u8,
    /// The share of repositories whose base is red already, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 0)]
    pub(crate) ci_red_base: u8,
    /// Somebody approves within so many hours, or twice as many
    #[arg(long, value_name = "HOURS")]
    pub(crate) approve_hours: Option<u32>,
    /// The share of pull requests that owners close, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 0)]
    pub(crate) close: u8,
    /// The share of answers that are lost after their effect, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 0)]
    pub(crate) lost_answers: u8,
    /// The number that chance is drawn from: the same one plays the same
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// Whose forge a rehearsal plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum DialectWord {
    /// GitHub.com
    Github,
    /// GitLab
    Gitlab,
    /// Gitea and Forgejo
    Gitea,
}
