//! Measures the cost of one sandboxed `true`: `cargo run --release -p fleetwright-runner --example spawn`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement for people")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use fleetwright_runner::{Cancel, Limits, Network, Order, Sandbox};

const RUNS: u32 = 200;

fn main() {
    let wrapped = Sandbox::bubblewrap().unwrap();
    println!("{}", wrapped.describe());
    let mut plain: Vec<Duration> = (0..RUNS).map(|_| plain()).collect();
    plain.sort();
    println!("plain true    median {:?}", plain[plain.len() / 2]);
    for (name, sandbox) in [("unsandboxed", Sandbox::unsandboxed()), ("bubblewrap", wrapped)] {
        for threads in [1, 2] {
            let started = Instant::now();
            let mut walls: Vec<Duration> = std::thread::scope(|scope| {
                let runs: Vec<_> = (0..threads).map(|_| scope.spawn(|| runs(&sandbox))).collect();
                runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
            });
            walls.sort();
            let each = started.elapsed() / (RUNS * threads);
            let (median, p90) = (walls[walls.len() / 2], walls[walls.len() * 9 / 10]);
            println!("{name} x{threads}: median {median:?}, p90 {p90:?}, throughput 1 per {each:?}");
        }
    }
}

fn plain() -> Duration {
    let started = Instant::now();
    assert!(std::process::Command::new("/usr/bin/true").status().unwrap().success());
    started.elapsed()
}

fn runs(sandbox: &Sandbox) -> Vec<Duration> {
    let tree = tempfile::tempdir().unwrap();
    let order = Order {
        command: vec!["/usr/bin/true".into()],
        tree: tree.path().to_owned(),
        cwd_in_tree: None,
        scripts: None,
        env: BTreeMap::new(),
        network: Network::None,
        limits: Limits::default(),
    };
    let run = |_| {
        let started = Instant::now();
        let ended = sandbox.run(&order, &Cancel::new()).unwrap();
        assert!(ended.success(), "{ended:?}");
        started.elapsed()
    };
    (0..RUNS).map(run).collect()
}
