//! A compiled rewrite, and its application to a text.

use std::borrow::Cow;

use ast_grep_config::Fixer;
use serde_json::{Map, Value, json};

use crate::error::SyntaxError;
use crate::language::Language;
use crate::rule::{self, MAX_RULE_BYTES, Rule};
use crate::tree::{MAX_DEPTH, SHALLOW, Tree, first_error, has_error, on_big_stack, parse};
use crate::variables::check_used;

/// Longest text that is rewritten, in bytes. Longer files are generated or are data.
pub const MAX_TEXT_BYTES: usize = 4 << 20;

pub(crate) const BOM: char = '\u{feff}';

/// Rules that rewrite code of one language: compile once, apply to many texts.
pub struct Rewrite {
    language: &'static Language,
    rules: Vec<(Rule, Fixer)>,
    /// Text that every match contains. A file without it need not be parsed, which
    /// takes thousands of times as long as looking.
    literal: String,
}

impl Rewrite {
    /// A rewrite of whatever looks like `pattern` into `fix`.
    ///
    /// # Errors
    ///
    /// An unknown language; a pattern that is not code of it; a variable that is used
    /// but not captured, or captured but not used (`$_A` and `$$$_A` capture nothing).
    pub fn from_pattern(language: &str, pattern: &str, fix: &str) -> Result<Rewrite, SyntaxError> {
        check_length("the pattern", pattern, MAX_RULE_BYTES)?;
        check_length("the fix", fix, MAX_RULE_BYTES)?;
        let language = Language::named(language)?;
        let rule = json!({ "rule": { "pattern": pattern }, "fix": fix });
        let documents = rule.as_object().cloned().into_iter().collect();
        let mut rewrite = on_big_stack(|| Rewrite::compile(Some(language), documents))?;
        check_used(pattern, fix)?;
        rewrite.literal = rule::literal(pattern, language);
        Ok(rewrite)
    }

    /// A rewrite by ast-grep rules (`rule`, `constraints`, `utils`, `transform`, `rewriters`,
    /// `fix`; see <https://ast-grep.github.io/reference/yaml.html>). Several YAML documents
    /// are several rules, applied in order. `language` may be left to the rules, which
    /// must all agree.
    ///
    /// # Errors
    ///
    /// YAML that is not such a rule; a rule without exactly one fix; a pattern that is not
    /// code of the language; a variable that is used but not captured.
    pub fn from_rule(language: Option<&str>, rule_yaml: &str) -> Result<Rewrite, SyntaxError> {
        check_length("the rule", rule_yaml, MAX_RULE_BYTES)?;
        let language = language.map(Language::named).transpose()?;
        on_big_stack(|| Rewrite::compile(language, rule::documents(rule_yaml)?))
    }

    fn compile(
        mut language: Option<&'static Language>,
        documents: Vec<Map<String, Value>>,
    ) -> Result<Rewrite, SyntaxError> {
        let mut rules = Vec::with_capacity(documents.len());
        for (at, document) in documents.into_iter().enumerate() {
            let language = *language.insert(agreed_language(language, &document, at + 1)?);
            let mut rule = rule::compile(document, language, at + 1)?;
            let fix = rule
                .fixer
                .pop()
                .ok_or_else(|| SyntaxError::BadRule { rule: at + 1, why: "it has no `fix`".to_owned() })?;
            rules.push((rule, fix));
        }
        let language = language.ok_or(SyntaxError::NoLanguage { rule: 1 })?;
        Ok(Rewrite { language, rules, literal: String::new() })
    }

