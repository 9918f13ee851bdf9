//! Knowing a fleet of small repositories, through the real binary: sync, search.
//!
//! `cargo bench -p fleetwright-cli --bench know -- [REPOS] [ROUNDS]`; 2,000 and 5 when absent. The
//! fleet is written into the folder of `FLEETWRIGHT_BENCH_DIR`, or the system's folder for temporary
//! files. Every figure is the median of the rounds, process start included.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench may panic, and prints its figures")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

const CONFIG: &str = "forges:\n  - { name: local, type: local, root: ./repos }\n";

/// Files of each repository.
const FILES: usize = 40;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<usize>().ok());
    let repos = numbers.next().unwrap_or(2_000);
    let rounds = numbers.next().unwrap_or(5);
    let parent = std::env::var_os("FLEETWRIGHT_BENCH_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = parent.join(format!("fleetwright-know-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("fleetwright.yaml"), CONFIG).unwrap();
    fleetwright_demo::generate(&folder.join("repos"), repos, FILES).unwrap();
    println!("{repos} repositories, {rounds} rounds, in {}", folder.display());

    #[allow(clippy::cast_precision_loss, reason = "a fleet has no 2^52 repositories")]
    let each = repos as f64;
    let sync = || run(&folder, &["repo", "sync"], 0);
    println!("first sync                        {:>8.3} ms/repo", sync() / each);
    fs::remove_file(folder.join(".fleetwright/fleet.db")).unwrap();
    fs::remove_dir_all(folder.join(".fleetwright/cache/search")).unwrap();
    println!("full ingest, mirrors there        {:>8.3} ms/repo", sync() / each);
    let quiet = median((0..rounds).map(|_| sync()).collect());
    println!("no-op sync                        {:>8.3} ms/repo (goal 1), {quiet:.0} ms", quiet / each);
    let changed = median(
        (0..rounds)
            .map(|round| {
                change(&folder, round);
                sync()
            })
            .collect(),
    );
    println!("one changed repository            {:>8.3} ms beyond the no-op (goal 20)", changed - quiet);

    let search = |what: &str, words: &[&str], code: i32| {
        let words = [&["grep"], words].concat();
        let time = median((0..rounds).map(|_| run(&folder, &words, code)).collect());
        println!("{what:<33} {time:>8.1} ms");
    };
    search("grep for a rare word", &["xyzzyneedle"], 0);
    search("grep for a word that is not there", &["xyzzynothing"], 1);
    search("grep -l for a word in every one", &["-l", "replicas", "--limit", "1000000"], 0);
    search("grep -c for what has no trigram", &["-c", "^.{70}$"], 0);
    println!(
        "index {} bytes, database {} bytes",
        size(&folder.join(".fleetwright/cache/search")),
        database(&folder)
    );
    fs::remove_dir_all(&folder).unwrap();
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Runs the program, which must end with this code; milliseconds of wall.
fn run(folder: &Path, words: &[&str], code: i32) -> f64 {
    let start = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_fleetwright"));
    let output = command.args(words).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    let wall = start.elapsed().as_secs_f64() * 1000.0;
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{words:?}: {told}");
    wall
}

/// A commit onto the default branch of the first repository.
fn change(folder: &Path, round: usize) {
    let repo = first(&folder.join("repos")).unwrap();
    let git = |words: &[&str], input: &str| {
        let mut command = Command::new("git");
        command.args(words).current_dir(&repo).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "git {words:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let branch = git(&["symbolic-ref", "HEAD"], "");
    let text = format!("round {round} xyzzyneedle\n");
    let stream = format!(
        "commit {branch}\ncommitter Bea <bea@example.com> 1800000000 +0000\ndata 1\nx\nfrom {branch}^0\n\
         M 100644 inline needle.txt\ndata {}\n{text}\n",
        text.len()
    );
    git(&["fast-import", "--quiet"], &stream);
}

/// The first bare repository below a folder.
fn first(folder: &Path) -> Option<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let is_repo = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "git");
    let own = entries.iter().find(is_repo).cloned();
    own.or_else(|| entries.iter().filter(|path| path.is_dir()).find_map(|path| first(path)))
}

fn size(folder: &Path) -> u64 {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}

fn database(folder: &Path) -> u64 {
    fs::metadata(folder.join(".fleetwright/fleet.db")).unwrap().len()
}
