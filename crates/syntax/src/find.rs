//! Finding code by its shape, without changing it.

use std::ops::Range;

use ast_grep_core::Pattern;
use ast_grep_core::matcher::PatternNode;

use crate::error::SyntaxError;
use crate::language::Language;
use crate::rewrite::{BOM, MAX_TEXT_BYTES, check_length};
use crate::rule::{MAX_RULE_BYTES, Written, check_pattern};
use crate::tree::{MAX_DEPTH, SHALLOW, on_big_stack, parse};

/// Code of one language that is looked for: compile once, look through many texts.
pub struct Search {
    language: &'static Language,
    pattern: Pattern,
    literals: Vec<String>,
}

impl Search {
    /// Whatever looks like `pattern`, with `$A` for one piece of code and `$$$A` for any number.
    ///
    /// # Errors
    ///
    /// An unknown language; a pattern that is not code of it, or longer than [`MAX_RULE_BYTES`].
    pub fn new(language: &str, pattern: &str) -> Result<Search, SyntaxError> {
        check_length("the pattern", pattern, MAX_RULE_BYTES)?;
        let language = Language::named(language)?;
        let pattern = on_big_stack(|| {
            check_pattern(&Written { code: pattern, selector: None }, language)?;
            Pattern::try_new(pattern, language.grammar)
                .map_err(|error| SyntaxError::NotParsed(error.to_string()))
        })?;
        let mut literals = Vec::new();
        collect(&pattern.node, &mut literals);
        literals.sort();
        literals.dedup();
        Ok(Search { language, pattern, literals })
    }

    /// The language whose code is looked through.
    pub fn language(&self) -> &'static Language {
        self.language
    }

    /// Texts that every match contains, sorted: a file that lacks one need not be parsed.
    pub fn literals(&self) -> &[String] {
        &self.literals
    }

    /// Where it matches, from byte to byte, in the order of their starts; matches may lie in matches.
    ///
    /// # Errors
    ///
    /// A text over [`MAX_TEXT_BYTES`], nested over [`MAX_DEPTH`], or beyond what its grammar can take.
    pub fn find(&self, text: &str) -> Result<Vec<Range<usize>>, SyntaxError> {
        check_length("the text", text, MAX_TEXT_BYTES)?;
        if !self.literals.iter().all(|literal| text.contains(literal)) {
            return Ok(Vec::new());
        }
        match self.find_within(text, SHALLOW) {
            Err(SyntaxError::TooDeep { .. }) => on_big_stack(|| self.find_within(text, MAX_DEPTH)),
            outcome => outcome,
        }
    }

    fn find_within(&self, text: &str, depth: u32) -> Result<Vec<Range<usize>>, SyntaxError> {
        let code = text.strip_prefix(BOM).unwrap_or(text);
        let shift = text.len() - code.len();
        let tree = parse(code, self.language.grammar, "the text", depth)?;
        let root = tree.root();
        let found = root.find_all(&self.pattern).map(|node| node.range());
        let mut found: Vec<_> = found.map(|range| range.start + shift..range.end + shift).collect();
        found.sort_by_key(|range| (range.start, range.end));
        Ok(found)
    }
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Search({}, {:?})", self.language.name, self.literals)
    }
}

/// The texts that code must have to match: of unnamed nodes ast-grep compares the kind only.
fn collect(pattern: &PatternNode, literals: &mut Vec<String>) {
    match pattern {
        PatternNode::MetaVar { .. } => {}
        PatternNode::Terminal { text, is_named, .. } => {
            if *is_named {
                literals.push(text.clone());
            }
        }
        PatternNode::Internal { children, .. } => {
            children.iter().for_each(|child| collect(child, literals));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(language: &str, pattern: &str, text: &'a str) -> Vec<&'a str> {
        let search = Search::new(language, pattern).unwrap();
        search.find(text).unwrap().into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn code_is_found_by_its_shape() {
        let text = "class A {\n  void f() {\n    log.warn(a,\n      b);\n    // log.warn(no)\n    log.info(\"log.warn(x)\");\n  }\n}\n";
        assert_eq!(found("java", "log.warn($$$A)", text), ["log.warn(a,\n      b)"]);
        assert_eq!(found("java", "log.$F($A)", text), ["log.info(\"log.warn(x)\")"]);
        assert_eq!(found("java", "log.error($$$A)", text), Vec::<&str>::new());
        assert_eq!(found("python", "f(f($A))", "\u{feff}f(f(1))\n"), ["f(f(1))"]);
    }

    #[test]
    fn literals_are_what_every_match_has() {
        assert_eq!(Search::new("java", "log.warn($$$A)").unwrap().literals(), ["log", "warn"]);
        assert!(Search::new("javascript", "$A == $B").unwrap().literals().is_empty());
    }

    #[test]
    fn what_is_no_code_is_refused() {
        assert!(matches!(Search::new("java", "log.warn(("), Err(SyntaxError::BadPattern { .. })));
        assert!(matches!(Search::new("jav", "a"), Err(SyntaxError::UnknownLanguage { .. })));
        let long = "a".repeat(MAX_RULE_BYTES + 1);
        assert!(matches!(Search::new("java", &long), Err(SyntaxError::TooLong { .. })));
        let search = Search::new("javascript", "f($A)").unwrap();
        let deep = format!("{}f(1){}", "[".repeat(20_000), "]".repeat(20_000));
        assert!(matches!(search.find(&deep), Err(SyntaxError::TooDeep { .. })));
    }
}
