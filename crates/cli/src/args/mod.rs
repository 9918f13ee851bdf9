//! The words of the command line.

mod audit;
mod bom;
mod catalog;
mod db;
mod deps;
mod grep;
mod infra;
mod rehearse;
mod repo;
mod token;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

pub(crate) use audit::AuditCommand;
pub(crate) use bom::{BomAdoptionArgs, BomCommand, BomShiftArgs, BomShowArgs, ChannelWord};
pub(crate) use catalog::{CatalogCommand, From, ListArgs, QueryArgs, Which};
pub(crate) use db::DbCommand;
pub(crate) use deps::{
    AdvisoriesArgs, DepsCommand, DepsListArgs, ExportArgs, ExportFormat, SkewArgs, WhoArgs,
};
pub(crate) use grep::GrepArgs;
pub(crate) use infra::{DriftArgs, InfraCommand, ListArgs as InfraListArgs, ValidateArgs};
pub(crate) use rehearse::{DialectWord, RehearseArgs};
pub(crate) use repo::{PullAct, PullArgs, RepoCommand};
pub(crate) use token::{TokenCommand, TokenCreateArgs};

/// Keeps thousands of repositories as one fleet: changes them by machine, one pull request each.
#[derive(Debug, Parser)]
#[command(name = "fleetwright", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Start with `fleetwright demo`, then `fleetwright init` in a folder of your own.")]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Words every command takes.
#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct Global {
    /// Print one JSON document on stdout, and nothing else there
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print results only
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Say what happens to each target
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// The configuration file
    #[arg(long, global = true, value_name = "FILE", default_value = "fleetwright.yaml")]
    pub(crate) config: PathBuf,
    /// Ask the server at this address instead of the database here; its token is in FLEETWRIGHT_TOKEN
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Run commands without the sandbox, with all your own rights
    #[arg(long, global = true)]
    pub(crate) unsandboxed: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play two shifts on a sample fleet of 60 repositories
    #[command(after_help = "Example: fleetwright demo --dir ./my-demo --fresh")]
    Demo(DemoArgs),
    /// Write fleetwright.yaml and an example shift into this folder
    #[command(after_help = "Example: mkdir fleet && cd fleet && fleetwright init")]
    Init,
    /// Run a script on many repositories and open a pull request for each that it changed
    #[command(after_help = "Example: fleetwright run ./fix.sh --repo 'acme/*' -m \"Fix it\" --dry-run")]
    Run(RunArgs),
    /// Plan, apply and follow shifts
    #[command(subcommand)]
    Shift(ShiftCommand),
    /// Look at repositories, and act as a person at a local forge
    #[command(subcommand)]
    Repo(RepoCommand),
    /// List, show, check and exchange the entities of the catalog
    #[command(subcommand)]
    Catalog(CatalogCommand),
    /// Ask what is known of the fleet, in CEL or in SQL
    #[command(
        after_help = "Example: fleetwright query 'entity.kind == \"API\" && repo.language == \"java\"'\n         \
        fleetwright query --sql 'SELECT language, sum(files) FROM language GROUP BY 1 ORDER BY 2 DESC'"
    )]
    Query(QueryArgs),
    /// Ask who depends on what, in which version
    #[command(subcommand)]
    Deps(DepsCommand),
    /// Look at bills of materials: sets of versions, and who is on which
    #[command(subcommand)]
    Bom(BomCommand),
    /// Look at what repositories declare: manifests, charts, compose files, pipelines, Terraform
    #[command(subcommand)]
    Infra(InfraCommand),
    /// Search all files of all repositories
    #[command(after_help = grep::AFTER)]
    Grep(GrepArgs),
    /// Play a shift on a forge that only exists here, in virtual time: how long, how many calls
    #[command(after_help = "Example: fleetwright rehearse shifts/log4j.yaml --ci-minutes 12 --ci-fails 3")]
    Rehearse(RehearseArgs),
    /// Stay, hear webhooks, and drive every running shift
    #[command(after_help = "Example: fleetwright serve --listen 127.0.0.1:7411")]
    Serve {
        /// The address to listen on; that of fleetwright.yaml when absent
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<std::net::SocketAddr>,
    },
    /// Check and export the audit: who asked for what, and what was done outside
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Make, list and revoke tokens: what people and machines come in with at a server
    #[command(subcommand)]
    Token(TokenCommand),
    /// Say who you are here, or at a server
    Whoami,
    /// Carry the database elsewhere, back it up, restore and check it
    #[command(subcommand)]
    Db(DbCommand),
    /// Check this machine: sandbox, configuration, database, forges
    #[command(after_help = "Example: fleetwright doctor")]
    Doctor,
    /// Print completions for a shell
    #[command(after_help = "Example: source <(fleetwright completions bash)")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct DemoArgs {
    /// The folder to play in
    #[arg(long, default_value = "fleetwright-demo")]
    pub(crate) dir: PathBuf,
    /// Remove what an earlier demo left in that folder, and begin anew
    #[arg(long)]
    pub(crate) fresh: bool,
}

