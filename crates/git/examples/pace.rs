//! How fast it is: `cargo run --release -p fleetwright-git --example pace -- [REPOS]` (default 1,000 of 40 files).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement may panic, and prints what it measured"
)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use fleetwright_git::{
    Change, CommitSpec, Edit, Limits, Mode, Person, RepoPath, Repository, commit_object, plain, push,
    refresh_mirror,
};

fn put(at: &str, content: Vec<u8>) -> Edit {
    Edit { path: RepoPath::new(at).unwrap(), change: Change::Put { mode: Mode::File, content } }
}

fn spec(tree: fleetwright_core::Oid, parents: Vec<fleetwright_core::Oid>) -> CommitSpec {
    let person = Person { name: "Fleet Bot".to_owned(), email: "bot@example.com".to_owned() };
    CommitSpec {
        tree,
        parents,
        author: person.clone(),
        committer: person,
        time: 1_700_000_000,
        message: "x".to_owned(),
    }
}

/// 40 files of about 2.5 KB in 12 folders.
fn make(path: &Path, number: usize) {
    let repository = Repository::init_bare(path, "main").unwrap();
    let mut edits =
        vec![put("pom.xml", format!("<project><version>1.{number}</version></project>\n").into_bytes())];
    for at in 0..39 {
        let line = format!("class C{at} {{ int field = {}; }} // repository {number}\n", at * 7919 + number);
        edits
            .push(put(&format!("src/main/p{}/q{}/C{at}.java", at % 4, at % 2), line.repeat(40).into_bytes()));
    }
    let built = repository.build(None, &edits).unwrap();
    let commit = commit_object(&spec(built.tree, vec![])).unwrap();
    let mut objects = built.objects;
    objects.push(commit.clone());
    push(&repository, &objects, "main", None, commit.oid).unwrap();
}

/// Seconds this thread has been on a core: what counts where others share the machine (proc(5), `schedstat`).
fn on_cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

fn each(word: &str, paths: &[PathBuf], mut work: impl FnMut(&Path)) {
    let (start, busy) = (Instant::now(), on_cpu());
    paths.iter().for_each(|path| work(path));
    let each = |seconds: f64| seconds * 1e3 / paths.len() as f64;
    println!(
        "{:>9.3} ms wall, {:>7.3} ms CPU  {word}",
        each(start.elapsed().as_secs_f64()),
        each(on_cpu() - busy)
    );
}

fn edit(path: &Path) -> (Repository, fleetwright_core::Oid, fleetwright_git::Built) {
    let repository = Repository::open(path).unwrap();
    let head = repository.head().unwrap().commit.unwrap();
    let tree = repository.tree_of(head).unwrap();
    let entries = repository.list(tree, Limits::default()).unwrap();
    let pom = entries.iter().find(|entry| entry.path.as_bytes() == b"pom.xml").unwrap();
    let text = String::from_utf8(repository.blob(pom.oid, 1 << 20).unwrap()).unwrap();
    let built = repository
        .build(Some(tree), &[put("pom.xml", text.replace("<version>1", "<version>2").into_bytes())]);
    (repository, head, built.unwrap())
}

fn main() {
    let count: usize = std::env::args().nth(1).map_or(1000, |count| count.parse().unwrap());
    let root = std::env::temp_dir().join(format!("pace-{}", std::process::id()));
    let paths: Vec<PathBuf> = (0..count).map(|number| root.join(format!("r{number}.git"))).collect();
    let mirrors: Vec<PathBuf> = (0..count).map(|number| root.join(format!("mirrors/r{number}"))).collect();
    let mirror_of = |path: &Path| root.join("mirrors").join(path.file_stem().unwrap());
    paths.iter().enumerate().for_each(|(number, path)| make(path, number));

    each("open + list + read + edit + build, loose objects", &paths, |path| drop(edit(path)));
    each("mirror, cold", &paths, |path| {
        refresh_mirror(&mirror_of(path), &Repository::open(path).unwrap()).unwrap();
    });
    each("mirror, nothing new", &paths, |path| {
        refresh_mirror(&mirror_of(path), &Repository::open(path).unwrap()).unwrap();
    });
    each("open alone", &mirrors, |path| drop(Repository::open(path).unwrap()));
    each("open + head", &mirrors, |path| drop(Repository::open(path).unwrap().head().unwrap()));
    each("open + list + read + edit + build, packed (mirror)", &mirrors, |path| drop(edit(path)));
    each("write out + read back, 40 files", &mirrors, |path| {
        let repository = Repository::open(path).unwrap();
        let tree = Some(repository.tree_of(repository.head().unwrap().commit.unwrap()).unwrap());
        let folder = root.join("work");
        plain::write_out(&repository, tree, &[], &folder, plain::Limits::default()).unwrap();
        assert!(plain::read_back(&repository, tree, &folder, plain::Limits::default()).unwrap().is_empty());
        std::fs::remove_dir_all(&folder).unwrap();
    });
    each("edit in the mirror + commit + push into the forge", &mirrors, |path| {
        let (_, head, built) = edit(path);
        let commit = commit_object(&spec(built.tree, vec![head])).unwrap();
        let mut objects = built.objects;
        objects.push(commit.clone());
        let forge =
            Repository::open(&root.join(format!("{}.git", path.file_name().unwrap().to_str().unwrap())))
                .unwrap();
        push(&forge, &objects, "fleetwright/x", None, commit.oid).unwrap();
    });
    std::fs::remove_dir_all(&root).unwrap();
}
