//! Input made to hurt: bombs, depth, size, garbage.

use std::time::{Duration, Instant};

use fleetwright_edit::Format::{Json, Toml, Xml, Yaml};
use fleetwright_edit::{DocumentEdit, EditError, Format};
use serde_json::json;

use crate::spec;

fn error(format: Format, text: &str) -> EditError {
    let edit = DocumentEdit::compile(format, &spec("set", "a.b", json!("1"))).unwrap();
    let start = Instant::now();
    let result = edit.apply(text);
    assert!(start.elapsed() < Duration::from_secs(1), "{format:?} took {:?}", start.elapsed());
    result.unwrap_err()
}

#[test]
fn depth_of_ten_thousand_is_refused() {
    let nested = |open: &str, close: &str| format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
    for text in [nested("[", "]"), nested("{\"a\":", "}")] {
        assert_eq!(error(Json, &text), EditError::TooDeep);
        assert_eq!(error(Yaml, &text), EditError::TooDeep);
    }
    assert_eq!(error(Yaml, &"- ".repeat(10_000)), EditError::TooDeep);
    let block: String = (0..3_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert_eq!(error(Yaml, &block), EditError::TooDeep);
    assert_eq!(error(Xml, &nested("<a>", "</a>")), EditError::TooDeep);
    assert_eq!(error(Toml, &format!("a = {}", nested("[", "]"))), EditError::TooDeep);
    assert_eq!(error(Toml, &format!("a = {}", nested("{a=", "}"))), EditError::TooDeep);
    for text in [format!("[{}a]", "a.".repeat(10_000)), format!("{}a = 1", "a.".repeat(10_000))] {
        assert!(matches!(error(Toml, &text), EditError::TooDeep | EditError::Syntax { .. }));
    }
}

#[test]
fn a_hundred_megabytes_are_refused() {
    let text = " ".repeat(100 << 20);
    for format in [Json, Yaml, Toml, Xml] {
        assert_eq!(error(format, &text), EditError::TooLarge { bytes: 100 << 20 });
    }
}

#[test]
fn alias_bombs_are_refused() {
    let mut laughs = String::from("l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..40 {
        let refs = vec![format!("*l{}", level - 1); 10].join(", ");
        laughs += &format!("l{level}: &l{level} [{refs}]\n");
    }
    assert_eq!(error(Yaml, &laughs), EditError::TooManyAliases);
    let mut chain = String::from("l0: &l0 [x]\n");
    for level in 1..20_000 {
        chain += &format!("l{level}: &l{level} [*l{}]\n", level - 1);
    }
    assert_eq!(error(Yaml, &chain), EditError::TooManyAliases);
    let merges: String = (1..5_000).map(|at| format!("m{at}: {{<<: *m}}\n")).collect();
    let wide: String = (0..100).map(|at| format!("  k{at}: 1\n")).collect();
    assert_eq!(error(Yaml, &format!("m: &m\n{wide}{merges}")), EditError::TooManyAliases);
}

#[test]
fn entities_are_never_expanded() {
    let laughs = "<!DOCTYPE a [<!ENTITY x 'ha'><!ENTITY y '&x;&x;&x;&x;'>]><a><b>&y;</b></a>";
    let edit = DocumentEdit::compile(Xml, &spec("set", "a.b", json!("&y;"))).unwrap();
    assert_eq!(edit.apply(laughs).unwrap().unwrap(), laughs.replace("<b>&y;", "<b>&amp;y;"));
}

#[test]
fn many_places_are_edited_in_linear_time() {
    let list = (0..20_000).map(|at| format!("- {{n: x{at}, v: 1}}\n")).collect::<String>();
    let edit = DocumentEdit::compile(Yaml, &spec("set", "[*].v", json!(2))).unwrap();
    let start = Instant::now();
    assert_eq!(edit.apply(&list).unwrap().unwrap(), list.replace("v: 1", "v: 2"));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

/// How many random texts: 20,000, or `FLEETWRIGHT_FUZZ_ROUNDS`.
fn rounds() -> usize {
    std::env::var("FLEETWRIGHT_FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(20_000)
}

#[test]
fn garbage_is_an_error_or_left_alone() {
    let pieces = [
        "{", "}", "[", "]", ":", "- ", "\n", " ", "a", "\"", "'", "#", "&a", "*a", "|", "<a>", "</a>", "=",
        ",", "\t", "é", "?", "!t ", "/*", "\r\n", "---", "<!--", "]]>", "...",
    ];
    let mut seed = 7_u64;
    for _ in 0..rounds() {
        let mut text = String::new();
        for _ in 0..12 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text += pieces[(seed >> 33) as usize % pieces.len()];
        }
        for format in [Json, Yaml, Toml, Xml] {
            for (kind, path) in
                [("set", "a"), ("delete", "a"), ("append", "a"), ("set", "[0]"), ("delete", "[*]")]
            {
                if let Ok(edit) = DocumentEdit::compile(format, &spec(kind, path, json!("x"))) {
                    // Any answer is right but a panic.
                    let _ = edit.apply(&text);
                }
            }
        }
    }
}
