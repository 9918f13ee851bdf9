//! A rehearsal forge as a program, for scripts and comparisons.
//!
//! Prints one line of JSON with its address and a token, and serves until stdin is closed or
//! SIGTERM comes; then it prints what happened in numbers, as one more line of JSON. It does so too for
//! every line that comes in on stdin.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to its user")]

use std::process::ExitCode;
use std::sync::Arc;

use fleetwright_rehearsal::gitea::Gitea;
use fleetwright_rehearsal::github::GitHub;
use fleetwright_rehearsal::gitlab::GitLab;
use fleetwright_rehearsal::http::dialect::Dialect;
use fleetwright_rehearsal::limits::Limits;
use fleetwright_rehearsal::script::{CiCheck, CiScript};
use fleetwright_rehearsal::seed::Seed;
use fleetwright_rehearsal::world::{HookTarget, Settings, small_repos};
use fleetwright_rehearsal::{World, serve};
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::signal::unix::{SignalKind, signal};

const HELP: &str = "\
rehearsal-forge [flags]
  --folder PATH        where the bare repositories are, or will be (needed)
  --repos N            make N small repositories if the folder is empty (default 0)
  --owner NAME         who owns them (default acme)
  --adopt              take in every bare repository below the folder
  --dialect NAME       github (default), gitlab, gitea or forgejo
  --seed N             what chance is drawn from (default 0)
  --limits on|off      the published limits (default off)
  --hidden N           so many content-creating requests an hour, unannounced
  --latency MS         how long every answer takes (default 0)
  --ci SECONDS         one check `build` that takes so long (default: no checks)
  --fails RATE         the share of heads it fails on (default 0)
  --flakes RATE        the share of runs it fails for no reason (default 0)
  --lost RATE          the share of answers lost after their effect (default 0)
  --hooks URL          where webhooks are posted
  --secret TEXT        what they are signed with (default: secret)
  --record FILE        write every exchange there, a line of JSON each
  --keep-open          do not stop when stdin is closed
";

/// What the flags say.
struct Flags {
    settings: Settings,
    owner: String,
    repos: usize,
    adopt: bool,
    keep_open: bool,
    dialect: String,
}

const DIALECTS: [&str; 4] = ["github", "gitlab", "gitea", "forgejo"];

fn main() -> ExitCode {
    let flags = match read(std::env::args().skip(1)) {
        Ok(flags) => flags,
        Err(why) => {
            eprint!("{why}\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match run(flags) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// What is put together once every flag is known.
struct Parts {
    check: CiCheck,
    ci: bool,
    hidden: Option<u64>,
    limits: bool,
    hooks: Option<String>,
    secret: String,
}

fn read(mut words: impl Iterator<Item = String>) -> Result<Flags, String> {
    let (settings, owner, dialect) = (Settings::new(""), "acme".to_owned(), "github".to_owned());
    let mut flags = Flags { settings, owner, repos: 0, adopt: false, keep_open: false, dialect };
    let (check, secret) = (CiCheck::new("build"), "secret".to_owned());
    let mut parts = Parts { check, ci: false, hidden: None, limits: false, hooks: None, secret };
    while let Some(flag) = words.next() {
        match flag.as_str() {
            "--adopt" => flags.adopt = true,
            "--keep-open" => flags.keep_open = true,
            "--help" => return Err(String::new()),
            _ => {
                let value = words.next().ok_or_else(|| format!("{flag} needs a value"))?;
                set(&mut flags, &mut parts, &flag, &value)?;
            }
        }
    }
    if flags.settings.folder.as_os_str().is_empty() {
        return Err("--folder is needed".to_owned());
    }
    let Parts { check, ci, hidden, limits, hooks, secret } = parts;
    flags.settings.limits = match flags.dialect.as_str() {
        "github" if limits => Limits::github(),
        "gitlab" if limits => Limits::gitlab(),
        _ => Limits::off(),
    };
    if let Some(most) = hidden {
        flags.settings.limits = flags.settings.limits.with_hidden_content(most);
    }
    if ci {
        flags.settings.ci = vec![CiScript { repos: "*".to_owned(), checks: vec![check] }];
    }
    flags.settings.hooks = hooks.map(|url| HookTarget { url: Some(url), secret });
    Ok(flags)
}

/// One flag with a value.
fn set(flags: &mut Flags, parts: &mut Parts, flag: &str, value: &str) -> Result<(), String> {
    let whole = || value.parse::<u64>().map_err(|error| format!("{flag} {value}: {error}"));
    let rate = || value.parse::<f64>().map_err(|error| format!("{flag} {value}: {error}"));
    let settings = &mut flags.settings;
    match flag {
        "--folder" => settings.folder = value.into(),
        "--repos" => flags.repos = usize::try_from(whole()?).unwrap_or(0),
        "--owner" => value.clone_into(&mut flags.owner),
        "--dialect" if DIALECTS.contains(&value) => value.clone_into(&mut flags.dialect),
        "--seed" => settings.seed = Seed(whole()?),
        "--limits" if value == "on" => parts.limits = true,
        "--limits" if value == "off" => parts.limits = false,
        "--hidden" => parts.hidden = Some(whole()?),
        "--latency" => settings.latency = whole()?,
        "--ci" => {
            parts.ci = true;
            parts.check.runs = i64::try_from(whole()?).unwrap_or(0) * 1_000;
        }
        "--fails" => parts.check.fails = rate()?,
        "--flakes" => parts.check.flakes = rate()?,
        "--lost" => settings.faults.lost_answers = rate()?,
        "--hooks" => parts.hooks = Some(value.to_owned()),
        "--secret" => value.clone_into(&mut parts.secret),
        "--record" => settings.record = Some(value.into()),
        _ => return Err(format!("{flag} {value}: unknown")),
    }
    Ok(())
}

#[tokio::main]
async fn run(flags: Flags) -> Result<(), String> {
    std::fs::create_dir_all(&flags.settings.folder).map_err(|error| error.to_string())?;
    let world = World::new(flags.settings);
    let token = {
        let mut state = world.lock();
        let told = |refusal: fleetwright_rehearsal::world::Refusal| refusal.to_string();
        let found = if flags.adopt { state.adopt().map_err(told)? } else { Vec::new() };
        if found.is_empty() {
            for spec in small_repos(&flags.owner, flags.repos) {
                state.make_repo(&spec).map_err(told)?;
            }
        }
        state.add_full_token("fleet-bot")
    };
    let dialect: Arc<dyn Dialect> = match flags.dialect.as_str() {
        "gitlab" => Arc::new(GitLab),
        "gitea" => Arc::new(Gitea { forgejo: false }),
        "forgejo" => Arc::new(Gitea { forgejo: true }),
        _ => Arc::new(GitHub),
    };
    let forge = serve(world, dialect).await.map_err(|error| error.to_string())?;
    println!("{}", json!({ "url": forge.url, "graphql": format!("{}/graphql", forge.url), "token": token }));
    let mut term = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let mut stdin = tokio::io::stdin();
    let mut byte = [0_u8; 256];
    loop {
        tokio::select! {
            _ = term.recv() => break,
            read = stdin.read(&mut byte), if !flags.keep_open => {
                match read {
                    Ok(0) | Err(_) => break,
                    Ok(_) => tell(&forge.world)?,
                }
            }
        }
    }
    tell(&forge.world)
}

/// What happened so far.
fn tell(world: &World) -> Result<(), String> {
    let counts = serde_json::to_value(world.counts()).map_err(|error| error.to_string())?;
    println!("{counts}");
    Ok(())
}