/// Targets, given here instead of in the file.
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct TargetArgs {
    /// A repository's name or a glob such as 'acme/*'; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) repo: Vec<String>,
    /// A file with one name or glob a line, # begins a comment
    #[arg(long, value_name = "FILE")]
    pub(crate) repos: Option<PathBuf>,
    /// Only repositories of this owner
    #[arg(long)]
    pub(crate) org: Option<String>,
    /// Only repositories with this topic
    #[arg(long)]
    pub(crate) topic: Option<String>,
    /// Only repositories for which this CEL expression is true
    #[arg(long, value_name = "CEL")]
    pub(crate) select: Option<String>,
    /// Not the repositories for which this CEL expression is true
    #[arg(long, value_name = "CEL")]
    pub(crate) exclude: Option<String>,
    /// At most so many repositories
    #[arg(long)]
    pub(crate) limit: Option<usize>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RunArgs {
    /// The script, then its arguments; those that begin with - after a --
    #[arg(required = true)]
    pub(crate) command: Vec<String>,
    #[command(flatten)]
    pub(crate) targets: TargetArgs,
    /// The commit message
    #[arg(long, short)]
    pub(crate) message: Option<String>,
    /// The pull request's title; the first line of the message when absent
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// The branch; made from the script's name when absent
    #[arg(long, short = 'B')]
    pub(crate) branch: Option<String>,
    /// Show the changes and open nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ShiftCommand {
    /// Write an example shift file
    #[command(after_help = "Example: fleetwright shift new bump-node > bump-node.yaml")]
    New {
        /// The shift's name
        name: String,
    },
    /// Make a shift file out of a Sourcegraph batch spec or a shepherd.yml
    #[command(after_help = "Example: fleetwright shift import batch-spec.yaml --out shifts")]
    Import {
        /// The batch spec or shepherd.yml
        file: PathBuf,
        /// Write the shift, and the files that travel with it, into this folder
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Check a shift file without touching anything
    #[command(after_help = "Example: fleetwright shift validate shifts/*.yaml")]
    Validate {
        /// The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Show what a shift does to one checkout
    #[command(after_help = "Example: fleetwright shift try bump-node.yaml ~/src/payments")]
    Try {
        /// The shift file
        file: PathBuf,
        /// A folder with a repository's files
        #[arg(default_value = ".")]
        checkout: PathBuf,
        /// Write the change into the checkout
        #[arg(long)]
        write: bool,
    },
    /// Make every change and store it; nothing is pushed
    #[command(after_help = "Example: fleetwright shift plan bump-node.yaml --limit 20 --out ./patches")]
    Plan {
        /// The shift file
        file: PathBuf,
        #[command(flatten)]
        targets: TargetArgs,
        /// Write one patch per target into this folder
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Take the place of another file of the same shift
        #[arg(long)]
        amend: bool,
    },
    /// Push what was planned, open the pull requests, and merge by the file's policy
    #[command(after_help = "Example: fleetwright shift apply bump-node.yaml --wait")]
    Apply {
        /// The shift file
        file: PathBuf,
        #[command(flatten)]
        targets: TargetArgs,
        /// Stay until every target is at rest
        #[arg(long)]
        wait: bool,
        /// Take the place of another file of the same shift
        #[arg(long)]
        amend: bool,
        /// Do not ask before pull requests are opened at a forge that others see
        #[arg(long, short)]
        yes: bool,
    },
    /// Take open pull requests that others made into a shift: its gates and its control hold for them
    #[command(after_help = "Example: fleetwright shift adopt bump-node --pull 'acme/payments#12'")]
    Adopt(AdoptArgs),
    /// List shifts
    List,
    /// Show where a shift stands, after moving it as far as it goes now
    Status {
        /// The shift's name; all of them when absent
        name: Option<String>,
        /// Only show what the database knows
        #[arg(long)]
        offline: bool,
    },
    /// List a shift's targets
    Targets {
        /// The shift's name
        name: String,
        /// Only those at this stage
        #[arg(long)]
        stage: Option<String>,
    },
    /// Say why a repository is in a shift or out of it, and where it stands
    #[command(after_help = "Example: fleetwright shift why bump-node acme/payments")]
    Why {
        /// The shift's name
        name: String,
        /// The repository, or a directory of it as REPO:DIR
        repo: String,
    },
    /// Print the stored diff of a target
    Diff {
        /// The shift's name
        name: String,
        /// The repository, or a directory of it as REPO:DIR
        repo: String,
    },
    /// Print what happened to a shift or a target, and what its steps printed
    Logs {
        /// The shift's name
        name: String,
        /// The repository, or a directory of it as REPO:DIR
        repo: Option<String>,
    },
    /// Let nothing new leave this machine until it is resumed
    Pause {
        /// The shift's name
        name: String,
    },
    /// Let a paused or stopped shift act again
    Resume {
        /// The shift's name
        name: String,
    },
    /// Kill what runs, and let nothing new leave this machine
    Stop {
        /// The shift's name
        name: String,
    },
    /// Make targets anew: those that failed, or one by name
    #[command(after_help = "Example: fleetwright shift retry bump-node --failed")]
    Retry {
        /// The shift's name
        name: String,
        /// Those that failed
        #[arg(long)]
        failed: bool,
        /// One repository, or a directory of it as REPO:DIR; also one that a person closed
        #[arg(long, value_name = "REPO", conflicts_with = "failed")]
        target: Option<String>,
    },
    /// Close the shift's pull requests and remove its branches
    Close {
        /// The shift's name
        name: String,
        /// Only those of this repository
        #[arg(long, value_name = "REPO")]
        target: Option<String>,
    },
    /// Approve a shift as it is now, as a second person
    #[command(after_help = "Example: fleetwright shift approve bump-node")]
    Approve {
        /// The shift's name
        name: String,
        /// The digest that was looked at: refused where the shift is another one by now
        #[arg(long)]
        digest: Option<String>,
    },
    /// Merge the pull requests whose gates are open: this is the person's word
    Merge {
        /// The shift's name
        name: String,
        /// Only those of this repository
        #[arg(long, value_name = "REPO")]
        target: Option<String>,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct AdoptArgs {
    /// The shift's name
    pub(crate) name: String,
    /// Those from a branch of this name, in the repositories that the shift selected
    #[arg(long, required_unless_present_any = ["pull", "search"], conflicts_with_all = ["pull", "search"])]
    pub(crate) branch: Option<String>,
    /// The open ones that fit: `author:NAME`, `label:NAME`, `head:BRANCH` (a glob), all of them
    #[arg(long, value_name = "WORDS", conflicts_with = "pull")]
    pub(crate) search: Option<String>,
    /// In these repositories instead: a name or a glob such as 'acme/*'; may be given several times
    #[arg(long, value_name = "NAME", conflicts_with = "pull")]
    pub(crate) repo: Vec<String>,
    /// One by its number; may be given several times
    #[arg(long, value_name = "REPO#NUMBER")]
    pub(crate) pull: Vec<String>,
}
