//! Hostile input: garbage where an index should be, strange paths, patterns that explode.

use std::fs;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use fleetwright_index::{Entry, Globs, Index, IndexError, Mode, Pattern, Query, Reading, Writer};
use proptest::prelude::*;

use crate::fleet::{Fleet, found, hits, lines, name_of};

#[test]
fn strange_paths_are_kept_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = Fleet::default();
    let long = "d/".repeat(2000);
    let paths: Vec<Vec<u8>> = vec![
        b"a\nb".to_vec(),
        b"\xff\xfe/\x80".to_vec(),
        b"..".to_vec(),
        b"-rf *".to_vec(),
        b"\x1b[31mred".to_vec(),
        format!("{long}x").into_bytes(),
    ];
    paths.iter().for_each(|path| fleet.put("r", path, "needle"));
    let index = fleet.indexed(folder.path());
    let (pattern, all) = (lines("needle"), Globs::all());
    let (found, _) = hits(&index, &fleet, &Query::new(&pattern, &all));
    let mut told: Vec<_> = found[0].places.iter().map(|place| place.path.clone()).collect();
    let mut expected = paths.clone();
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
    assert_eq!(index.has_file("r", &Globs::compile(&["a*"]).unwrap()), Some(true));
}

#[test]
fn listings_beyond_the_limits_are_refused_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path()).unwrap();
    let oid = name_of(b"x");
    let long = vec![b'a'; 5000];
    for (repo, path) in [("r", long.as_slice()), ("r", b""), ("", b"x"), (&"r".repeat(2000), b"x")] {
        let entry = Entry { path, mode: Mode::File, oid, size: None };
        let error = writer.repository(repo, oid, &[entry]).unwrap_err();
        assert!(matches!(error, IndexError::Path { .. } | IndexError::RepoName { .. }), "{error}");
    }
    let entry = Entry { path: b"x", mode: Mode::File, oid, size: None };
    let error = writer.repository("r", oid, &vec![entry; 1_000_001]).unwrap_err();
    assert!(error.to_string().starts_with("repository r has 1000001 files; the limit is 1000000"), "{error}");
    assert!(writer.repository("r", oid, &[entry, entry]).unwrap() == [oid]);
    writer.add(oid, b"x").unwrap();
    assert!(writer.commit().unwrap().left_out.is_empty());
}

#[test]
fn patterns_that_explode_take_their_time_in_vain() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = Fleet::default();
    fleet.put("r", "a", "a".repeat(200_000));
    fleet.put("r", "lines", "aaaa b\n".repeat(20_000));
    let index = fleet.indexed(folder.path());
    let start = Instant::now();
    for text in ["(a+)+$", "(a|aa)+b", "(.*)(.*)(.*)(.*)x", r"(\s|[^q])*q", "(x+x+)+y", "[^b]*c"] {
        let _ = found(&index, &fleet, &lines(text));
    }
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn texts_of_every_trigram_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = Fleet::default();
    let mut seed = 7_u64;
    for file in 0..4 {
        let mut random = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((seed >> 33) as u8).max(1)
        };
        let noise: Vec<u8> = (0..(1 << 18)).map(|_| random()).collect();
        fleet.put("r", format!("noise{file}"), [noise.as_slice(), b"needle"].concat());
    }
    let index = fleet.indexed(folder.path());
    assert_eq!(found(&index, &fleet, &lines("needle")).len(), 4);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_pattern_or_glob_is_refused_or_used(text in "\\PC{0,60}", raw in "[\\[\\](){}*+?|.^$\\\\a-c0-9,:<>=!-]{0,40}") {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(folder.path()).unwrap();
        for text in [text, raw] {
            for word in [false, true] {
                match Pattern::lines(&text, Reading { word, ..Reading::default() }) {
                    Ok(pattern) => drop(index.prefilter(&pattern)),
                    Err(error) => prop_assert!(!error.to_string().is_empty()),
                }
                let literal = Reading { literal: true, word, ignore_case: true };
                let taken = text.is_empty() || Pattern::lines(&text, literal).is_ok();
                prop_assert!(taken);
            }
            let _ = Globs::compile(&[text]).map(|globs| globs.is_match(b"a/b\xff"));
        }
    }

    /// Whatever lies in the folder, opening and asking end without a panic, and a writer starts over.
    #[test]
    fn garbage_for_an_index(
        noise in prop::collection::vec(any::<u8>(), 0..200),
        cut in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        whole in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut fleet = Fleet::default();
        (0..5).for_each(|at| fleet.put("r", format!("file{at}"), format!("needle {at}")));
        fleet.indexed(folder.path());
        for entry in fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            let mut bytes = fs::read(&path).unwrap();
            if bytes.is_empty() {
                continue;
            }
            flips.iter().for_each(|(at, value)| {
                let at = at.index(bytes.len());
                bytes[at] ^= value;
            });
            bytes.truncate(cut.index(bytes.len() + 1).max(if whole { bytes.len() } else { 0 }));
            bytes.extend(noise.iter().filter(|_| !whole));
            fs::write(&path, bytes).unwrap();
        }
        let index = Index::open(folder.path()).unwrap();
        let _ = found(&index, &fleet, &lines("needle"));
        let _ = index.files(None, &Globs::all(), &mut |_| ControlFlow::Continue(()));
        let mut writer = Writer::open_checked(folder.path()).unwrap();
        fleet.sync(&mut writer).unwrap();
        let index = Index::open(folder.path()).unwrap();
        prop_assert_eq!(found(&index, &fleet, &lines("needle")).len(), 5);
    }
}
