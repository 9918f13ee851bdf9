//! A requirement taken apart: comparisons, each with where its operator and its version stand.

use std::ops::Range;

use fleetwright_package::Ecosystem;

/// The most comparisons of one requirement; real ones have a handful.
const MAX_CLAUSES: usize = 50;

/// What a comparison means for the versions at its lower end and above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Exactly this version: `1.2.3`, `=1.2.3`, `==1.2.3`.
    Exact,
    /// This version or a higher one without an end: `>=1.2`, NuGet's `1.2`.
    AtLeast,
    /// Higher than this version: `>1.2`.
    Above,
    /// An upper end or a hole: `<2`, `<=2`, `!=1.3`.
    Bound,
    /// From this version to the next that breaks: `^1.2`, Cargo's `1.2`.
    Caret,
    /// From this version to the next minor one, as npm has it: `~1.2`.
    Tilde,
    /// From this version on with all numbers kept but the last one: `~> 1.2`, `~=1.2`, Composer's `~1.2`.
    Pessimistic,
    /// Whatever begins with these numbers: `1.x`, npm's `1.2`, `*`.
    Wild,
}

/// A comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) kind: Kind,
    /// The bytes of its operator; empty where there is none.
    pub(crate) operator: Range<usize>,
    /// The bytes of its version.
    pub(crate) version: Range<usize>,
}

/// The alternatives of a requirement, each of which is comparisons that must all hold; `None` when it is none.
pub(crate) fn alternatives(ecosystem: Ecosystem, text: &str) -> Option<Vec<Vec<Clause>>> {
    let mut all: Vec<Vec<Clause>> = vec![Vec::new()];
    let (mut at, mut count) = (0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let skipped = rest.len() - rest.trim_start_matches(is_separator).len();
        if skipped > 0 {
            at += skipped;
            continue;
        }
        if rest.starts_with('|') {
            at += rest.len() - rest.trim_start_matches('|').len();
            all.push(Vec::new());
            continue;
        }
        count += 1;
        if count > MAX_CLAUSES {
            return None;
        }
        let clauses = all.last_mut()?;
        if rest.starts_with("- ") {
            // What stood before is the lower end of `1.2 - 2.3`, and what follows the upper one.
            clauses.last_mut().filter(|before| before.operator.is_empty())?.kind = Kind::AtLeast;
            let mut upper = clause(ecosystem, text, at + 2)?;
            upper.kind = upper.operator.is_empty().then_some(Kind::Bound)?;
            at = upper.version.end;
            clauses.push(upper);
            continue;
        }
        let clause = clause(ecosystem, text, at)?;
        at = clause.version.end;
        clauses.push(clause);
    }
    all.iter().all(|clauses| !clauses.is_empty()).then_some(all)
}

fn is_separator(char: char) -> bool {
    char.is_whitespace() || matches!(char, ',' | '"' | '\'')
}

/// The operators, longest first.
const OPERATORS: [&str; 12] = ["===", "==", "!=", "<=", ">=", "~>", "~=", "^", "~", "=", "<", ">"];

/// The comparison that stands at a byte, or behind the space there.
fn clause(ecosystem: Ecosystem, text: &str, at: usize) -> Option<Clause> {
    let start = at + leading_space(text.get(at..)?);
    let rest = text.get(start..)?;
    let operator = OPERATORS.into_iter().find(|one| rest.starts_with(one)).unwrap_or_default();
    let behind = start + operator.len();
    let begin = behind + leading_space(text.get(behind..)?);
    let word = text.get(begin..)?;
    let length = word.find(|char| is_separator(char) || char == '|').unwrap_or(word.len());
    let version = word.get(..length).filter(|version| is_version_like(version))?;
    let kind = kind(ecosystem, operator, version)?;
    Some(Clause { kind, operator: start..behind, version: begin..begin + length })
}

fn leading_space(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

fn is_version_like(text: &str) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    text.starts_with(|char: char| char.is_ascii_digit()) || matches!(text, "*" | "x" | "X")
}

