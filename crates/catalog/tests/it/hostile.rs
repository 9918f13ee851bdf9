//! Hostile input: bombs, depth, merges, broken bytes, anything at all.

use fleetwright_catalog::{
    Base, EntityRef, Filter, Finding, MAX_DOCUMENT_BYTES, RefContext, Search, SourceFile, assemble, declared,
    read, read_bytes, relations, requests, resolve, served, substitutions, yaml,
};
use proptest::prelude::*;

const GOOD: &str =
    "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: a}\nspec: {memberOf: []}\n";

/// The one finding of a file whose last document is good.
fn only(bad: &str) -> Finding {
    let mut rows = read("x.yaml", &format!("{bad}\n---\n{GOOD}"));
    assert!(rows.pop().unwrap().is_ok(), "the good document is hidden");
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0).unwrap_err()
}

#[test]
fn a_bomb_is_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for at in 1..9 {
        let row = vec![format!("*a{}", at - 1); 9].join(", ");
        bomb.push_str(&format!("a{at}: &a{at} [{row}]\n"));
    }
    assert!(only(&bomb).message.contains("too large or too deep"), "{}", only(&bomb));
}

#[test]
fn depth_is_refused() {
    for deep in [
        "[".repeat(10_000),
        "{a: ".repeat(10_000),
        (0..10_000).map(|at| format!("{}a:\n", " ".repeat(at % 900))).collect(),
    ] {
        let finding = only(&format!("x: {deep}"));
        assert!(!finding.message.is_empty() && finding.line >= 1, "{finding}");
    }
    let nested: String = (0..900).map(|at| format!("{}a:\n", " ".repeat(at))).collect();
    assert!(only(&nested).message.contains("too large or too deep"), "{}", only(&nested));
}

#[test]
fn an_entity_over_one_megabyte_is_refused() {
    let large = format!("{GOOD}x: {}", "y".repeat(MAX_DOCUMENT_BYTES));
    assert!(only(&large).message.contains("1048576"));
}

#[test]
fn an_unfinished_merge_is_named() {
    let finding = only(&format!("<<<<<<< HEAD\n{GOOD}=======\n{GOOD}>>>>>>> other\n"));
    assert_eq!((finding.line, finding.message.as_str()), (1, "a mark of an unfinished merge stands here"));
}

#[test]
fn a_key_twice_is_named() {
    let finding = only("kind: API\nmetadata: {}\nkind: User\n");
    assert_eq!((finding.line, finding.message.as_str()), (3, "the key `kind` is there twice"));
}

#[test]
fn an_alias_within_its_anchor_is_refused() {
    assert!(only("a: &a [*a]\n").message.contains("aliases"), "{}", only("a: &a [*a]\n"));
}

#[test]
fn aliases_of_long_texts_are_counted() {
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 100].join(","));
    assert!(only(&text).message.contains("aliases"), "{}", only(&text));
}

