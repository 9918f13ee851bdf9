//! Setting the scene, and playing.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use fleetwright_api::shifts::Count;
use fleetwright_core::stage::Stage;
use fleetwright_engine::command::{Apply, Caller, Continue, Follow};
use fleetwright_engine::config::{Auth, Config, ForgeConfig, HostedConfig, Kind, SecretSource};
use fleetwright_engine::fleet::{Fleet, Isolation, Seams};
use fleetwright_engine::load::Loaded;
use fleetwright_engine::progress::Progress;
use fleetwright_rehearsal::clock::VIRTUAL_START;
use fleetwright_rehearsal::faults::Faults;
use fleetwright_rehearsal::http::dialect::Dialect;
use fleetwright_rehearsal::limits::Limits;
use fleetwright_rehearsal::model::check::CheckKind;
use fleetwright_rehearsal::model::pull::ReviewState;
use fleetwright_rehearsal::script::{Act, CiCheck, CiScript, PersonScript};
use fleetwright_rehearsal::seed::Seed;
use fleetwright_rehearsal::world::{Settings, small_repos};
use fleetwright_rehearsal::{Handle, World, gitea, github, gitlab, serve};
use fleetwright_runner::Cancel;
use fleetwright_store::Database;

use super::clock::WorldClock;
use super::copies;
use super::report::Report;
use super::teams;
use crate::args::{DialectWord, RehearseArgs};
use crate::failure::Failure;

/// The forge's name in a rehearsal.
const NAME: &str = "rehearsal";

/// How far time goes on when everything waits for people, in milliseconds.
const STEP: i64 = 15 * 60_000;

/// How long a rehearsal may take in its own time, in milliseconds: two weeks.
const LONGEST: i64 = 14 * 86_400_000;

/// What is played, on what.
pub(crate) struct Scene<'a> {
    /// The words of the command line.
    pub(crate) args: &'a RehearseArgs,
    /// The shift.
    pub(crate) loaded: Loaded,
    /// A folder that goes away.
    pub(crate) folder: &'a Path,
    /// The fleet whose repositories are copied; `None` for a sample.
    pub(crate) fleet: Option<&'a Fleet>,
    /// How commands are kept from the host.
    pub(crate) isolation: Isolation,
    /// Who is told.
    pub(crate) progress: Arc<dyn Progress>,
    /// Raised when the program is interrupted.
    pub(crate) interrupt: Cancel,
}

/// Plays the shift until nothing moves any more.
pub(crate) async fn play(scene: Scene<'_>) -> Result<Report, Failure> {
    let began = Instant::now();
    let handle = open(&scene).await?;
    let world = handle.world.clone();
    let clock = Arc::new(WorldClock(world.clone()));
    let seams = Seams { clock, ..Seams::default() };
    let config = config(&scene, &handle).await?;
    let fleet = Arc::new(Fleet::open(config, scene.isolation, seams).await?);
    let caller = Caller {
        by: "rehearsal".to_owned(),
        progress: Arc::clone(&scene.progress),
        interrupt: scene.interrupt.clone(),
    };
    let name = scene.loaded.shift.metadata.name.clone();
    let start = world.now();
    Apply { loaded: scene.loaded, amend: false, follow: Follow::Rest }.apply(&fleet, &caller).await?;
    while goes_on(&fleet, &name, (&world, start), &scene.interrupt).await? {
        Continue { shift: name.clone() }.apply(&fleet, &caller).await?;
    }
    let counts = fleet.store.counts(&name).await?;
    let mut report =
        Report::new(&name, counts.into_iter().map(Count::from).collect(), world.lock().history(), start);
    report.seconds = began.elapsed().as_secs_f64();
    Ok(report)
}

/// Lets time pass while something is open that people may still act on. `false` when it is over.
async fn goes_on(
    fleet: &Fleet,
    shift: &str,
    (world, start): (&World, i64),
    interrupt: &Cancel,
) -> Result<bool, Failure> {
    let counts = fleet.store.counts(shift).await?;
    let open = [Stage::WORDS[0], "made", "open"];
    let is_open = counts.iter().any(|count| open.contains(&count.stage.as_str()));
    let Some(next) = world.next_happening() else { return Ok(false) };
    if !is_open || interrupt.is_cancelled() || world.now() - start > LONGEST {
        return Ok(false);
    }
    world.advance_to(next.max(world.now() + STEP));
    Ok(true)
}

