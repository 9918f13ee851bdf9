//! What can go wrong when a rewrite is compiled or applied.

/// A rewrite could not be compiled, or a text could not be rewritten by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyntaxError {
    /// No grammar of that name is built in.
    #[error("unknown language `{name}`: did you mean `{nearest}`? Known: {known}")]
    UnknownLanguage {
        /// The name as given.
        name: String,
        /// The known name or alias it resembles most.
        nearest: &'static str,
        /// Every known name, comma separated.
        known: String,
    },
    /// Neither the caller nor the rule says what language the code is in.
    #[error("rule {rule} names no language: add `language: java` to it, or to the step")]
    NoLanguage {
        /// Which document of the rule text, counted from 1.
        rule: usize,
    },
    /// A rule is for another language than the rest of the rewrite.
    #[error("rule {rule} is for `{found}`, but the rewrite is for `{expected}`: split it in two steps")]
    OtherLanguage {
        /// Which document of the rule text, counted from 1.
        rule: usize,
        /// The language the rule names.
        found: &'static str,
        /// The language of the step, or of the rules before.
        expected: &'static str,
    },
    /// The rule text holds no rule, or one that ast-grep refuses.
    #[error("rule {rule} is not a usable ast-grep rule: {why}")]
    BadRule {
        /// Which document of the rule text, counted from 1.
        rule: usize,
        /// The reason, from the YAML reader or from ast-grep.
        why: String,
    },
    /// The pattern is not code of its language, so it would match by accident or never.
    #[error("`{pattern}` is not a pattern of {language}: {advice}")]
    BadPattern {
        /// The pattern as given.
        pattern: String,
        /// The language it was parsed as.
        language: &'static str,
        /// What is wrong, and what to try.
        advice: String,
    },
    /// The fix uses a variable that the rule never captures: it would be replaced by nothing.
    #[error("`{variable}` in fix is not captured by the rule: captured are {known}")]
    UndefinedVariable {
        /// The variable as written in the fix, with its dollar signs.
        variable: String,
        /// The captured variables, comma separated, or `none`.
        known: String,
    },
    /// The pattern captures code that the fix then drops without saying so.
    #[error(
        "`{variable}` is captured but not used in fix: use it, or write `{silent}` in the pattern to drop that code"
    )]
    UnusedVariable {
        /// The variable as written in the pattern, with its dollar signs.
        variable: String,
        /// The same variable, written so that it captures nothing.
        silent: String,
    },
    /// A text or a rule is longer than the limit.
    #[error("{what} has {bytes} bytes, the limit is {limit}")]
    TooLong {
        /// Whether the text, the pattern, the fix or the rule is too long.
        what: &'static str,
        /// Its length in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A text, pattern or rule is nested deeper than the limit.
    #[error("{what} is nested more than {limit} levels deep: it is left alone")]
    TooDeep {
        /// Whether the text, a pattern or the rule is too deep.
        what: &'static str,
        /// The limit in levels of the syntax tree.
        limit: u32,
    },
    /// The text parsed before the rewrite and does not parse after it.
    #[error(
        "rule {rule} would break the syntax at line {line}: `{code}`. The file is left alone; check the fix"
    )]
    BreaksSyntax {
        /// Which rule, counted from 1.
        rule: usize,
        /// Line of the first syntax error in the rewritten text, counted from 1.
        line: usize,
        /// That line, at most 120 characters of it.
        code: String,
    },
    /// The parser gave up, or the operating system refused a thread.
    #[error("could not parse: {0}")]
    NotParsed(String),
}