#[test]
fn keys_that_differ_in_letters_only_are_reported() {
    let text = GOOD.replace("memberOf: []", "memberOf: [], a: 1, A: 2");
    let catalog = assemble(vec![SourceFile { rows: read("x", &text), ..SourceFile::default() }]);
    let found = Search::of(&catalog).findings;
    assert_eq!(found[0].message, "the keys `spec.a` and `spec.A` differ in the case of letters only");
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_line() {
    let rows = read_bytes("x.yaml", b"kind: A\nname: \xff\n");
    assert_eq!((rows.len(), rows[0].as_ref().unwrap_err().line), (1, 2));
}

#[test]
fn a_merge_key_is_a_key_as_in_backstage() {
    let text = format!("{GOOD}<<: {{spec: 1}}\n");
    assert_eq!(read("x.yaml", &text)[0].as_ref().unwrap_err().message, "unknown key `<<`");
}

/// Texts that look like catalog files more often than chance would have it.
fn yamlish() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "apiVersion: backstage.io/v1alpha1\n",
        "kind: Component\n",
        "kind: Location\n",
        "metadata:\n  name: a\n",
        "spec:\n",
        "  owner: b\n",
        "  type: x\n",
        "  lifecycle: y\n",
        "  targets:\n",
        "    - ./*\n",
        "---\n",
        "...\n",
        "&a ",
        "*a ",
        "$text: ",
        "{",
        "}",
        "[",
        "]",
        ":",
        "- ",
        "\n",
        "  ",
        "\"",
        "'",
        "|\n",
        "%YAML 1.2\n",
        "!!binary ",
        "?",
        "<<: ",
        "\u{feff}",
        "\t",
        "é",
        "\u{0}",
        "-1e999",
        ".inf",
        "0x",
        "~",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

/// Pieces of predicates, some of which fit together.
fn predicate_part() -> impl Strategy<Value = String> {
    let parts = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "{\"$all\":[",
        "{\"$not\":",
        "{\"kind\":\"user\"}",
        "\"$in\"",
        "{\"kind\":{\"$hasPrefix\":\"",
        "é\"}}",
        "null",
        "1e999",
        "{}",
        "{\"relations\":{\"$contains\":",
        "{\"type\":\"memberOf\"}}}",
        "]}",
    ];
    prop::sample::select(parts.to_vec()).prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_bytes("x", &bytes);
    }

    #[test]
    fn no_text_makes_it_panic(text in yamlish()) {
        let base = Base::File { path: "x/y.yaml".to_owned(), root: None };
        for entity in read("x/y.yaml", &text).into_iter().flatten() {
            let _ = (relations(&entity), requests(&entity, &base), substitutions(&entity, &base));
        }
    }

    #[test]
    fn no_filter_makes_it_panic(texts in prop::collection::vec("[a-zA-Z.=, é/:]{0,30}", 0..4)) {
        if let Ok(Some(filter)) = Filter::parse(&texts) {
            let catalog = assemble(vec![SourceFile { rows: read("x", GOOD), ..SourceFile::default() }]);
            let search = Search::of(&catalog);
            let found = search.find(&filter).len();
            prop_assert_eq!(found + search.find(&Filter::Not(Box::new(filter))).len(), 1);
        }
    }

    #[test]
    fn no_predicate_makes_it_panic(parts in prop::collection::vec(predicate_part(), 0..12)) {
        let text = parts.concat();
        if let Ok(filter) = Filter::from_predicate(&text) {
            let catalog = assemble(vec![SourceFile { rows: read("x", GOOD), ..SourceFile::default() }]);
            let search = Search::of(&catalog);
            let found = search.find(&filter).len();
            prop_assert_eq!(found + search.find(&Filter::Not(Box::new(filter))).len(), 1);
        }
    }

    #[test]
    fn no_catalog_makes_it_panic(texts in prop::collection::vec(yamlish(), 0..4)) {
        let file = |text: &String| SourceFile { rows: read("x", &format!("{GOOD}---\n{text}")), ..SourceFile::default() };
        let catalog = assemble(texts.iter().map(file).collect());
        let _ = Search::of(&catalog);
        for entity in catalog.entities() {
            let again = read("x", &yaml(&declared(entity)));
            prop_assert!(again.len() == 1 && again[0].is_ok(), "{:?}", again);
            prop_assert!(served(entity).is_object());
        }
    }

    #[test]
    fn references_are_read_and_written_back(text in "[a-zA-Z:/é.]{0,12}") {
        if let Ok(found) = EntityRef::parse(&text, RefContext { kind: Some("k"), namespace: None }) {
            let again = EntityRef::parse(&found.to_string(), RefContext::default());
            prop_assert_eq!(again, Ok(found));
        }
    }

    #[test]
    fn no_path_leaves_its_repository(text in "[a./*%]{0,20}") {
        let base = Base::File { path: "x/y.yaml".to_owned(), root: None };
        if let Ok(target) = resolve(&base, &text) {
            let path = target.to_string();
            prop_assert!(!path.starts_with('/') && path.split('/').all(|piece| piece != ".."), "{}", path);
        }
    }
}
