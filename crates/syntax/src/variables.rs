//! Metavariables as they are written: `$A` captures one node, `$$$A` a list of them.

use std::collections::BTreeSet;

use crate::error::SyntaxError;

/// A named metavariable in a pattern or a fix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Variable {
    /// `$$$A` rather than `$A`.
    pub(crate) many: bool,
    /// The name without dollar signs.
    pub(crate) name: String,
}

impl Variable {
    fn written(&self) -> String {
        format!("{}{}", if self.many { "$$$" } else { "$" }, self.name)
    }
}

/// The capturing metavariables in `text`, in order. Names that begin with `_` capture nothing.
pub(crate) fn variables(text: &str) -> Vec<Variable> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let tail = rest[at..].trim_start_matches('$');
        let dollars = rest.len() - at - tail.len();
        let end = tail.find(|c: char| !matches!(c, 'A'..='Z' | '0'..='9' | '_')).unwrap_or(tail.len());
        if tail.starts_with(|c: char| c.is_ascii_uppercase()) {
            found.push(Variable { many: dollars >= 3, name: tail[..end].to_owned() });
        }
        rest = &tail[end..];
    }
    found
}

/// Refuses a fix that uses what is not captured. ast-grep would put nothing in its place:
/// also where a list `$$$A` is used as the single `$A`, or the other way round.
pub(crate) fn check_defined(fix: &str, captured: &BTreeSet<Variable>) -> Result<(), SyntaxError> {
    let Some(unknown) = variables(fix).into_iter().find(|used| !captured.contains(used)) else {
        return Ok(());
    };
    let known: Vec<_> = captured.iter().map(Variable::written).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Err(SyntaxError::UndefinedVariable { variable: unknown.written(), known })
}

/// Refuses a fix that silently drops what the pattern captures. A variable that occurs
/// twice in the pattern is used already: it says that two places are the same.
pub(crate) fn check_used(pattern: &str, fix: &str) -> Result<(), SyntaxError> {
    let captured = variables(pattern);
    let used = variables(fix);
    let once = |v: &Variable| captured.iter().filter(|other| *other == v).count() == 1;
    let Some(unused) = captured.iter().find(|v| once(v) && !used.contains(v)) else {
        return Ok(());
    };
    let silent = Variable { name: format!("_{}", unused.name), ..unused.clone() };
    Err(SyntaxError::UnusedVariable { variable: unused.written(), silent: silent.written() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_as_ast_grep_finds_them() {
        let written = |text: &str| variables(text).iter().map(Variable::written).collect::<Vec<_>>();
        assert_eq!(written("foo($A, $$$REST, $_B, $$$, $5, $x, é$C9)"), ["$A", "$$$REST", "$C9"]);
        assert_eq!(written("$$A$"), ["$A"]);
        assert!(written("").is_empty());
    }
}
