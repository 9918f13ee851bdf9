//! Hostile input: sizes, patterns that explode, anything at all.

use fleetwright_owners::{Flavour, MAX_BYTES, MAX_RULES, Owner, Owners};
use proptest::prelude::*;

const ALL: [Flavour; 3] = [Flavour::GitHub, Flavour::GitLab, Flavour::Gitea];

#[test]
fn a_file_over_three_megabytes_is_not_read() {
    for flavour in ALL {
        let read = Owners::read(flavour, "x", &"* @a\n".repeat(MAX_BYTES / 5 + 1));
        assert!(read.is_empty());
        assert_eq!(read.findings.len(), 1);
    }
}

#[test]
fn too_many_rules_are_cut_and_said() {
    let read = Owners::read(Flavour::GitHub, "x", &"* @a\n".repeat(MAX_RULES + 5));
    assert_eq!((read.len(), read.findings.len(), read.findings[0].line), (MAX_RULES, 1, MAX_RULES + 1));
}

#[test]
fn patterns_do_not_explode() {
    let names = format!("{}b", "*a".repeat(500));
    let folders = format!("{}b", "**/a/".repeat(500));
    let path = format!("{}c", "a/".repeat(1000));
    for (flavour, pattern) in [(Flavour::GitHub, &names), (Flavour::GitLab, &folders)] {
        let read = Owners::read(flavour, "x", &format!("{pattern} @a"));
        assert!(read.owners_of(&"a".repeat(2000)).is_empty() && read.owners_of(&path).is_empty());
    }
    let large = Owners::read(Flavour::Gitea, "x", "(((a{1000}){1000}){1000}) @a");
    assert_eq!((large.len(), large.findings.len()), (0, 1));
    assert_eq!(Owners::read(Flavour::Gitea, "x", "(a+)+(?=b) @a").findings.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_text_makes_it_panic(text in "(?s).{0,80}", path in "(?s).{0,20}") {
        for flavour in ALL {
            let read = Owners::read(flavour, "x", &text);
            let _ = (read.owners_of(&path), read.of_root());
        }
    }

    #[test]
    fn nothing_like_a_rule_makes_it_panic(text in r"[\[\]^!*?/\\#@ab \n0-9.(){}-]{0,60}", path in "[ab/.]{0,12}") {
        for flavour in ALL {
            let read = Owners::read(flavour, "x", &text);
            let _ = (read.owners_of(&path), read.of_root());
        }
    }

    #[test]
    fn owners_are_written_back(word in "[@a-z./]{0,10}") {
        if let Some(owner) = Owner::parse(&word) {
            prop_assert_eq!(owner.to_string(), word);
        }
    }
}
