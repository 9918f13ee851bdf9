//! What it saves not to open repositories that a shift cannot change: a plan over a whole fleet of which
//! one in a hundred can, with the search index and without it, in turn.
//!
//! `cargo run --release -p fleetwright-engine --example spared -- [REPOSITORIES] [ROUNDS] [FOLDER]`
//! makes the fleet in the folder and reads it twice, once for each side; every round is a shift of its own.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "it measures and prints")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fleetwright_engine::command::{Caller, Plan};
use fleetwright_engine::config::{Config, ForgeConfig, LocalConfig};
use fleetwright_engine::fleet::{Fleet, Isolation, Seams};
use fleetwright_engine::load::Loaded;
use fleetwright_engine::progress::Quiet;
use fleetwright_engine::{know, sync};
use fleetwright_git::{Change, CommitSpec, Edit, Mode, Person, RepoPath, Repository, commit_object};
use fleetwright_index::Writer;

/// Shifts, by what proves that a repository stays as it is.
const STEPS: [(&str, &str); 2] = [
    (
        "a text no file has",
        "replace: { files: ['**'], pattern: 'legacy.example.com', with: x, literal: true }",
    ),
    ("a file that is not there", "yaml: { files: [deploy/legacy.yaml], set: { host: x } }"),
];

fn files(at: usize) -> Vec<(String, String)> {
    let lines = |file: usize| {
        (0..30).map(move |line| format!("word{} of line {line}, file {file}\n", at * line % 997))
    };
    let mut files: Vec<_> =
        (0..38).map(|file| (format!("src/part{file}.txt"), lines(file).collect::<String>())).collect();
    let legacy = at.is_multiple_of(100);
    let (name, host) = if legacy { ("legacy", "legacy.example.com") } else { ("app", "app.example.com") };
    files.push((format!("deploy/{name}.yaml"), format!("host: {host}\nnumber: {at}\n")));
    files
}

fn make(root: &Path, at: usize) {
    let repository = Repository::init_bare(&root.join(format!("org{}/r{at}.git", at % 20)), "main").unwrap();
    let put = |(path, text): (String, String)| Edit {
        path: RepoPath::new(path).unwrap(),
        change: Change::Put { mode: Mode::File, content: text.into_bytes() },
    };
    let edits: Vec<Edit> = files(at).into_iter().map(put).collect();
    let mut built = repository.build(None, &edits).unwrap();
    let author = Person { name: "A".into(), email: "a@example.com".into() };
    let commit = commit_object(&CommitSpec {
        tree: built.tree,
        parents: Vec::new(),
        author: author.clone(),
        committer: author,
        time: 1_700_000_000,
        message: "first".into(),
    })
    .unwrap();
    let tip = commit.oid;
    built.objects.push(commit);
    repository.write_objects(&built.objects).unwrap();
    repository.update_branch("main", None, Some(tip)).unwrap();
}

/// A fleet over the same repositories, in a folder of its own, with everything read.
async fn opened(folder: &Path, root: &Path) -> Arc<Fleet> {
    std::fs::create_dir_all(folder).unwrap();
    let mut config = Config::in_folder(folder);
    let root = root.to_owned();
    config.forges = vec![ForgeConfig::Local(LocalConfig { name: "local".into(), root, checks: Vec::new() })];
    let fleet = Arc::new(Fleet::open(config, Isolation::Sandboxed, Seams::default()).await.unwrap());
    sync::sync(&fleet, |_| true, &Quiet).await.unwrap();
    know::know(&fleet, &Quiet).await.unwrap();
    fleet
}

async fn planned(fleet: &Arc<Fleet>, folder: &Path, (name, step): (&str, &str)) -> (Duration, String) {
    let path = folder.join(format!("{name}.yaml"));
    let head = format!("apiVersion: fleetwright/v1\nkind: Shift\nmetadata: {{ name: {name} }}\n");
    std::fs::write(&path, format!("{head}spec:\n  steps: [{{ {step} }}]\n")).unwrap();
    let loaded = Loaded::read(&path).unwrap();
    let caller = Caller { by: "ann".into(), progress: Arc::new(Quiet), interrupt: Default::default() };
    let began = Instant::now();
    let (begun, _) = Plan { loaded, amend: false }.apply(fleet, &caller).await.unwrap();
    let took = began.elapsed();
    let counts = fleet.store.counts(name).await.unwrap();
    let counts: Vec<_> = counts.iter().map(|count| format!("{} {}", count.targets, count.stage)).collect();
    (took, format!("{}; {} never opened", counts.join(", "), begun.spared))
}

fn main() {
    let argument = |at: usize, or: usize| std::env::args().nth(at).map_or(or, |text| text.parse().unwrap());
    let (count, rounds) = (argument(1, 2_000), argument(2, 3));
    let folder = std::env::args().nth(3).unwrap_or_else(|| "/tmp/fleetwright-spared".into());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run(Path::new(&folder), count, rounds));
}

async fn run(folder: &Path, count: usize, rounds: usize) {
    let root = folder.join("repos");
    if !root.exists() {
        (0..count).for_each(|at| make(&root, at));
    }
    let (with, without) = (folder.join("with"), folder.join("without"));
    // Who holds the index keeps it empty: the side without it knows of no repository.
    let _held = Writer::open(&Config::in_folder(&without).cache.join("search")).unwrap();
    let fleets = [(opened(&with, &root).await, with), (opened(&without, &root).await, without)];
    let stamp = std::process::id();
    for (what, step) in STEPS {
        let mut times = [Vec::new(), Vec::new()];
        for round in 0..rounds {
            for (side, (fleet, folder)) in fleets.iter().enumerate() {
                let name = format!("{}-{stamp}-{round}", step.split(':').next().unwrap_or_default());
                // The result of another round is another one's: its steps differ in a name.
                let step = format!("name: r{stamp}-{round}, {step}");
                let (took, found) = planned(fleet, folder, (&name, &step)).await;
                println!("{what}, {}: {took:.2?}; {found}", ["with", "without"][side]);
                times[side].push(took);
            }
        }
        let [with, without] = times.map(|mut side| {
            side.sort();
            side[side.len() / 2].as_secs_f64()
        });
        println!("{what}: median {with:.2} s with, {without:.2} s without, {:.1} times", without / with);
    }
}
