//! What a version that is written in a POM requires.

use std::ops::Range;

use fleetwright_package::Version;

/// The version that a requirement means, and which bytes of it are the version.
pub(crate) fn version(requirement: &str) -> (Version, Range<usize>) {
    let whole = 0..requirement.len();
    if matches!(requirement, "LATEST" | "RELEASE") {
        let why = format!("`{requirement}` is whatever is newest when Maven runs");
        return (Version::Unknown(why), whole);
    }
    if !requirement.starts_with(['[', '(']) {
        return (Version::Known(requirement.to_owned()), whole);
    }
    match requirement.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(one) if !one.contains([',', '[', ']', '(', ')']) && !one.trim().is_empty() => {
            let start = 1 + one.len() - one.trim_start().len();
            (Version::Known(one.trim().to_owned()), start..start + one.trim().len())
        }
        _ => {
            let why = format!("`{requirement}` is a range, and Maven has no lockfile that says which");
            (Version::Unknown(why), whole)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_means_one_version_is_known() {
        let of = |requirement: &str| {
            let (version, span) = version(requirement);
            (version.known().map(str::to_owned), requirement[span].to_owned())
        };
        assert_eq!(of("1.2.3"), (Some("1.2.3".to_owned()), "1.2.3".to_owned()));
        assert_eq!(of("[ 1.2 ]"), (Some("1.2".to_owned()), "1.2".to_owned()));
        for unknown in ["[1,2)", "(,1],[2,)", "[]", "LATEST", "RELEASE", "[1"] {
            assert_eq!(of(unknown), (None, unknown.to_owned()));
        }
    }
}
