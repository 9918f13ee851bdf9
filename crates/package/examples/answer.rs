//! Answers questions about versions, a line each, so that scripts can compare the answers with those of the
//! ecosystems' own programs (crates/package/compare). Fields are separated by tabs:
//!
//! - `compare ECOSYSTEM A B` answers `<`, `=`, `>` or `?`;
//! - `in ECOSYSTEM RANGE VERSION` answers `yes`, `no`, `?`, or `error` for what is no range;
//! - `ask ECOSYSTEM QUESTION VERSION` answers the same for a question.

use std::io::{BufRead, Write};

use fleetwright_package::{Ecosystem, Range, compare};

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let fields = line.split('\t').collect::<Vec<_>>();
        writeln!(out, "{}", answer(&fields).unwrap_or("what?"))?;
    }
    out.flush()
}

fn answer(fields: &[&str]) -> Option<&'static str> {
    let [verb, ecosystem, first, second] = fields else { return None };
    let ecosystem = Ecosystem::of_word(ecosystem)?;
    let contains = |range: Result<Range, _>| match range.map(|range| range.contains(second)) {
        Ok(Some(true)) => "yes",
        Ok(Some(false)) => "no",
        Ok(None) => "?",
        Err(_) => "error",
    };
    match *verb {
        "compare" => Some(match compare(ecosystem, first, second) {
            Some(std::cmp::Ordering::Less) => "<",
            Some(std::cmp::Ordering::Equal) => "=",
            Some(std::cmp::Ordering::Greater) => ">",
            None => "?",
        }),
        "in" => Some(contains(Range::parse(ecosystem, first))),
        "ask" => Some(contains(Range::question(ecosystem, first))),
        _ => None,
    }
}
