//! Laws of order, on random texts that look like versions.

use std::cmp::Ordering;

use fleetwright_package::{Ecosystem, Key, Range, compare, sort};
use proptest::prelude::*;

/// Pieces of versions, so that random texts often are some.
fn versions() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "0",
        "1",
        "2",
        "10",
        "01",
        "00",
        "99999999999999999999",
        ".",
        ".",
        ".",
        "-",
        "+",
        "_",
        "a",
        "b",
        "rc",
        "alpha",
        "beta",
        "dev",
        "post",
        "final",
        "sp",
        "x",
        "SNAPSHOT",
        "ga",
        "v",
        "!",
        "~",
        "pre",
        "RC1",
        "pl",
        "alpine",
    ]);
    let free = prop::collection::vec(piece, 1..9).prop_map(|pieces| pieces.concat());
    let near = "[0-2](\\.[0-2]){0,3}(([-.]?(a|b|rc|alpha|final|sp|x|dev|post))?[-.]?[0-2]?){0,3}";
    prop_oneof![free, near, "v?[0-2]\\.[0-2]\\.[0-2](-[0-2a]{1,2}(\\.[0-2a]){0,2})?(\\+x)?"]
}

fn ecosystems() -> impl Strategy<Value = Ecosystem> {
    prop::sample::select(Ecosystem::all().collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn an_order_has_no_contradiction(ecosystem in ecosystems(), texts in prop::collection::vec(versions(), 3)) {
        let [a, b, c] = [0, 1, 2].map(|at| texts[at].as_str());
        prop_assert_eq!(compare(ecosystem, a, b), compare(ecosystem, b, a).map(Ordering::reverse));
        if Key::read(ecosystem, a).is_some() {
            prop_assert_eq!(compare(ecosystem, a, a), Some(Ordering::Equal));
        }
        let at_most = |left, right| compare(ecosystem, left, right).is_some_and(Ordering::is_le);
        // Maven contradicts itself, see `maven::maven_contradicts_itself`.
        if ecosystem != Ecosystem::Maven && at_most(a, b) && at_most(b, c) && compare(ecosystem, a, c).is_some() {
            prop_assert!(at_most(a, c), "{} <= {} <= {}", a, b, c);
        }
    }

    #[test]
    fn a_list_of_anything_can_be_sorted(ecosystem in ecosystems(), mut texts in prop::collection::vec(versions(), 0..40)) {
        sort(ecosystem, &mut texts, |text| text);
        let again = { let mut copy = texts.clone(); copy.reverse(); sort(ecosystem, &mut copy, |text| text); copy };
        prop_assert_eq!(texts, again);
    }

    #[test]
    fn ranges_never_panic(ecosystem in ecosystems(), text in "[\\[(<>=~^! ]{0,2}[0-9a-z.*x|,+ -]{0,12}[\\])]?", version in versions()) {
        for read in [Range::parse(ecosystem, &text), Range::question(ecosystem, &text)].into_iter().flatten() {
            read.contains(&version);
        }
    }

    #[test]
    fn any_text_is_read_without_harm(ecosystem in ecosystems(), text in "\\PC{0,40}", range in "\\PC{0,40}") {
        compare(ecosystem, &text, &text);
        for read in [Range::parse(ecosystem, &range), Range::question(ecosystem, &range)].into_iter().flatten() {
            read.contains(&text);
        }
    }
}
