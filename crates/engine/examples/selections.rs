//! How long selections take over a whole fleet: 10,000 repositories with 15,000 components.
//!
//! `cargo run --release -p fleetwright-engine --example selections -- [REPOSITORIES] [FOLDER]`
//! makes the fleet in the folder (some hundred megabytes), syncs it, syncs again, and times each
//! selection and question, the best of three.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "it measures and prints")]

use std::path::Path;
use std::time::{Duration, Instant};

use fleetwright_core::shift::{self, Shift};
use fleetwright_core::source::Source;
use fleetwright_engine::config::{Config, ForgeConfig, LocalConfig};
use fleetwright_engine::fleet::{Fleet, Isolation, Seams};
use fleetwright_engine::progress::Quiet;
use fleetwright_engine::query::{self, Rows};
use fleetwright_engine::select::Rules;
use fleetwright_engine::{know, sync};
use fleetwright_git::{Change, CommitSpec, Edit, Mode, Person, RepoPath, Repository, commit_object};
use fleetwright_store::Bounds;

const LANGUAGES: [&str; 4] = ["java", "go", "py", "rs"];

fn files(at: usize) -> Vec<(String, String)> {
    let component = |name: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n  tags: [t{}]\n  \
             labels: {{ tier: '{}' }}\nspec:\n  type: {}\n  lifecycle: production\n  owner: team-{}\n",
            at % 50,
            at % 4,
            ["service", "library", "website"][at % 3],
            at % 200
        )
    };
    let ending = LANGUAGES[at % 4];
    let mut files: Vec<_> = (0..30)
        .map(|file| {
            (format!("src/part{file}.{ending}"), format!("// {at} {file}\nword{} here\n", at * file % 997))
        })
        .collect();
    files.push(("catalog-info.yaml".into(), component(&format!("c{at}"))));
    if at.is_multiple_of(2) {
        files.push(("lib/catalog-info.yaml".into(), component(&format!("c{at}-lib"))));
    }
    if at.is_multiple_of(4) {
        files.push(("pom.xml".into(), format!("<project><version>{}</version></project>\n", at % 20)));
    }
    let deployment =
        format!("apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: c{at} }}\nspec: {{}}\n");
    files.push(("k8s/app.yaml".into(), deployment));
    files
}

fn make(root: &Path, at: usize) {
    let path = root.join(format!("org{}/r{at}.git", at % 20));
    let repository = Repository::init_bare(&path, "main").unwrap();
    let edits: Vec<Edit> = files(at)
        .into_iter()
        .map(|(path, text)| Edit {
            path: RepoPath::new(path).unwrap(),
            change: Change::Put { mode: Mode::File, content: text.into_bytes() },
        })
        .collect();
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

fn shown(what: &str, took: Duration, found: impl std::fmt::Display) {
    println!("{what:<70} {:>9.1} ms   {found}", took.as_secs_f64() * 1000.0);
}

fn org() -> String {
    let group = |name: &str, kind: &str, parent: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {{ name: {name} }}\nspec: {{ type: {kind}, \
             children: []{parent} }}\n"
        )
    };
    let mut groups = vec![group("company", "company", "")];
    groups.extend((0..10).map(|at| group(&format!("dept-{at}"), "department", ", parent: company")));
    groups.extend(
        (0..200).map(|at| group(&format!("team-{at}"), "team", &format!(", parent: dept-{}", at % 10))),
    );
    groups.join("---\n")
}

const SELECTIONS: [&str; 8] = [
    "repo.language == 'java' && !repo.archived",
    "component.type == 'service' && component.tier == '1'",
    "component.inGroup('dept-3')",
    "'t7' in component.tags",
    "repo.hasFile('**/pom.xml')",
    "repo.contains('pom.xml', '<version>7</version>')",
    "repo.contains('src/**', 'word77 ')",
    "component.labels.tier == '2' && repo.hasFile('k8s/*.yaml') && group.type == 'team'",
];

fn main() {
    let count = std::env::args().nth(1).map_or(10_000, |text| text.parse().unwrap());
    let folder = std::env::args().nth(2).unwrap_or_else(|| "/tmp/fleetwright-selections".into());
    let folder = Path::new(&folder);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run(folder, count));
}

