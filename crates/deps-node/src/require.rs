//! What a requirement in a `package.json` asks for.

use fleetwright_package::{Ecosystem, Range};

use crate::text::name_and_rest;

/// A requirement, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Requirement<'a> {
    /// The package, where the requirement names another than its key does.
    pub(crate) alias: Option<&'a str>,
    /// What is asked for, without the package's name and protocol.
    pub(crate) text: &'a str,
    /// Its sort.
    pub(crate) sort: Sort,
}

/// What sort of a requirement it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Exactly one version.
    Exact,
    /// A range, or `*`.
    Range,
    /// A tag such as `latest`.
    Tag,
    /// A member of the workspace.
    Workspace,
    /// An entry of a catalog, whose name is the text; empty for the default catalog.
    Catalog,
    /// A folder or an archive of this repository.
    Folder,
    /// A git repository or an archive elsewhere.
    Elsewhere,
}

/// Takes a requirement apart.
pub(crate) fn requirement(text: &str) -> Requirement<'_> {
    let plain = |text, sort| Requirement { alias: None, text, sort };
    if let Some(rest) = text.strip_prefix("npm:") {
        return match name_and_rest(rest) {
            Some((name, text)) => Requirement { alias: Some(name), text, sort: published(text) },
            None if rest.starts_with(|char: char| char.is_ascii_digit() || "^~<>=*".contains(char)) => {
                plain(rest, published(rest))
            }
            None => Requirement { alias: Some(rest), text: "", sort: Sort::Range },
        };
    }
    if let Some(rest) = text.strip_prefix("workspace:") {
        return match name_and_rest(rest) {
            Some((name, text)) => Requirement { alias: Some(name), text, sort: Sort::Workspace },
            None => plain(rest, Sort::Workspace),
        };
    }
    if let Some(rest) = text.strip_prefix("catalog:") {
        return plain(if rest == "default" { "" } else { rest }, Sort::Catalog);
    }
    if ["file:", "link:", "portal:", "./", "../", "/", "~/"].iter().any(|start| text.starts_with(start)) {
        return plain(text, Sort::Folder);
    }
    if text.contains(':') || (text.contains('/') && !text.contains(' ')) {
        return plain(text, Sort::Elsewhere);
    }
    plain(text, published(text))
}

fn published(text: &str) -> Sort {
    if exact(text).is_some() {
        return Sort::Exact;
    }
    let text = text.trim();
    let range = text.is_empty() || text.contains([' ', '|', '*', '^', '~', '<', '>', '=']);
    let number = text.trim_start_matches('v').starts_with(|char: char| char.is_ascii_digit());
    if range || number || matches!(text, "x" | "X") { Sort::Range } else { Sort::Tag }
}

/// The one version that a requirement allows, if it is written as one: `1.2.3`, `=1.2.3`, `v1.2.3`.
pub(crate) fn exact(text: &str) -> Option<&str> {
    let version = text.trim().trim_start_matches('=').trim_start_matches('v');
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let mut parts = core.split('.');
    let number = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let three =
        number(parts.next()) && number(parts.next()) && number(parts.next()) && parts.next().is_none();
    (three && !version.contains([' ', '|'])).then_some(version)
}

/// Whether a locked version is one that the requirement allows; `None` when that cannot be told: of tags, of what
/// is no published version, and of a pre-release that npm's own rule leaves out, since yarn and pnpm take some.
pub(crate) fn fits(asked: &Requirement<'_>, version: &str) -> Option<bool> {
    if !matches!(asked.sort, Sort::Exact | Sort::Range) {
        return None;
    }
    let range = Range::parse(Ecosystem::Npm, asked.text).ok()?;
    let inside = range.contains(version)?;
    (inside || asked.sort == Sort::Exact || !version.contains('-')).then_some(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_have_sorts() {
        let sort = |text| requirement(text).sort;
        assert_eq!(sort("1.2.3-beta.1"), Sort::Exact);
        assert_eq!(sort("=1.2.3"), Sort::Exact);
        assert_eq!(
            [sort("1.2"), sort("^1"), sort("*"), sort(""), sort("1.x || 2.x"), sort("1.2.3 - 2.3.4")],
            [Sort::Range; 6]
        );
        assert_eq!(sort("latest"), Sort::Tag);
        assert_eq!(sort("workspace:^"), Sort::Workspace);
        assert_eq!(sort("github:a/b#v1"), Sort::Elsewhere);
        assert_eq!(sort("a/b"), Sort::Elsewhere);
        assert_eq!(sort("file:../x"), Sort::Folder);
        assert_eq!(requirement("catalog:default").text, "");
        let alias = requirement("npm:@a/b@^1.0");
        assert_eq!((alias.alias, alias.text, alias.sort), (Some("@a/b"), "^1.0", Sort::Range));
    }

    #[test]
    fn ranges_meet_versions() {
        let fits = |asked, version| fits(&requirement(asked), version);
        assert_eq!(fits("1.2.3", "1.2.4"), Some(false));
        assert_eq!(fits("=1.2.3", "1.2.3"), Some(true));
        assert_eq!(fits("1.2.3", "1.2.3-beta"), Some(false));
        assert_eq!(fits("^1.2.3", "2.0.0"), Some(false));
        assert_eq!(fits("npm:other@^1.2.3", "1.9.0"), Some(true));
        assert_eq!(fits("1.x || >=3", "3.1.0"), Some(true));
        assert_eq!(fits("", "0.0.1"), Some(true));
    }

    #[test]
    fn what_cannot_be_told_is_no_contradiction() {
        let fits = |asked, version| fits(&requirement(asked), version);
        assert_eq!(fits("*", "1.0.0-beta.1"), None);
        assert_eq!(fits("latest", "1.0.0"), None);
        assert_eq!(fits("workspace:^", "1.0.0"), None);
        assert_eq!(fits("^1.2.3", "https://example.test/a.tgz"), None);
        assert_eq!(fits("patch:a@npm%3A1.0.0#~/a.patch", "1.0.0"), None);
    }
}