    /// The language whose code is rewritten.
    pub fn language(&self) -> &'static Language {
        self.language
    }

    /// A text that every match contains; empty where none is known. A file without it stays as it is.
    pub fn literal(&self) -> &str {
        &self.literal
    }

    /// Globs for the files this rewrite is meant for when the shift names none.
    pub fn default_globs(&self) -> Vec<String> {
        self.language.extensions.iter().map(|extension| format!("**/*.{extension}")).collect()
    }

    /// The rewritten text; `None` when nothing matches or nothing would change.
    ///
    /// Matches inside a match are left for another application. A byte order mark stays,
    /// line ends in new code are those of the text, and every byte outside of a match stays.
    ///
    /// # Errors
    ///
    /// A text over [`MAX_TEXT_BYTES`] or nested over [`MAX_DEPTH`]; a result
    /// with syntax errors where the text had none.
    pub fn apply(&self, text: &str) -> Result<Option<String>, SyntaxError> {
        check_length("the text", text, MAX_TEXT_BYTES)?;
        if !text.contains(&self.literal) {
            return Ok(None);
        }
        match self.apply_within(text, SHALLOW) {
            Err(SyntaxError::TooDeep { .. }) => on_big_stack(|| self.apply_within(text, MAX_DEPTH)),
            outcome => outcome,
        }
    }

    fn apply_within(&self, text: &str, depth: u32) -> Result<Option<String>, SyntaxError> {
        let code = text.strip_prefix(BOM).unwrap_or(text);
        let grammar = self.language.grammar;
        let mut tree = parse(code, grammar, "the text", depth)?;
        for (at, (rule, fix)) in self.rules.iter().enumerate() {
            let Some(rewritten) = rewrite_once(&tree, rule, fix) else {
                continue;
            };
            check_length("the rewritten text", &rewritten, MAX_TEXT_BYTES)?;
            let after = parse(&rewritten, grammar, "the rewritten text", depth)?;
            if has_error(&after) && !has_error(&tree) {
                let (line, code) = first_error(&after);
                return Err(SyntaxError::BreaksSyntax { rule: at + 1, line, code });
            }
            tree = after;
        }
        let mark = &text[..text.len() - code.len()];
        Ok((tree.source() != code).then(|| format!("{mark}{}", tree.source())))
    }
}

impl std::fmt::Debug for Rewrite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rewrite({}, {} rules)", self.language.name, self.rules.len())
    }
}

/// The language of the document; it must agree with the one before.
fn agreed_language(
    before: Option<&'static Language>,
    document: &Map<String, Value>,
    rule: usize,
) -> Result<&'static Language, SyntaxError> {
    let found = match document.get("language") {
        None => before.ok_or(SyntaxError::NoLanguage { rule })?,
        Some(name) => Language::named(name.as_str().unwrap_or_default())?,
    };
    match before {
        Some(expected) if expected != found => {
            Err(SyntaxError::OtherLanguage { rule, found: found.name, expected: expected.name })
        }
        _ => Ok(found),
    }
}

/// The source with every outermost match replaced, or `None` without a match.
fn rewrite_once(tree: &Tree, rule: &Rule, fix: &Fixer) -> Option<String> {
    let root = tree.root();
    let mut edits: Vec<_> =
        root.find_all(&rule.matcher).map(|found| found.make_edit(&rule.matcher, fix)).collect();
    if edits.is_empty() {
        return None;
    }
    // `expandStart` may move an edit before an earlier one.
    edits.sort_by_key(|edit| edit.position);
    let source = tree.source();
    let crlf = source.find('\n').is_some_and(|at| source[..at].ends_with('\r'));
    let mut rewritten = String::with_capacity(source.len());
    let mut done = 0;
    for edit in edits.iter().filter(|edit| edit.deleted_length > 0) {
        if edit.position < done {
            continue;
        }
        rewritten.push_str(&source[done..edit.position]);
        let inserted = String::from_utf8_lossy(&edit.inserted_text);
        rewritten.push_str(&if crlf { with_crlf(inserted) } else { inserted });
        done = edit.position + edit.deleted_length;
    }
    rewritten.push_str(&source[done..]);
    Some(rewritten)
}

/// The text with every line ending in `\r\n`: rule texts are written with `\n`.
fn with_crlf(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\n') { Cow::Owned(text.replace("\r\n", "\n").replace('\n', "\r\n")) } else { text }
}

pub(crate) fn check_length(what: &'static str, text: &str, limit: usize) -> Result<(), SyntaxError> {
    let bytes = text.len();
    if bytes > limit { Err(SyntaxError::TooLong { what, bytes, limit }) } else { Ok(()) }
}
