//! Sees whether PostgreSQL is there: tests that need it are compiled, or named as skipped.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(postgres)");
    println!("cargo::rerun-if-env-changed=FLEETWRIGHT_POSTGRES");
    println!("cargo::rerun-if-changed=/usr/lib/postgresql");
    let is_there = std::fs::read_dir("/usr/lib/postgresql")
        .is_ok_and(|found| found.flatten().any(|version| version.path().join("bin/initdb").exists()));
    if is_there || std::env::var_os("FLEETWRIGHT_POSTGRES").is_some_and(|word| word == "required") {
        println!("cargo::rustc-cfg=postgres");
    }
}