async fn run(folder: &Path, count: usize) {
    let root = folder.join("repos");
    if !root.exists() {
        let began = Instant::now();
        (0..count).for_each(|at| make(&root, at));
        shown("making the fleet", began.elapsed(), format!("{count} repositories"));
    }
    let mut config = Config::in_folder(folder);
    config.forges = vec![ForgeConfig::Local(LocalConfig { name: "local".into(), root, checks: Vec::new() })];
    std::fs::create_dir_all(&config.catalog_folder).unwrap();
    std::fs::write(config.catalog_folder.join("org.yaml"), org()).unwrap();
    let fleet = Fleet::open(config, Isolation::Sandboxed, Seams::default()).await.unwrap();
    syncs(&fleet, count).await;
    let repos = fleet.store.repos().await.unwrap();
    for select in SELECTIONS {
        let text = format!(
            "apiVersion: fleetwright/v1\nkind: Shift\nmetadata: {{ name: pick }}\nspec:\n  targets:\n    select: \
             \"{select}\"\n  steps: [{{ file: {{ path: x, content: y }} }}]\n"
        );
        let source = Source::parse("pick.yaml", &text).unwrap();
        let shift: Shift = shift::read(&source).unwrap();
        let rules = Rules::compile(&shift.spec.targets, &source).unwrap();
        let mut best = (Duration::MAX, String::new());
        for _ in 0..3 {
            let began = Instant::now();
            let selection = rules.known(&fleet, "pick", &repos).await.unwrap();
            let found = format!("{} in, {} opened", selection.targets.len(), selection.opened.len());
            best = best.min((began.elapsed(), found));
        }
        shown(select, best.0, best.1);
    }
    questions(&fleet).await;
}

async fn syncs(fleet: &Fleet, count: usize) {
    for what in ["first sync and reading", "sync again, nothing moved"] {
        let began = Instant::now();
        let synced = sync::sync(fleet, |_| true, &Quiet).await.unwrap();
        let (listing, began_reading) = (began.elapsed(), Instant::now());
        let (ingested, assembled) = know::know(fleet, &Quiet).await.unwrap();
        let each = began.elapsed().as_secs_f64() * 1000.0 / count as f64;
        let reading = began_reading.elapsed().as_secs_f64() * 1000.0 / count as f64;
        let found = format!(
            "{} fetched, {} read, {} entities put; {each:.2} ms each, of which mirrors {:.2}, reading {reading:.2}",
            synced.fetched,
            ingested.read,
            assembled.put,
            listing.as_secs_f64() * 1000.0 / count as f64
        );
        shown(what, began.elapsed(), found);
    }
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |facts| facts.len()) / 1024;
    println!("database {} KiB", fleet.config.database.file().map_or(0, size));
}

async fn questions(fleet: &Fleet) {
    let began = Instant::now();
    let frozen = query::frozen(fleet, None).await.unwrap();
    shown("freezing a snapshot", began.elapsed(), "");
    let bounds = Bounds { rows: 1000, time: Duration::from_secs(60) };
    for sql in [
        "SELECT owner, count(*) FROM entity WHERE type = 'service' GROUP BY 1 ORDER BY 2 DESC LIMIT 20",
        "SELECT language, sum(files) FROM language GROUP BY 1",
    ] {
        let began = Instant::now();
        let answer = frozen.ask(sql, bounds).await.unwrap();
        shown(
            &sql.chars().take(60).collect::<String>(),
            began.elapsed(),
            format!("{} rows", answer.rows.len()),
        );
    }
    let began = Instant::now();
    let cel = "entity.spec.type == 'service' && repo.language == 'java'";
    let told = query::rows(&frozen, cel, Rows::Entity, bounds).await.unwrap();
    shown(cel, began.elapsed(), format!("{} rows, more: {}", told.answer.rows.len(), told.answer.more));
    let began = Instant::now();
    let catalog = know::catalog(fleet).await.unwrap();
    shown(
        "the whole catalog put together",
        began.elapsed(),
        format!("{} entities", catalog.entities().len()),
    );
}
