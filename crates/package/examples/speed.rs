//! How long a comparison and a question take, for each ecosystem; and a range over 1.5 million rows.
//!
//! `cargo run --release -p fleetwright-package --example speed`

#![allow(clippy::print_stdout, reason = "an example prints what it measured")]

use std::hint::black_box;
use std::time::Instant;

use fleetwright_package::{Ecosystem, Key, Range, compare};

/// How many versions there are of each ecosystem; as many as a fleet has of its commonest packages.
const VERSIONS: usize = 1000;

/// The rows of a fleet of 10,000 repositories.
const ROWS: usize = 1_500_000;

fn main() {
    println!("ecosystem   read ns  compare keys ns  compare texts ns  contains ns  1.5 million rows ms");
    for ecosystem in Ecosystem::all() {
        let versions = versions(ecosystem);
        let keys = versions.iter().filter_map(|version| Key::read(ecosystem, version)).collect::<Vec<_>>();
        let Ok(range) = Range::question(ecosystem, ">=2.3.0, <7.17.1") else { return };
        let pairs = || versions.iter().zip(versions.iter().cycle().skip(7)).take(VERSIONS);
        let read = nanoseconds(|| versions.iter().for_each(|text| _ = black_box(Key::read(ecosystem, text))));
        let order = nanoseconds(|| {
            let pairs = keys.iter().zip(keys.iter().cycle().skip(7)).take(VERSIONS);
            pairs.for_each(|(left, right)| _ = black_box(left.partial_cmp(right)));
        });
        let texts =
            nanoseconds(|| pairs().for_each(|(left, right)| _ = black_box(compare(ecosystem, left, right))));
        let contains = nanoseconds(|| versions.iter().for_each(|text| _ = black_box(range.contains(text))));
        let started = Instant::now();
        let rows =
            versions.iter().cycle().take(ROWS).filter(|text| range.contains(text) == Some(true)).count();
        black_box(rows);
        let all = started.elapsed().as_secs_f64() * 1000.0;
        println!(
            "{:<10} {read:>8.0} {order:>16.0} {texts:>17.0} {contains:>12.0} {all:>20.0}",
            ecosystem.word()
        );
    }
}

/// The mean time of one of [`VERSIONS`] operations, the best of twenty runs.
fn nanoseconds(mut run: impl FnMut()) -> f64 {
    let once = |_| {
        let started = Instant::now();
        run();
        started.elapsed().as_secs_f64() * 1e9 / VERSIONS as f64
    };
    (0..20).map(once).fold(f64::MAX, f64::min)
}

fn versions(ecosystem: Ecosystem) -> Vec<String> {
    let suffix = |at: usize| match (at % 5, ecosystem) {
        (0, Ecosystem::PyPi) => "rc1",
        (0, Ecosystem::RubyGems) => ".rc1",
        (0, Ecosystem::Maven) => "-SNAPSHOT",
        (1, Ecosystem::Image) => "-alpine",
        (0, Ecosystem::Image) => "",
        (0, _) => "-rc1",
        _ => "",
    };
    let v = if matches!(ecosystem, Ecosystem::Go | Ecosystem::Actions) { "v" } else { "" };
    let version = |at: usize| format!("{v}{}.{}.{}{}", at % 10, at / 10 % 25, at / 250, suffix(at));
    (0..VERSIONS).map(version).collect()
}
