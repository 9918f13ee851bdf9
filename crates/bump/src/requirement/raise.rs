//! A requirement rewritten.

use std::ops::Range;

use fleetwright_package::Ecosystem;

use super::asked::{Asked, gradle_prefix, is_open};
use super::bracket::{self, Bracket};
use super::clause::{Clause, Kind, alternatives, is_wild, numbers};

/// Bytes of the requirement, and what is written in their place.
type Change = (Range<usize>, String);

/// The requirement rewritten so that it means at least the version.
///
/// # Errors
/// Why that cannot be done.
pub(crate) fn raised(asked: &Asked<'_>) -> Result<String, String> {
    let text = asked.text;
    if is_open(text.trim()) {
        return Err(format!("`{text}` is whatever is newest"));
    }
    if let Some(prefix) = gradle_prefix(asked.ecosystem, text.trim()) {
        return prefixed(asked, prefix);
    }
    if asked.has_brackets() && bracket::is_bracket(text) {
        return in_brackets(asked);
    }
    if asked.ecosystem == Ecosystem::Maven {
        return Ok(asked.to.to_owned());
    }
    let all = alternatives(asked.ecosystem, text)
        .ok_or_else(|| format!("`{text}` is no requirement of versions that is known"))?;
    let changes = match all.as_slice() {
        [clauses] => match clauses.as_slice() {
            [one] => single(asked, one)?,
            several => together(asked, several)?,
        },
        _ => return Err(format!("`{text}` has alternatives; write by hand which of them are to stay")),
    };
    Ok(put(text, changes))
}

fn put(text: &str, mut changes: Vec<Change>) -> String {
    changes.sort_by_key(|(span, _)| span.start);
    let mut new = text.to_owned();
    for (span, with) in changes.into_iter().rev() {
        new.replace_range(span, &with);
    }
    new
}

/// Gradle's `1.+` with as many numbers as before.
fn prefixed(asked: &Asked<'_>, prefix: &str) -> Result<String, String> {
    let kept = shortened(asked.to, numbers(prefix));
    kept.map(|kept| format!("{kept}.+")).ok_or_else(|| {
        format!("`{}` allows whatever begins like it, and cannot say `{}` or newer", asked.text, asked.to)
    })
}

fn in_brackets(asked: &Asked<'_>) -> Result<String, String> {
    let text = asked.text;
    match bracket::read(text) {
        Some(Bracket::One(version)) => Ok(put(text, vec![(version, asked.to.to_owned())])),
        Some(Bracket::Between { open, low }) if asked.allows() == Some(true) => {
            Ok(put(text, vec![(open, "[".to_owned()), (low, asked.to.to_owned())]))
        }
        Some(Bracket::Between { .. }) => Err(bounded(asked)),
        None => Err(format!("`{text}` has several parts; write by hand which of them are to stay")),
    }
}

fn bounded(asked: &Asked<'_>) -> String {
    format!("`{}` has an upper end that leaves out {}; move it by hand", asked.text, asked.to)
}

/// A requirement of one comparison.
fn single(asked: &Asked<'_>, clause: &Clause) -> Result<Vec<Change>, String> {
    let to = asked.to;
    let version = asked.text.get(clause.version.clone()).unwrap_or_default();
    let count = numbers(version);
    let short = shortened(to, count);
    let plain = |with: String| Ok(vec![(clause.version.clone(), with)]);
    match clause.kind {
        Kind::Exact => plain(like(version, to)),
        Kind::AtLeast | Kind::Caret => plain(short.unwrap_or_else(|| to.to_owned())),
        Kind::Tilde => match (short, count) {
            (Some(short), _) => plain(short),
            (None, 1) => caret(asked, clause),
            (None, _) => plain(to.to_owned()),
        },
        Kind::Pessimistic => pessimistic(asked, clause, count),
        Kind::Wild => match short {
            Some(short) => plain(with_stars(version, &short, count)),
            None => wild(asked, clause, count),
        },
        Kind::Above => Err(format!("`{}` allows it, and would have to be written otherwise", asked.text)),
        Kind::Bound => Err(bounded(asked)),
    }
}

/// `^` in place of an operator that would mean the same with fewer digits.
fn caret(asked: &Asked<'_>, clause: &Clause) -> Result<Vec<Change>, String> {
    match asked.ecosystem {
        // Poetry's operator stands outside of what may be written.
        Ecosystem::PyPi => with_floor(asked, clause, numbers(asked.to).min(1)),
        _ => Ok(vec![(clause.operator.start..clause.version.end, format!("^{}", asked.to))]),
    }
}

