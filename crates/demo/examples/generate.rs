//! How fast a fleet for benchmarks is written: `cargo run --release -p fleetwright-demo --example generate [REPOS] [FILES]`.
#![allow(clippy::print_stdout, reason = "an example prints what it measured")]

use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let repos = numbers.next().transpose()?.unwrap_or(1_000);
    let files = numbers.next().transpose()?.unwrap_or(40);
    let folder = std::env::temp_dir().join(format!("fleetwright-pace-{}", std::process::id()));
    let start = Instant::now();
    fleetwright_demo::write_fleet(&folder)?;
    println!("the sample fleet: {:.2} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    fleetwright_demo::generate(&folder, repos, files)?;
    let seconds = start.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "a rate of small numbers")]
    let rate = repos as f64 / seconds;
    println!("{repos} repositories of about {files} files: {seconds:.2} s, {rate:.0} a second");
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
