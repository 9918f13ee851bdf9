//! Whether what is locked is what was asked for.

use fleetwright_package::{Ecosystem, Range};

/// Why a locked version does not fit a requirement; `None` when it does, and when that cannot be told, as of
/// branches.
pub(crate) fn misfit(ecosystem: Ecosystem, name: &str, requirement: &str, version: &str) -> Option<String> {
    let range = Range::parse(ecosystem, requirement).ok()?;
    (range.contains(version) == Some(false))
        .then(|| format!("it has `{name}` {version}, asked for is {requirement}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_surely_outside_is_a_misfit() {
        let fits = |ecosystem, requirement, version| misfit(ecosystem, "x", requirement, version).is_none();
        assert!(!fits(Ecosystem::Composer, "^2.0", "v1.4.0"));
        assert!(fits(Ecosystem::Composer, "^2.0 || ^1.0", "v1.4.0"));
        assert!(fits(Ecosystem::Composer, "^1.0@dev", "dev-main"));
        assert!(fits(Ecosystem::Composer, "dev-main as 1.0", "dev-main"));
        assert!(!fits(Ecosystem::RubyGems, ">= 1.1, < 2", "2.0.1"));
        assert!(fits(Ecosystem::RubyGems, "~> 1.1", "1.9"));
        assert!(!fits(Ecosystem::NuGet, "[1.0.0, 2.0.0)", "2.1.0"));
        assert!(fits(Ecosystem::NuGet, "1.*", "1.9.0"));
    }
}
