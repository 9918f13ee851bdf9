//! Writes a fleet for benchmarks, and says how fast:
//! `cargo run --release -p fleetwright-demo --example generate -- [REPOS] [FILES] [FOLDER]`.
//! Without a folder it is written beside other temporary files and removed again.
#![allow(clippy::print_stdout, reason = "an example prints what it measured")]

use std::path::PathBuf;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: usize| words.get(at).map_or(Ok(default), |text| text.parse::<usize>());
    let (repos, files) = (number(0, 1_000)?, number(1, 40)?);
    let kept = words.get(2).map(PathBuf::from);
    let temporary = std::env::temp_dir().join(format!("fleetwright-pace-{}", std::process::id()));
    let folder = kept.as_ref().unwrap_or(&temporary);
    let start = Instant::now();
    fleetwright_demo::generate(folder, repos, files)?;
    let seconds = start.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "a rate of small numbers")]
    let rate = repos as f64 / seconds;
    println!("{repos} repositories of about {files} files: {seconds:.2} s, {rate:.0} a second");
    if kept.is_none() {
        std::fs::remove_dir_all(folder)?;
    }
    Ok(())
}
