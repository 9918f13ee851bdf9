//! What a version that is written for Gradle requires.

use std::ops::Range;

use fleetwright_package::Version;

/// The version that a requirement means, and which bytes of it are the version.
pub(crate) fn version(requirement: &str) -> (Version, Range<usize>) {
    let whole = 0..requirement.len();
    let (bound, preferred) = match requirement.split_once("!!") {
        Some((bound, preferred)) => (bound, preferred),
        None => (requirement, ""),
    };
    let range = bound.starts_with(['[', '(', ']']) || !preferred.is_empty();
    if range || bound.ends_with('+') || bound.starts_with("latest.") || bound.is_empty() {
        let why = format!("`{requirement}` stands for several versions, and no lockfile says which");
        return (Version::Unknown(why), whole);
    }
    (Version::Known(bound.to_owned()), 0..bound.len())
}

/// Whether one version is surely older than another: both are numbers with dots.
pub(crate) fn is_older(one: &str, other: &str) -> bool {
    let numbers =
        |text: &str| text.split('.').map(|part| part.parse::<u64>().ok()).collect::<Option<Vec<_>>>();
    match (numbers(one), numbers(other)) {
        (Some(mut one), Some(mut other)) => {
            let length = one.len().max(other.len());
            one.resize(length, 0);
            other.resize(length, 0);
            one < other
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_means_one_version_is_known() {
        let known = |requirement: &str| version(requirement).0.known().map(str::to_owned);
        assert_eq!(known("1.2"), Some("1.2".to_owned()));
        assert_eq!(known("1.2!!"), Some("1.2".to_owned()));
        for unknown in ["1.+", "+", "latest.release", "[1,2)", "]1,2[", "[1,2[!!1.5", ""] {
            assert_eq!(known(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn only_plain_numbers_are_compared() {
        assert!(is_older("1.9", "1.10") && is_older("2", "2.0.1"));
        assert!(!is_older("2", "2.0") && !is_older("1.0-rc1", "2.0") && !is_older("3", "2"));
    }
}
