//! Answers questions about versions, a line each, so that scripts can compare the answers with those of the
//! ecosystems' own programs (crates/package/compare). Fields are separated by tabs:
//!
//! - `compare ECOSYSTEM A B` answers `<`, `=`, `>` or `?`;
//! - `in ECOSYSTEM RANGE VERSION` answers `yes`, `no`, `?`, or `error` for what is no range;
//! - `ask ECOSYSTEM QUESTION VERSION` answers the same for a question;
//! - `purl ECOSYSTEM NAME VERSION` answers the purl, or `error`;
//! - `package ANYTHING PURL ANYTHING` answers `ecosystem:name version` in the purl, or `error`.

use std::io::{BufRead, Write};

use fleetwright_package::{Ecosystem, Package, Range, RangeError, compare};

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let fields = line.split('\t').collect::<Vec<_>>();
        writeln!(out, "{}", answer(&fields).unwrap_or_else(|| "what?".to_owned()))?;
    }
    out.flush()
}

fn answer(fields: &[&str]) -> Option<String> {
    let [verb, ecosystem, first, second] = fields else { return None };
    if *verb == "package" {
        let found = Package::from_purl(first)
            .map(|(package, version)| format!("{package} {}", version.unwrap_or_default()));
        return Some(found.unwrap_or_else(|_| "error".to_owned()));
    }
    let ecosystem = Ecosystem::of_word(ecosystem)?;
    let answer = match *verb {
        "compare" => order(ecosystem, first, second),
        "in" => contains(Range::parse(ecosystem, first), second),
        "ask" => contains(Range::question(ecosystem, first), second),
        "purl" => {
            let version = Some(*second).filter(|version| !version.is_empty());
            return Some(
                Package::new(ecosystem, first)
                    .map_or_else(|_| "error".to_owned(), |package| package.purl(version)),
            );
        }
        _ => return None,
    };
    Some(answer.to_owned())
}

fn order(ecosystem: Ecosystem, left: &str, right: &str) -> &'static str {
    match compare(ecosystem, left, right) {
        Some(std::cmp::Ordering::Less) => "<",
        Some(std::cmp::Ordering::Equal) => "=",
        Some(std::cmp::Ordering::Greater) => ">",
        None => "?",
    }
}

fn contains(range: Result<Range, RangeError>, version: &str) -> &'static str {
    match range.map(|range| range.contains(version)) {
        Ok(Some(true)) => "yes",
        Ok(Some(false)) => "no",
        Ok(None) => "?",
        Err(_) => "error",
    }
}
