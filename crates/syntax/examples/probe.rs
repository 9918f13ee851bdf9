//! probe
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "probe")]
use fleetwright_syntax::*;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let l = &a[1];
    let r = ["a", "a(b)", "1"].iter().find_map(|p| Rewrite::from_pattern(l, p, "b").ok()).unwrap();
    let piece = ["(", "[", "{", "<a>", "{\"a\":", "if a:\n", "- ", "\"", "$(", "\0", "é", "a\n"][a[2].parse::<usize>().unwrap()];
    let _ = r.apply(&piece.repeat(20_000));
}
