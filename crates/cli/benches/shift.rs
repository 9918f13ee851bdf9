//! A shift over many small repositories, through the real binary: milliseconds of wall per repository.
//!
//! `cargo bench -p fleetwright-cli --bench shift -- [REPOS] [ROUNDS]`; 1,000 and 5 when absent. The
//! fleet is written into the folder of `FLEETWRIGHT_BENCH_DIR`, or the system's folder for temporary
//! files. Every figure is the median of the rounds; each round is a shift of its own, so that
//! nothing but the mirrors is warm.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench may panic, and prints its figures")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const CONFIG: &str = "forges:\n  - { name: local, type: local, root: ./repos }\n";

struct Figure {
    what: &'static str,
    goal: &'static str,
    times: Vec<f64>,
    peak_kib: u64,
}

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<usize>().ok());
    let repos = numbers.next().unwrap_or(1_000);
    let rounds = numbers.next().unwrap_or(5);
    let parent = std::env::var_os("FLEETWRIGHT_BENCH_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = parent.join(format!("fleetwright-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("fleetwright.yaml"), CONFIG).unwrap();
    fleetwright_demo::generate(&folder.join("repos"), repos, 40).unwrap();
    println!("{repos} repositories, {rounds} rounds, in {}", folder.display());
    let mut figures = vec![cold(&folder, repos)];
    figures.extend(declarative(&folder, repos, rounds));
    figures.push(script(&folder, repos, rounds.min(3)));
    for figure in &mut figures {
        figure.times.sort_by(f64::total_cmp);
        let median = figure.times[figure.times.len() / 2];
        let (what, goal, peak) = (figure.what, figure.goal, figure.peak_kib / 1024);
        println!("{what:<44} {median:>7.3} ms/repo  (goal {goal})  peak {peak} MiB");
    }
    fs::remove_dir_all(&folder).unwrap();
}

/// Runs the program and returns milliseconds per repository and the peak of its memory.
fn run(folder: &Path, words: &[&str], repos: usize) -> (f64, u64) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_fleetwright"))
        .args(words)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let code = loop {
        if let Some(code) = child.try_wait().unwrap() {
            break code;
        }
        peak = fs::read_to_string(&status).ok().and_then(|text| high_water(&text)).unwrap_or(peak);
        std::thread::sleep(Duration::from_millis(2));
    };
    let wall = start.elapsed().as_secs_f64() * 1000.0;
    if !code.success() {
        let ended = child.wait_with_output().unwrap();
        panic!("{words:?} ended with {code}: {}", String::from_utf8_lossy(&ended.stderr));
    }
    #[allow(clippy::cast_precision_loss, reason = "a fleet has no 2^52 repositories")]
    let share = wall / repos as f64;
    (share, peak)
}

fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn cold(folder: &Path, repos: usize) -> Figure {
    let (time, peak_kib) = run(folder, &["repo", "sync"], repos);
    Figure { what: "cold mirror of a local repository", goal: "15", times: vec![time], peak_kib }
}

fn declarative(folder: &Path, repos: usize, rounds: usize) -> [Figure; 4] {
    let figure = |what, goal| Figure { what, goal, times: Vec::new(), peak_kib: 0 };
    let mut plan = figure("plan of a declarative shift, stored", "1");
    let mut apply = figure("apply: commit, push, pull request", "4");
    let mut again = figure("the same shift applied again", "0.5");
    let mut replan = figure("the same shift planned again", "0.5");
    for round in 0..rounds {
        let name = format!("replicas-{round}");
        let steps =
            format!("    - yaml: {{ files: [deploy/app.yaml], set: {{ spec.replicas: {} }} }}\n", round + 40);
        let file = write_shift(folder, &name, &steps);
        let measure = |figure: &mut Figure, words: &[&str]| {
            let (time, peak) = run(folder, words, repos);
            figure.times.push(time);
            figure.peak_kib = figure.peak_kib.max(peak);
        };
        measure(&mut plan, &["shift", "plan", &file]);
        measure(&mut replan, &["shift", "plan", &file]);
        measure(&mut apply, &["shift", "apply", &file]);
        // The look at every open pull request is part of it.
        measure(&mut again, &["shift", "apply", &file]);
    }
    [plan, apply, again, replan]
}

fn script(folder: &Path, repos: usize, rounds: usize) -> Figure {
    let repos = repos.min(200);
    let mut figure =
        Figure { what: "plan of a script step in the sandbox", goal: "20", times: Vec::new(), peak_kib: 0 };
    for round in 0..rounds {
        let steps =
            format!("    - run: \"sed -i 's/replicas: .*/replicas: {}/' deploy/app.yaml\"\n", round + 90);
        let file = write_shift(folder, &format!("script-{round}"), &steps);
        let limit = repos.to_string();
        let (time, peak) = run(folder, &["shift", "plan", &file, "--limit", &limit], repos);
        figure.times.push(time);
        figure.peak_kib = figure.peak_kib.max(peak);
    }
    figure
}

fn write_shift(folder: &Path, name: &str, steps: &str) -> String {
    let head = format!("apiVersion: fleetwright/v1\nkind: Shift\nmetadata: {{ name: {name} }}\n");
    let file = format!("{name}.yaml");
    fs::write(folder.join(&file), format!("{head}spec:\n  steps:\n{steps}")).unwrap();
    file
}
