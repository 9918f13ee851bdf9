//! Maven's ranges: `VersionRange.createFromVersionSpec` of Maven 3.9 (maven.apache.org/pom.html, "Dependency
//! Version Requirement Specification"). Intervals in brackets must not overlap and must rise; a version alone is
//! a soft requirement, which allows every version and recommends one.

use super::form::{Bound, Clause, Interval, Test};
use crate::ecosystem::Ecosystem;
use crate::order::Key;

/// Reads a requirement: its clauses, and whether it is soft.
pub(crate) fn read(text: &str) -> Result<(Vec<Clause>, bool), &'static str> {
    let mut rest = text.trim();
    let mut clauses: Vec<Clause> = Vec::new();
    let mut last: Option<Option<Bound>> = None;
    while rest.starts_with(['[', '(']) {
        let end = rest.find([')', ']']).ok_or("a bracket is not closed")?;
        let (interval, after) = rest.split_at_checked(end + 1).ok_or("a bracket is not closed")?;
        let interval = read_interval(interval)?;
        if last.as_ref().is_some_and(|high| overlap(high.as_ref(), interval.low.as_ref())) {
            return Err("its intervals overlap or do not rise");
        }
        last = Some(interval.high.clone());
        clauses.push(vec![Test::within(interval)]);
        let after = after.trim();
        rest = after.strip_prefix(',').unwrap_or(after).trim();
    }
    match (rest.is_empty(), clauses.is_empty()) {
        (true, false) => Ok((clauses, false)),
        (false, true) => {
            bound(rest)?;
            Ok((vec![Vec::new()], true))
        }
        _ => Err("it is an interval in brackets, several of them, or one version"),
    }
}

/// Whether an interval begins before the one before it has ended. One without an end overlaps nothing in Maven.
fn overlap(high: Option<&Bound>, low: Option<&Bound>) -> bool {
    high.is_some_and(|high| low.is_none_or(|low| low.key < high.key))
}

fn bound(text: &str) -> Result<Key, &'static str> {
    Key::read(Ecosystem::Maven, text).ok_or("what stands at an end of it is no version")
}

fn read_interval(text: &str) -> Result<Interval, &'static str> {
    let (low_closed, high_closed) = (text.starts_with('['), text.ends_with(']'));
    let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default().trim();
    let Some((low, high)) = inner.split_once(',') else {
        if !low_closed || !high_closed {
            return Err("one version alone stands in square brackets");
        }
        let key = bound(inner)?;
        return Ok(Interval::closed(key.clone(), key));
    };
    let read = |text: &str, closed| match text.trim() {
        "" => Ok(None),
        version => Ok(Some(Bound { key: bound(version)?, closed })),
    };
    let (low, high) = (read(low, low_closed)?, read(high, high_closed)?);
    if let (Some(low), Some(high)) = (&low, &high)
        && (high.key < low.key || (high.key == low.key && !(low_closed && high_closed)))
    {
        return Err("its end is below its beginning");
    }
    Ok(Interval { low, high })
}
