//! From ast-grep rule text to compiled rules, refusing what would do harm quietly.

use std::collections::BTreeSet;

use ast_grep_config::{GlobalRules, RuleConfig, SerializableRuleConfig};
use ast_grep_core::Pattern;
use ast_grep_core::language::Language as _;
use ast_grep_core::matcher::{PatternNode, kind_utils};
use ast_grep_language::SupportLang;
use serde_json::{Map, Value};

use crate::error::SyntaxError;
use crate::language::Language;
use crate::tree::{SHALLOW, parse};
use crate::variables::{Variable, check_defined, variables};

/// Longest accepted pattern, fix or rule text, in bytes.
pub const MAX_RULE_BYTES: usize = 64 << 10;

/// Deepest accepted nesting of a rule's YAML. Matching recurses as deep as the rule does.
const MAX_RULE_DEPTH: u32 = 64;

/// One compiled rule with exactly one fix.
pub(crate) type Rule = RuleConfig<SupportLang>;

/// The documents of a rule text, as plain values.
pub(crate) fn documents(text: &str) -> Result<Vec<Map<String, Value>>, SyntaxError> {
    let bad = |rule, why: String| SyntaxError::BadRule { rule, why };
    let values: Vec<Value> =
        ast_grep_config::from_multiple(text).map_err(|error| bad(1, error.to_string()))?;
    if values.is_empty() {
        return Err(bad(1, "the text is empty".to_owned()));
    }
    let mut documents = Vec::with_capacity(values.len());
    for (at, value) in values.into_iter().enumerate() {
        if deeper_than(&value, MAX_RULE_DEPTH) {
            return Err(SyntaxError::TooDeep { what: "the rule", limit: MAX_RULE_DEPTH });
        }
        match value {
            Value::Object(map) => documents.push(map),
            _ => return Err(bad(at + 1, "expected a mapping with `rule` and `fix`".to_owned())),
        }
    }
    Ok(documents)
}

/// Compiles the document that comes `number`th (from 1) in its text.
pub(crate) fn compile(
    mut document: Map<String, Value>,
    language: &'static Language,
    number: usize,
) -> Result<Rule, SyntaxError> {
    let bad = |why: String| SyntaxError::BadRule { rule: number, why };
    let mut patterns = Vec::new();
    for key in ["rule", "constraints", "utils", "rewriters", "fix"] {
        collect_patterns(document.get(key).unwrap_or(&Value::Null), &mut patterns);
    }
    for pattern in &patterns {
        check_pattern(pattern, language)?;
    }
    let fix = fix_template(&document).map_err(bad)?;
    check_defined(fix, &captured(&document, &patterns))?;
    document.insert("language".to_owned(), Value::from(language.name));
    let rule: SerializableRuleConfig<SupportLang> =
        serde_json::from_value(Value::Object(document)).map_err(|error| bad(error.to_string()))?;
    RuleConfig::try_from(rule, &GlobalRules::default()).map_err(|error| bad(whole_story(&error)))
}

/// The one text that replaces a match.
fn fix_template(document: &Map<String, Value>) -> Result<&str, String> {
    let template = match document.get("fix") {
        None => return Err("it has no `fix`, so it would change nothing".to_owned()),
        Some(Value::Array(_)) => {
            return Err("`fix` is a list to choose from; keep one of them".to_owned());
        }
        Some(Value::Object(fix)) => fix.get("template"),
        plain => plain,
    };
    let text = template.and_then(Value::as_str);
    text.ok_or_else(|| "`fix` must be a text, or a mapping with a `template` text".to_owned())
}

fn captured(document: &Map<String, Value>, patterns: &[Written<'_>]) -> BTreeSet<Variable> {
    let transformed = document.get("transform").and_then(Value::as_object);
    let transformed = transformed.into_iter().flat_map(Map::keys);
    patterns
        .iter()
        .flat_map(|pattern| variables(pattern.code))
        .chain(transformed.map(|name| Variable { many: false, name: name.clone() }))
        .collect()
}

/// A pattern as the rule writes it.
pub(crate) struct Written<'v> {
    pub(crate) code: &'v str,
    /// The kind of node in `code` that is the pattern; all of it when absent.
    pub(crate) selector: Option<&'v str>,
}

/// Every `pattern:` below `value`: a text, or a mapping with a `context`.
fn collect_patterns<'v>(value: &'v Value, found: &mut Vec<Written<'v>>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect_patterns(value, found)),
        Value::Object(map) => {
            for (key, value) in map {
                let code = value.get("context").unwrap_or(value).as_str();
                let selector = value.get("selector").and_then(Value::as_str);
                match code {
                    Some(code) if key == "pattern" => found.push(Written { code, selector }),
                    _ => collect_patterns(value, found),
                }
            }
        }
        _ => {}
    }
}

/// Refuses a pattern with unreadable code in it. ast-grep takes such a pattern and lets the
/// unreadable part match anything, which nobody means in a thousand repositories.
pub(crate) fn check_pattern(written: &Written<'_>, language: &'static Language) -> Result<(), SyntaxError> {
    let grammar = language.grammar;
    // Building a pattern recurses into it: its depth is looked at first.
    parse(&grammar.pre_process_pattern(written.code), grammar, "the pattern", SHALLOW)?;
    let pattern = match written.selector {
        Some(selector) => Pattern::contextual(written.code, selector, grammar),
        None => Pattern::try_new(written.code, grammar),
    };
    let advice = match pattern {
        Ok(pattern) if !has_error(&pattern.node) => return Ok(()),
        Ok(_) => PARSE_ADVICE.to_owned(),
        Err(error) => format!("{error} {PARSE_ADVICE}"),
    };
    let pattern = written.code.chars().take(200).collect();
    Err(SyntaxError::BadPattern { pattern, language: language.name, advice })
}

const PARSE_ADVICE: &str = "Check brackets and quotes; variables are `$A` or `$$$A` in capitals; \
    a part of a statement needs a rule with \
    `pattern: { context: <whole statement>, selector: <node kind> }`";

fn has_error(pattern: &PatternNode) -> bool {
    match pattern {
        PatternNode::MetaVar { .. } => false,
        PatternNode::Terminal { kind_id, .. } => kind_utils::is_error_kind(*kind_id),
        PatternNode::Internal { kind_id, children } => {
            kind_utils::is_error_kind(*kind_id) || children.iter().any(has_error)
        }
    }
}

/// The longest literal text in whatever `pattern` matches; empty when it has none.
pub(crate) fn literal(pattern: &str, language: &'static Language) -> String {
    let pattern = Pattern::try_new(pattern, language.grammar);
    pattern.map(|pattern| pattern.fixed_string().into_owned()).unwrap_or_default()
}

fn deeper_than(value: &Value, limit: u32) -> bool {
    let Some(below) = limit.checked_sub(1) else {
        return true;
    };
    match value {
        Value::Array(values) => values.iter().any(|value| deeper_than(value, below)),
        Value::Object(map) => map.values().any(|value| deeper_than(value, below)),
        _ => false,
    }
}

/// The message of `error` and of everything that caused it: ast-grep keeps the useful
/// part in the last cause.
fn whole_story(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
