//! What is refused when a rewrite is compiled, and what is said about it.

use fleetwright_syntax::{Rewrite, SyntaxError};

fn pattern(language: &str, pattern: &str, fix: &str) -> SyntaxError {
    Rewrite::from_pattern(language, pattern, fix).unwrap_err()
}

fn rule(text: &str) -> String {
    Rewrite::from_rule(Some("java"), text).unwrap_err().to_string()
}

#[test]
fn broken_patterns() {
    for (language, broken) in [
        ("java", "foo($A"),
        ("java", "class { $A"),
        ("python", "def ("),
        ("json", "{\"a\": }}"),
        ("rust", "fn fn fn"),
        ("go", ""),
        ("go", "  "),
    ] {
        let error = pattern(language, broken, "x");
        assert!(matches!(error, SyntaxError::BadPattern { .. }), "{broken}: {error}");
    }
    let in_rule = rule("rule: { any: [{ pattern: foo( }, { kind: block }] }\nfix: x\n");
    assert!(in_rule.starts_with("`foo(` is not a pattern of java"), "{in_rule}");
}

#[test]
fn variables_that_are_not_captured_or_not_used() {
    let undefined = pattern("java", "foo($A)", "bar($B)").to_string();
    assert!(undefined.starts_with("`$B` in fix is not captured"), "{undefined}");
    let list = pattern("java", "foo($$$A)", "bar($A)").to_string();
    assert!(list.contains("captured are $$$A"), "{list}");
    let single = pattern("java", "foo($A)", "bar($$$A)").to_string();
    assert!(single.starts_with("`$$$A` in fix"), "{single}");
    let unused = pattern("java", "foo($A, $B)", "bar($A)").to_string();
    assert!(unused.starts_with("`$B` is captured but not used"), "{unused}");
    assert!(unused.contains("`$_B`"), "{unused}");
    Rewrite::from_pattern("java", "foo($A, $_B, $$$)", "bar($A)").unwrap();
    Rewrite::from_pattern("java", "$A == $A", "true").unwrap();
    assert!(rule("rule: { pattern: foo($A) }\nfix: bar($B)\n").contains("`$B`"));
}

#[test]
fn rules_that_are_none() {
    for (text, said) in [
        ("", "empty"),
        ("[1, 2]", "expected a mapping"),
        ("rule: { pattern: a }", "no `fix`"),
        ("rule: { patern: a }\nfix: b", "patern"),
        ("rule: { kind: no_such_kind }\nfix: b", "no_such_kind"),
        ("rule: { pattern: a, regex: '(' }\nfix: b", "regex"),
        ("rule: { pattern: a }\nfix: [{ template: a, title: a }]", "list"),
        ("rule: { pattern: a }\nfix: b\nfixx: c", "fixx"),
        ("rule: { pattern: $A }\nfix: b", "rule 1"),
        ("rule: { matches: nowhere }\nfix: b", "nowhere"),
        ("rule: { pattern: a }\nfix: b\n---\nrule: 3\nfix: c", "rule 2"),
        ("rule: {", "rule 1"),
        ("language: php\nrule: { pattern: a }\nfix: b", "unknown language `php`"),
        ("language: go\nrule: { pattern: a }\nfix: b", "is for `go`"),
    ] {
        let error = rule(text);
        assert!(error.contains(said), "{text:?} says {error:?}, not {said:?}");
    }
    let none = Rewrite::from_rule(None, "rule: { pattern: a }\nfix: b").unwrap_err();
    assert_eq!(none, SyntaxError::NoLanguage { rule: 1 });
}

#[test]
fn a_result_that_does_not_parse() {
    let rewrite = Rewrite::from_pattern("java", "foo($A)", "bar($A").unwrap();
    let error = rewrite.apply("class A {\n  int x = foo(1);\n}\n").unwrap_err();
    assert!(matches!(&error, SyntaxError::BreaksSyntax { rule: 1, .. }), "{error}");
    // Where the text was broken before, there is nothing to compare with.
    assert!(rewrite.apply("class A {\n  int x = foo(1); ((\n}\n").unwrap().is_some());
}
