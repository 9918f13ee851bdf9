//! Time to rewrite a Java file of 4 KB: `cargo run --release -p fleetwright-syntax --example rewrite`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measuring tool")]

use std::time::Instant;

use fleetwright_syntax::Rewrite;

fn main() {
    let method = "  /** Adds. */\n  public int add(int a, int b) {\n    if (a > b) { log.info(\"a {} b\", a); }\n    return Math.max(a, b) + this.total;\n  }\n\n";
    let body = method.repeat(4096 / method.len());
    let quiet = format!("package x;\n\npublic class A {{\n{body}}}\n");
    let loud = quiet.replace("log.info", "logger.info");
    let word = quiet.replace("Adds.", "Adds logger.info");
    let start = Instant::now();
    let rewrite = Rewrite::from_pattern("java", "logger.info($$$A)", "log.atInfo().log($$$A)").unwrap();
    println!("compile: {:?}", start.elapsed());
    for (name, text) in [("no such word", &quiet), ("word only", &word), ("every method", &loud)] {
        let rounds = 500;
        let start = Instant::now();
        for _ in 0..rounds {
            std::hint::black_box(rewrite.apply(text).unwrap());
        }
        println!("{name}, {} bytes: {:?} each", text.len(), start.elapsed() / rounds);
    }
}
