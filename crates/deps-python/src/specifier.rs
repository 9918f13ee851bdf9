//! What specifiers mean: which version they name, which versions they allow, where their version is written.
//! One reader for PEP 440's and poetry's, whose carets, tildes and alternatives are an addition to PEP 440.

use std::ops::Range;

use fleetwright_package::{Ecosystem, Range as Allowed, is_version};

const OPERATORS: [&str; 11] = ["===", "~=", "==", "!=", "<=", ">=", "<", ">", "^", "~", "="];

/// The one version that specifiers allow, where they name it. `bare` says that a version alone means exactly
/// that one, as in poetry.
pub(crate) fn exact(specifiers: &str, bare: bool) -> Option<&str> {
    if specifiers.contains('|') {
        return None;
    }
    specifiers.split(',').map(str::trim).find_map(|clause| {
        let (operator, version) = split(clause);
        let names = matches!(operator, "==" | "===" | "=") || (operator.is_empty() && bare);
        (names && is_version(Ecosystem::PyPi, version)).then_some(version)
    })
}

/// The bytes of the version in specifiers that stand at `offset`: what is behind the operator of a single
/// clause, or all of several clauses.
pub(crate) fn version_span(specifiers: &str, offset: usize) -> Range<usize> {
    let all = offset..offset + specifiers.len();
    if specifiers.contains([',', '|']) {
        return all;
    }
    let (_, version) = split(specifiers);
    if version.is_empty() || version.contains(char::is_whitespace) {
        return all;
    }
    all.end - version.len()..all.end
}

/// Whether a version is allowed; `None` when that cannot be told.
pub(crate) fn allows(specifiers: &str, version: &str) -> Option<bool> {
    let mut unknown = false;
    for alternative in specifiers.split("||").flat_map(|part| part.split('|')) {
        match pep440(alternative).and_then(|range| range.contains(version)) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(false)
}

/// Whether these are specifiers at all.
pub(crate) fn is_valid(specifiers: &str) -> bool {
    specifiers.split("||").flat_map(|part| part.split('|')).all(|part| pep440(part).is_some())
}

fn pep440(clauses: &str) -> Option<Allowed> {
    let clauses: Option<Vec<String>> = separate(clauses).into_iter().map(clause).collect();
    Allowed::parse(Ecosystem::PyPi, &clauses?.join(",")).ok()
}

/// The clauses, between which poetry allows a space instead of a comma.
fn separate(clauses: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for part in clauses.split(',') {
        let mut part = part.trim();
        while let Some(end) = clause_end(part) {
            found.push(part.get(..end).unwrap_or_default());
            part = part.get(end..).unwrap_or_default().trim_start();
        }
        if !part.is_empty() {
            found.push(part);
        }
    }
    found
}

/// Where a clause ends before another one.
fn clause_end(text: &str) -> Option<usize> {
    let version = split(text).1;
    let space = version.find(char::is_whitespace)?;
    Some(text.len() - version.len() + space)
}

fn clause(text: &str) -> Option<String> {
    let (operator, version) = split(text);
    match operator {
        "" if version == "*" => Some(String::new()),
        "" | "=" | "==" => (!version.is_empty()).then(|| format!("=={version}")),
        "^" => between(version, caret),
        "~" => between(version, |release| 2.min(release.len()) - 1),
        _ => Some(format!("{operator}{version}")),
    }
}

/// From a version to before the next one whose number at `bumped` is one higher.
fn between(version: &str, bumped: impl Fn(&[u64]) -> usize) -> Option<String> {
    let end = version.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(version.len());
    let numbers = version.get(..end)?.trim_end_matches('.').split('.');
    let mut release: Vec<u64> = numbers.map(|number| number.parse().ok()).collect::<Option<_>>()?;
    let at = bumped(&release);
    release.truncate(at + 1);
    let last = release.last_mut()?;
    *last = last.checked_add(1)?;
    let high: Vec<String> = release.iter().map(u64::to_string).collect();
    Some(format!(">={version},<{}", high.join(".")))
}

/// Which number a caret lets grow no further: the first that is not 0.
fn caret(release: &[u64]) -> usize {
    release.iter().position(|number| *number != 0).unwrap_or(release.len().saturating_sub(1))
}

fn split(clause: &str) -> (&str, &str) {
    let clause = clause.trim();
    let operator = OPERATORS.into_iter().find(|operator| clause.starts_with(operator)).unwrap_or_default();
    (operator, clause.get(operator.len()..).unwrap_or_default().trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_ones_are_known() {
        assert_eq!(exact("==1.2.3", false), Some("1.2.3"));
        assert_eq!(exact(">=1,== 1.2.3", false), Some("1.2.3"));
        assert_eq!(exact("1.2.3", true), Some("1.2.3"));
        for range in ["==1.*", ">=1", "^1.2", "1.2 || 1.3", "*", ""] {
            assert_eq!(exact(range, true), None, "{range}");
        }
        assert_eq!(exact("1.2.3", false), None);
    }

    #[test]
    fn the_version_has_its_bytes() {
        let version = |text: &'static str| &text[version_span(text, 0)];
        assert_eq!(version("==1.2"), "1.2");
        assert_eq!(version("^ 1.2"), "1.2");
        assert_eq!(version(">=1,<2"), ">=1,<2");
        assert_eq!(version(">=1 <2"), ">=1 <2");
        assert_eq!(version("*"), "*");
    }

    #[test]
    fn poetry_has_carets_and_tildes() {
        let cases = [
            ("^1.2", "1.9", true),
            ("^1.2", "2.0", false),
            ("^0.2.3", "0.2.9", true),
            ("^0.2.3", "0.3.0", false),
            ("^0.0.3", "0.0.4", false),
            ("^0.0", "0.0.9", true),
            ("^0", "0.9", true),
            ("~1.2.3", "1.2.9", true),
            ("~1.2.3", "1.3", false),
            ("~1", "1.9", true),
            ("~1", "2", false),
            ("1.2.3", "1.2.3", true),
            ("1.*", "1.7", true),
            ("*", "3", true),
            (">=1 <2", "2", false),
            ("<1 || >=2", "2.5", true),
            ("~=1.4.2", "1.5", false),
            (">= 3.6, < 4", "3.9", true),
        ];
        for (specifiers, version, allowed) in cases {
            assert_eq!(allows(specifiers, version), Some(allowed), "{specifiers} {version}");
        }
        assert_eq!(allows("nonsense!", "1"), None);
        assert!(is_valid("") && !is_valid("!!1"));
    }
}
