//! Hostile text: an error is fine, a panic, an overflow or a minute is not.

use std::time::{Duration, Instant};

use fleetwright_selector::Selector;
use proptest::prelude::*;

use crate::facts;

fn survive(text: &str) {
    let start = Instant::now();
    if let Ok(selector) = Selector::compile(text) {
        let _ = selector.matches(&facts());
        selector.explain_false(&facts());
        selector.explain_true(&facts());
    }
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}: {text}", start.elapsed());
}

#[test]
fn deep_and_long_text() {
    for piece in [
        "(",
        "[",
        "{",
        "!",
        "-",
        "a.",
        "a[",
        "a(",
        "1+",
        "1?1:",
        "a?",
        "[1].map(a,",
        "{1:",
        "'",
        "\"\"\"",
        "é",
        "&&",
        "\\",
        "//",
    ] {
        for count in [60, 1_000] {
            survive(&piece.repeat(count).chars().take(4_096).collect::<String>());
            survive(&format!("{}1", piece.repeat(count)).chars().take(4_096).collect::<String>());
        }
    }
    for (open, close) in [("(", ")"), ("[", "]"), ("{1:", "}"), ("size(", ")"), ("[1].map(x,", ")")] {
        survive(&format!("{}1{}", open.repeat(60), close.repeat(60)));
    }
    survive(&format!("{} == 1", vec!["a.b(c, d)"; 300].join(" + ")));
}

#[test]
fn the_deepest_that_compiles_evaluates_on_the_stack_of_a_worker() {
    let chain = format!("{} == 71", vec!["1"; 71].join(" + "));
    let brackets = format!("{}true{}", "!(".repeat(60), ")".repeat(60));
    let lists = format!("size({}{}) == 1", "[".repeat(60), "]".repeat(60));
    for text in [chain, brackets, lists] {
        let selector = Selector::compile(&text).unwrap();
        let worker = std::thread::Builder::new().stack_size(2 << 20);
        let answer = worker.spawn(move || selector.matches(&facts())).unwrap().join().unwrap();
        assert_eq!(answer, Ok(true), "{text}");
    }
    let loops = format!("[{0}].all(a, [{0}].all(b, a == b))", vec!["1"; 600].join(", "));
    let start = Instant::now();
    assert_eq!(Selector::compile(&loops).unwrap().matches(&facts()), Ok(true));
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

const TOKENS: &[&str] = &[
    "repo",
    "component",
    ".",
    "name",
    "hasFile",
    "contains",
    "topics",
    "labels",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "?",
    "&&",
    "||",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "==",
    "!=",
    "<",
    ">=",
    " in ",
    " ",
    "\n",
    "'",
    "\"",
    "r'",
    "'a'",
    "1",
    "0",
    "1u",
    "1.5e3",
    "9223372036854775807",
    "-9223372036854775808",
    "true",
    "null",
    "x",
    "has",
    ".exists(x,",
    ".map(x,",
    ".matches('a')",
    ".size()",
    "size",
    "int",
    "@",
    "`",
    "é",
    "\u{0}",
    "//",
    "b'\\xff'",
    "\\u00",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn token_soup_never_panics(tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..120)) {
        survive(&tokens.concat().chars().take(300).collect::<String>());
    }

    #[test]
    fn likely_expressions_never_panic(
        operands in prop::collection::vec(
            prop::sample::select(&["repo.name", "repo.size", "repo.topics", "component.labels", "1", "-1", "'a'", "[]",
                "{}", "{1: 2}", "true", "null", "repo.hasFile('secret')", "repo.topics.map(x, x)", "type(1)", "b'a'", "1.5", "9223372036854775807"][..]),
            1..8,
        ),
        operators in prop::collection::vec(
            prop::sample::select(&["&&", "||", "==", "<", "+", "-", "*", "/", "%", " in ", "?true:", "["][..]), 8),
    ) {
        let mut text = String::new();
        for (operand, operator) in operands.iter().zip(&operators) {
            text.push_str(operand);
            text.push_str(operator);
        }
        text.push_str("repo.size");
        text.push_str(&"]".repeat(text.matches('[').count().saturating_sub(text.matches(']').count())));
        survive(&text);
    }
}