/// Starts the forge with its repositories, machines, people and faults.
async fn open(scene: &Scene<'_>) -> Result<Handle, Failure> {
    let args = scene.args;
    let mut settings = Settings::new(scene.folder.join("repos"));
    settings.seed = Seed(args.seed);
    settings.start = Some(VIRTUAL_START);
    settings.limits = limits(args);
    settings.ci = ci(args);
    settings.people = people(args);
    let share = f64::from(args.lost_answers) / 100.0;
    settings.faults = Faults { lost_answers: share, ..Faults::default() };
    std::fs::create_dir_all(&settings.folder)?;
    let world = World::new(settings);
    match scene.fleet {
        Some(fleet) => {
            let copied = copies::of_fleet(fleet, &scene.folder.join("repos")).await?;
            if copied == 0 {
                let message = "no repository was read yet\n  try: `fleetwright repo sync`, or `--sample 100`";
                return Err(Failure::refused(message.to_owned()));
            }
            world.lock().adopt().map_err(Failure::internal)?;
            teams::of_fleet(fleet, &world, args.dialect == DialectWord::Gitlab).await?;
        }
        None => {
            for spec in small_repos("acme", args.sample.unwrap_or_default()) {
                world.lock().make_repo(&spec).map_err(Failure::internal)?;
            }
        }
    }
    let dialect: Arc<dyn Dialect> = match args.dialect {
        DialectWord::Github => Arc::new(github::GitHub),
        DialectWord::Gitlab => Arc::new(gitlab::GitLab),
        DialectWord::Gitea => Arc::new(gitea::Gitea::default()),
    };
    serve(world, dialect).await.map_err(Failure::internal)
}

fn limits(args: &RehearseArgs) -> Limits {
    let published = match args.dialect {
        DialectWord::Github => Limits::github(),
        DialectWord::Gitlab => Limits::gitlab(),
        DialectWord::Gitea => Limits::off(),
    };
    match (args.no_limits, args.hidden_limit) {
        (true, _) => Limits::off(),
        (false, Some(per_hour)) => published.with_hidden_content(per_hour),
        (false, None) => published,
    }
}

fn ci(args: &RehearseArgs) -> Vec<CiScript> {
    if args.ci_minutes == 0 {
        return Vec::new();
    }
    let share = |percent: u8| f64::from(percent) / 100.0;
    let check = CiCheck {
        kind: CheckKind::Run,
        runs: i64::from(args.ci_minutes) * 60_000,
        jitter: i64::from(args.ci_minutes) * 30_000,
        fails: share(args.ci_fails),
        flakes: share(args.ci_flakes),
        red_base: share(args.ci_red_base),
        ..CiCheck::new("build")
    };
    vec![CiScript { repos: "*".to_owned(), checks: vec![check] }]
}

fn people(args: &RehearseArgs) -> Vec<PersonScript> {
    let act = |share: u8, hours: u32, act: Act| PersonScript {
        who: "reviewer".to_owned(),
        repos: "*".to_owned(),
        share: f64::from(share) / 100.0,
        after: i64::from(hours) * 3_600_000,
        jitter: i64::from(hours) * 3_600_000,
        act,
    };
    let mut people = Vec::new();
    if let Some(hours) = args.approve_hours {
        people.push(act(100, hours, Act::Review(ReviewState::Approved, String::new())));
    }
    if args.close > 0 {
        people.push(PersonScript { who: "owner".to_owned(), ..act(args.close, 1, Act::Close) });
    }
    people
}

/// The configuration of a fleet that has this forge and no other.
async fn config(scene: &Scene<'_>, handle: &Handle) -> Result<Config, Failure> {
    let token = handle.world.lock().add_full_token("fleetwright");
    let path = scene.folder.join("token");
    std::fs::write(&path, token)?;
    let (kind, prefix) = match scene.args.dialect {
        DialectWord::Github => (Kind::GitHub, ""),
        DialectWord::Gitlab => (Kind::GitLab, "/api/v4"),
        DialectWord::Gitea => (Kind::Gitea, "/api/v1"),
    };
    let owners = std::fs::read_dir(scene.folder.join("repos"))?;
    let orgs = owners.flatten().filter_map(|owner| owner.file_name().into_string().ok()).collect();
    let mut config = match scene.fleet {
        Some(fleet) => fleet.config.clone(),
        None => Config::in_folder(scene.folder),
    };
    config.database = Database::File(scene.folder.join("fleet.db"));
    config.cache = scene.folder.join("cache");
    config.forges = vec![ForgeConfig::Hosted(Box::new(HostedConfig {
        name: NAME.to_owned(),
        kind,
        url: format!("{}{prefix}", handle.url),
        orgs,
        auth: Auth::Token(SecretSource::File(path)),
        certificates: None,
        ssh: None,
        rest: false,
        teams: scene.fleet.is_some(),
        published: !scene.args.no_limits,
        webhook_secrets: Vec::new(),
        per_hour: None,
        per_minute: None,
    }))];
    Ok(config)
}
