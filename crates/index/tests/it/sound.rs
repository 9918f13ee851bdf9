//! The index never rules out what matches: held against reading everything with `regex`.

use fleetwright_index::{Globs, Pattern, Reading, Tri};
use proptest::prelude::*;

use crate::fleet::{Fleet, found};

/// Texts of few letters, so that random patterns match now and then.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "a", "b", "c", "A", "B", "abc", "cab", " ", "\n", "\r\n", "é", "É", "ſ", "K", "\u{212a}", "k", "foo",
        "bar_", "0", "::", "\t",
    ]);
    let raw = prop::sample::select(vec![vec![0xff], vec![0xc3], vec![0x80]]);
    let piece = prop_oneof![20 => piece.prop_map(|text| text.as_bytes().to_vec()), 1 => raw];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Patterns: atoms joined, repeated, in turn, grouped.
fn pattern() -> impl Strategy<Value = String> {
    let atom = prop::sample::select(vec![
        "a",
        "b",
        "c",
        "A",
        "abc",
        "cab",
        "foo",
        "bar_",
        " ",
        ".",
        "[abc]",
        "[^a]",
        r"\w",
        r"\s",
        r"\b",
        "^",
        "$",
        "é",
        "(?i:k)",
        "(?i:s)",
        "(?i:abc)",
        "[a-z]",
        r"\x{212a}",
        r"(?-u:\xff)",
        "(?s:.)",
        r"\d",
        "[fo]{2}",
        "::",
        r"\S",
    ]);
    atom.prop_map(str::to_owned).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 1..5).prop_map(|parts| parts.concat()),
            2 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("(?:{})", parts.join("|"))),
            2 => (inner, prop::sample::select(vec!["*", "+", "?", "{2}", "{2,}", "{1,3}", "{0}", "{5}", "+?"]))
                .prop_map(|(part, times)| format!("(?:{part}){times}")),
        ]
    })
}

fn oracle(text: &str, ignore_case: bool, lines: bool) -> regex::bytes::Regex {
    let mut builder = regex::bytes::RegexBuilder::new(text);
    builder.multi_line(lines).crlf(lines).case_insensitive(ignore_case).build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn search_finds_what_plain_reading_finds(
        texts in prop::collection::vec(text(), 1..12),
        patterns in prop::collection::vec((pattern(), any::<bool>()), 8),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut fleet = Fleet::default();
        for (at, text) in texts.iter().enumerate() {
            fleet.put(&format!("repo{}", at % 3), format!("file{at}"), text);
        }
        let index = fleet.indexed(folder.path());
        for (text, ignore_case) in patterns {
            let own = Pattern::lines(&text, Reading { ignore_case, ..Reading::default() }).unwrap();
            prop_assert_eq!(found(&index, &fleet, &own), fleet.plain(&oracle(&text, ignore_case, true)), "{}", text);
            let whole = Pattern::text(&text).unwrap();
            let plain = oracle(&text, false, false);
            for (repo, files) in &fleet.repos {
                let matches = files.values().any(|(_, oid)| plain.is_match(&fleet.blobs[oid]));
                if index.may_contain(repo, &Globs::all(), &whole) == Tri::No {
                    prop_assert!(!matches, "{} is ruled out for {}", repo, text);
                }
            }
        }
    }

    /// Patterns cut out of the text itself match it, whatever is around: they exercise long literals.
    #[test]
    fn a_part_of_a_text_is_found(text in "[ -~é\n]{20,200}", from in 0..15_usize, length in 3..60_usize, ignore_case in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let mut fleet = Fleet::default();
        fleet.put("one", "file", &text);
        fleet.put("two", "other", "nothing of it");
        let index = fleet.indexed(folder.path());
        let part: String = text.chars().skip(from).take(length).take_while(|letter| *letter != '\n').collect();
        prop_assume!(!part.is_empty());
        let asked = if ignore_case { part.to_uppercase() } else { part.clone() };
        prop_assume!(asked.to_lowercase() == part.to_lowercase());
        let own = Pattern::lines(&asked, Reading { literal: true, ignore_case, word: false }).unwrap();
        prop_assert!(found(&index, &fleet, &own).iter().any(|hit| hit.starts_with("one:file:")), "{:?}", asked);
    }
}
