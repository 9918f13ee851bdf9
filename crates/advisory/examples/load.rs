//! How long a folder or zip of OSV's advisories takes to load, and how much memory:
//! `cargo run --release -p fleetwright-advisory --example load -- FILE [TENTHS]`.
//! So many tenths of the packages count as in use, 1 when absent.
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::path::Path;
use std::time::Instant;

use fleetwright_advisory::load;
use fleetwright_package::Package;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let file = words.first().ok_or("load FILE [TENTHS]")?;
    let tenths = words.get(1).map_or(Ok(1), |text| text.parse::<u32>())?;
    let wanted = |package: &Package| package.name().bytes().map(u32::from).sum::<u32>() % 10 < tenths;
    let start = Instant::now();
    let library = load(Path::new(file), &wanted)?;
    let took = start.elapsed();
    let status = std::fs::read_to_string("/proc/self/status")?;
    let most = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!("{} read, {} kept, in {took:.1?}; {most}", library.read, library.advisories().len());
    Ok(())
}
