//! Hostile code and rules: deep, long, random. An error is fine, a crash is not.

use fleetwright_syntax::{MAX_RULE_BYTES, MAX_TEXT_BYTES, Rewrite, SyntaxError, languages};
use proptest::prelude::*;

fn nested(levels: usize) -> String {
    format!("class A {{ int x = foo({}1{}); }}", "(".repeat(levels), ")".repeat(levels))
}

#[test]
fn deep_nesting_is_refused_over_the_limit_and_works_below() {
    let rewrite = Rewrite::from_pattern("java", "foo($A, $A)", "bar($A)").unwrap();
    for levels in [100_000, 6_000] {
        let error = rewrite.apply(&nested(levels)).unwrap_err();
        assert!(matches!(error, SyntaxError::TooDeep { .. }), "{error}");
    }
    // The two captured nodes are compared by recursion, level by level.
    let deep = format!("{}1{}", "(".repeat(4_900), ")".repeat(4_900));
    let text = format!("class A {{ int x = foo({deep}, {deep}); }}");
    let after = format!("class A {{ int x = bar({deep}); }}");
    assert_eq!(rewrite.apply(&text).unwrap(), Some(after));
}

#[test]
fn half_open_and_deep_text_in_every_language() {
    for language in languages() {
        let rewrite = ["a", "a(b)", "1"]
            .iter()
            .find_map(|pattern| Rewrite::from_pattern(language.name, pattern, "b").ok())
            .expect(language.name);
        for piece in ["(", "[", "{", "<a>", "{\"a\":", "if a:\n", "- ", "\"", "$(", "\0", "é", "a\n"] {
            let _ = rewrite.apply(&piece.repeat(6_000));
        }
    }
}

#[test]
fn scanners_are_kept_from_overrunning_their_state() {
    let heredoc = format!("a(<<~{0})\n x\n{0}\nb\n", "W".repeat(300));
    let stairs: String = (0..600).map(|at| format!("{}if a:\n", " ".repeat(at))).collect();
    let keys: String = (0..600).map(|at| format!("{}a:\n", " ".repeat(at))).collect();
    let in_string = format!("f'{{a}} {{\n{stairs}");
    let dashes = format!("a: 1\n{}", "- ".repeat(400));
    let lists: String = (0..200).map(|at| format!("{0}a:\n{0}- b\n", "  ".repeat(at))).collect();
    for (language, text) in [
        ("ruby", &heredoc),
        ("python", &stairs),
        ("python", &in_string),
        ("yaml", &keys),
        ("yaml", &dashes),
        ("yaml", &lists),
    ] {
        let rewrite = Rewrite::from_pattern(language, "a", "b").unwrap();
        assert!(rewrite.apply(text).is_err(), "{language}");
    }
}

#[test]
fn long_and_deep_rules_are_refused() {
    let long = "a".repeat(MAX_RULE_BYTES + 1);
    assert!(matches!(
        Rewrite::from_pattern("java", &long, "b").unwrap_err(),
        SyntaxError::TooLong { what: "the pattern", .. }
    ));
    assert!(Rewrite::from_rule(Some("java"), &long).is_err());
    let deep = "(".repeat(30_000) + "a" + &")".repeat(30_000);
    assert!(matches!(
        Rewrite::from_pattern("java", &deep, "b").unwrap_err(),
        SyntaxError::TooDeep { what: "the pattern", .. }
    ));
    for (open, close) in [("[", "]"), ("{not: ", "}")] {
        let levels = 8_000;
        let rule = format!("rule: {}{}\nfix: b", open.repeat(levels), close.repeat(levels));
        assert!(Rewrite::from_rule(Some("java"), &rule).is_err());
    }
    let rewrite = Rewrite::from_pattern("java", "a", "b").unwrap();
    assert!(matches!(
        rewrite.apply(&" ".repeat(MAX_TEXT_BYTES + 1)).unwrap_err(),
        SyntaxError::TooLong { what: "the text", .. }
    ));
}

#[test]
fn a_rewrite_is_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Rewrite>();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn random_indentation_never_aborts(
        lines in prop::collection::vec((0..400usize, "(- |\\? |a: |\\[|\\{|\"|'|\\||> |if a:|f'\\{|#|\t|<<A ){0,12}"), 0..400),
        climbing in any::<bool>(),
        at in 0..15usize,
    ) {
        let rewrite = Rewrite::from_rule(Some(languages()[at].name), "rule: { regex: zzz, kind: ERROR }\nfix: b\n");
        let text: String = lines
            .iter()
            .enumerate()
            .map(|(nth, (indent, code))| format!("{}{code}\n", " ".repeat(if climbing { nth } else { *indent })))
            .collect();
        if let Ok(rewrite) = rewrite {
            let _ = rewrite.apply(&text);
        }
    }

    #[test]
    fn random_patterns_never_panic(pattern in "[a(){};$A_B.=\"' \né<>:]{0,24}", at in 0..15usize) {
        let language = languages()[at].name;
        if let Ok(rewrite) = Rewrite::from_pattern(language, &pattern, "x") {
            let _ = rewrite.apply("a(b) { c: 'é' }\n<a>b</a>\r\n");
        }
    }

    #[test]
    fn random_code_never_panics(code in "(a|é|\\(|\\)|\\{|\\}|foo\\(1\\)|;|\n|\r\n|\"|\\$|:| ){0,80}", at in 0..15usize) {
        let rewrite = Rewrite::from_rule(
            Some(languages()[at].name),
            "rule: { any: [{ pattern: a }, { regex: foo, pattern: $X }] }\nfix: b\n",
        );
        if let Ok(Some(after)) = rewrite.and_then(|rewrite| rewrite.apply(&code)) {
            prop_assert_ne!(after, code);
        }
    }
}