/// `~> 1.2`: the number of digits says where it ends.
fn pessimistic(asked: &Asked<'_>, clause: &Clause, count: usize) -> Result<Vec<Change>, String> {
    let to = asked.to;
    let has = numbers(to);
    if let Some(short) = shortened(to, count) {
        return Ok(vec![(clause.version.clone(), short)]);
    }
    let numeric = to.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if numeric && has > count && count < 3 {
        return match asked.ecosystem {
            Ecosystem::Composer if count == 2 => caret(asked, clause),
            _ => with_floor(asked, clause, count),
        };
    }
    let padding = if numeric { ".0".repeat(count.saturating_sub(has)) } else { String::new() };
    Ok(vec![(clause.version.clone(), format!("{to}{padding}"))])
}

/// The comparison with so many digits, and another one that says from which version on.
fn with_floor(asked: &Asked<'_>, clause: &Clause, count: usize) -> Result<Vec<Change>, String> {
    let to = asked.to;
    let cut = first(to, count);
    let text = match asked.ecosystem {
        Ecosystem::RubyGems => format!("{cut}', '>= {to}"),
        Ecosystem::PyPi => format!("{cut},>={to}"),
        Ecosystem::Terraform | Ecosystem::Composer => format!("{cut}, >= {to}"),
        _ => return Err(format!("`{}` cannot say `{to}` or newer", asked.text)),
    };
    Ok(vec![(clause.version.clone(), text)])
}

/// `1.x`, where as many digits would allow a lower version: what means the same from a version on.
fn wild(asked: &Asked<'_>, clause: &Clause, count: usize) -> Result<Vec<Change>, String> {
    let operator = match (asked.ecosystem, count) {
        (_, 0) => return Err(format!("`{}` is whatever is newest", asked.text)),
        (Ecosystem::PyPi, _) if !clause.operator.is_empty() => {
            return Err(format!(
                "`{}` cannot say `{}` or newer; write `~=` with it by hand",
                asked.text, asked.to
            ));
        }
        (Ecosystem::Npm | Ecosystem::Helm | Ecosystem::Cargo | Ecosystem::Composer | Ecosystem::PyPi, 1) => {
            "^"
        }
        (Ecosystem::Npm | Ecosystem::Helm | Ecosystem::Cargo | Ecosystem::Composer | Ecosystem::PyPi, _) => {
            "~"
        }
        _ => return Err(format!("`{}` cannot say `{}` or newer", asked.text, asked.to)),
    };
    Ok(vec![(clause.operator.start..clause.version.end, format!("{operator}{}", asked.to))])
}

/// A requirement of several comparisons that must all hold.
fn together(asked: &Asked<'_>, clauses: &[Clause]) -> Result<Vec<Change>, String> {
    let of = |kind: Kind| clauses.iter().filter(move |clause| clause.kind == kind).collect::<Vec<_>>();
    let (lows, compatible) = (of(Kind::AtLeast), of(Kind::Pessimistic));
    match (lows.as_slice(), compatible.as_slice()) {
        ([low], _) if asked.allows() == Some(true) => Ok(vec![(low.version.clone(), asked.to.to_owned())]),
        ([low], [compatible]) if clauses.len() == 2 => {
            let count = numbers(asked.text.get(compatible.version.clone()).unwrap_or_default());
            let cut = first(asked.to, count);
            Ok(vec![(compatible.version.clone(), cut), (low.version.clone(), asked.to.to_owned())])
        }
        _ if asked.allows() == Some(true) => {
            Err(format!("`{}` allows it, and has no single lower end", asked.text))
        }
        _ => Err(bounded(asked)),
    }
}

/// The wanted version with `v` before it where the old one has it.
pub(crate) fn like(old: &str, to: &str) -> String {
    let is_digit = |text: &str| text.starts_with(|char: char| char.is_ascii_digit());
    match old.strip_prefix('v').is_some_and(is_digit) && is_digit(to) {
        true => format!("v{to}"),
        false => to.to_owned(),
    }
}

/// The first numbers of a version.
fn first(to: &str, count: usize) -> String {
    let core = to.split(['-', '+']).next().unwrap_or_default();
    core.split('.').take(count).collect::<Vec<_>>().join(".")
}

/// A version with so many numbers, if that says the same.
fn shortened(to: &str, count: usize) -> Option<String> {
    let has = numbers(to);
    let numeric = to.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if count == 0 || !numeric || has < count {
        return None;
    }
    let dropped = to.split('.').skip(count).all(|part| part.bytes().all(|byte| byte == b'0'));
    dropped.then(|| first(to, count))
}

/// `2.17` with what stood behind the numbers before: `.x` of `1.2.x`.
fn with_stars(old: &str, short: &str, count: usize) -> String {
    if !is_wild(old) {
        return short.to_owned();
    }
    let rest: Vec<&str> = old.split('.').skip(count).collect();
    format!("{short}.{}", rest.join("."))
}