fn kind(ecosystem: Ecosystem, operator: &str, version: &str) -> Option<Kind> {
    let wild = is_wild(version);
    Some(match operator {
        "" | "=" | "==" | "===" if wild => Kind::Wild,
        "" => bare(ecosystem, version),
        // npm, Cargo and Helm read `=1.2` as `1.2.x`.
        "=" if is_semver(ecosystem) && numbers(version) < 3 => Kind::Wild,
        "=" | "==" | "===" => Kind::Exact,
        "^" => Kind::Caret,
        "~" if ecosystem == Ecosystem::Composer => Kind::Pessimistic,
        "~>" if ecosystem == Ecosystem::Npm => Kind::Tilde,
        "~" => Kind::Tilde,
        "~>" | "~=" => Kind::Pessimistic,
        ">=" => Kind::AtLeast,
        ">" => Kind::Above,
        "<" | "<=" | "!=" => Kind::Bound,
        _ => return None,
    })
}

/// What a version without an operator means.
fn bare(ecosystem: Ecosystem, version: &str) -> Kind {
    match ecosystem {
        Ecosystem::Cargo => Kind::Caret,
        Ecosystem::NuGet => Kind::AtLeast,
        Ecosystem::Npm | Ecosystem::Helm if numbers(version) < 3 => Kind::Wild,
        _ => Kind::Exact,
    }
}

/// Whether the ecosystem's versions always have three numbers.
pub(crate) fn is_semver(ecosystem: Ecosystem) -> bool {
    matches!(ecosystem, Ecosystem::Npm | Ecosystem::Cargo | Ecosystem::Helm)
}

/// Whether a part of it stands for any number.
pub(crate) fn is_wild(version: &str) -> bool {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    core.split('.').any(|part| matches!(part, "*" | "x" | "X"))
}

/// How many numbers a version begins with.
pub(crate) fn numbers(version: &str) -> usize {
    let version = version.strip_prefix('v').unwrap_or(version);
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    core.split('.').take_while(digits).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(ecosystem: Ecosystem, text: &str) -> Option<Vec<Vec<(Kind, &str)>>> {
        let of = |clause: &Clause| (clause.kind, &text[clause.version.clone()]);
        Some(alternatives(ecosystem, text)?.iter().map(|all| all.iter().map(of).collect()).collect())
    }

    #[test]
    fn comparisons_are_told_apart() {
        use Ecosystem::{Cargo, Composer, Npm, NuGet, PyPi, RubyGems};
        use Kind::{AtLeast, Bound, Caret, Exact, Pessimistic, Tilde, Wild};
        let one = |kind, version| Some(vec![vec![(kind, version)]]);
        assert_eq!(read(Npm, "^1.2"), one(Caret, "1.2"));
        assert_eq!(read(Npm, "~ 1.2"), one(Tilde, "1.2"));
        assert_eq!(read(Npm, "1.2"), one(Wild, "1.2"));
        assert_eq!(read(Npm, "v1.2.3"), one(Exact, "v1.2.3"));
        assert_eq!(read(Cargo, "1.2"), one(Caret, "1.2"));
        assert_eq!(read(NuGet, "1.2"), one(AtLeast, "1.2"));
        assert_eq!(read(PyPi, "~=1.2"), one(Pessimistic, "1.2"));
        assert_eq!(read(Composer, "~1.2"), one(Pessimistic, "1.2"));
        assert_eq!(read(Npm, "1.2 - 2.3"), Some(vec![vec![(AtLeast, "1.2"), (Bound, "2.3")]]));
        assert_eq!(
            read(RubyGems, "~> 1.2', \">= 1.2.3"),
            Some(vec![vec![(Pessimistic, "1.2"), (AtLeast, "1.2.3")]])
        );
        assert_eq!(
            read(Npm, ">=1 <2 || ^3"),
            Some(vec![vec![(AtLeast, "1"), (Bound, "2")], vec![(Caret, "3")]])
        );
    }

    #[test]
    fn what_is_no_requirement_is_none() {
        for text in ["latest", "", "||", "^", "1.2 -", "[1,2)", "- 2", "^1 - 2", "git+ssh://a"] {
            assert_eq!(read(Ecosystem::Npm, text), None, "{text}");
        }
    }
}
