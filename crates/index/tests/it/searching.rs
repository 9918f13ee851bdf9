//! What a search finds, tells, and does not read.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::time::Duration;

use fleetwright_index::{Cut, Globs, Mode, Pattern, Query, Reading, Tri};

use crate::fleet::{Fleet, found, hits, lines};

fn sample() -> Fleet {
    let mut fleet = Fleet::default();
    fleet.put("acme/a", "src/main.rs", "fn main() {\n    let needle = 1;\n}\n");
    fleet.put("acme/a", "copy/main.rs", "fn main() {\n    let needle = 1;\n}\n");
    fleet.put("acme/b", "src/main.rs", "fn main() {\n    let needle = 1;\n}\n");
    fleet.put("acme/b", "README.md", "# B\nNo thing here.\n");
    fleet.put_as(Mode::Link, "acme/b", b"needle-link", b"needle");
    fleet.put_as(Mode::Submodule, "acme/b", b"vendor/needle", b"");
    for other in 0..50 {
        fleet.put("acme/c", format!("file{other}.txt"), format!("text number {other}\n"));
    }
    fleet
}

#[test]
fn what_is_the_same_is_read_once_and_told_for_all_places() {
    let (folder, fleet) = (tempfile::tempdir().unwrap(), sample());
    let index = fleet.indexed(folder.path());
    let (pattern, all) = (lines("needle"), Globs::all());
    let (found, summary) = hits(&index, &fleet, &Query::new(&pattern, &all));
    let places: Vec<_> =
        found[0].places.iter().map(|p| format!("{} {}", p.repo, String::from_utf8_lossy(&p.path))).collect();
    assert_eq!(places, ["acme/a copy/main.rs", "acme/a src/main.rs", "acme/b src/main.rs"]);
    assert_eq!((found.len(), found[0].count, found[0].lines[0].number), (1, 1, 2));
    assert_eq!((summary.lines, summary.blobs, summary.places, summary.read), (1, 1, 3, 1));
    assert_eq!(fleet.read.load(Ordering::Relaxed), 1, "one blob is read, not 54");
    assert!(!summary.scanned_everything && summary.cut.is_none());
}

#[test]
fn filters_context_and_counts() {
    let (folder, fleet) = (tempfile::tempdir().unwrap(), sample());
    let index = fleet.indexed(folder.path());
    let (pattern, copies) = (lines("NEEDLE|fn"), Globs::compile(&["copy/**", "*.md"]).unwrap());
    let only_a = |repo: &str| repo == "acme/a";
    let query = Query { repos: Some(&only_a), after: 1, ..Query::new(&pattern, &copies) };
    let (found, _) = hits(&index, &fleet, &query);
    assert_eq!(found[0].places.len(), 1);
    let told: Vec<_> = found[0].lines.iter().map(|line| (line.number, line.is_context)).collect();
    assert_eq!(told, [(1, false), (2, true)]);
    let (found, summary) = hits(&index, &fleet, &Query { count_only: true, ..query });
    assert!(found[0].lines.is_empty() && found[0].count == 1 && summary.lines == 1);
}

#[test]
fn words_literals_and_case() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = Fleet::default();
    fleet.put("r", "f", "foo.bar\nfooxbar\nFOO.BAR\nafoo.barb\n");
    let index = fleet.indexed(folder.path());
    let ask = |literal, ignore_case, word| {
        let pattern = Pattern::lines("foo.bar", Reading { literal, ignore_case, word }).unwrap();
        found(&index, &fleet, &pattern).len()
    };
    assert_eq!((ask(false, false, false), ask(true, false, false)), (3, 2));
    assert_eq!((ask(true, true, false), ask(true, true, true), ask(false, false, true)), (3, 2, 2));
}

#[test]
fn limits_cut_at_the_same_place_each_time_and_say_so() {
    let (folder, fleet) = (tempfile::tempdir().unwrap(), sample());
    let index = fleet.indexed(folder.path());
    let (pattern, all) = (lines("number"), Globs::all());
    let query = Query { max_lines: 7, threads: 2, ..Query::new(&pattern, &all) };
    let (first, summary) = hits(&index, &fleet, &query);
    assert_eq!((first.len(), summary.lines, summary.cut), (7, 7, Some(Cut::Lines)));
    (0..5).for_each(|_| assert_eq!(hits(&index, &fleet, &query).0, first));
    let (none, summary) =
        hits(&index, &fleet, &Query { max_time: Duration::ZERO, ..Query::new(&pattern, &all) });
    assert_eq!((none.len(), summary.cut), (0, Some(Cut::Time)));
    let summary = index.search(&Query::new(&pattern, &all), &fleet, &mut |_| ControlFlow::Break(()));
    assert_eq!((summary.blobs, summary.cut), (1, Some(Cut::Receiver)));
    let short = lines("m.*r");
    assert!(hits(&index, &fleet, &Query::new(&short, &all)).1.scanned_everything);
}

#[test]
fn large_and_binary_files_are_listed_and_never_silent() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = Fleet::default();
    let large = format!("{}\nneedle\n", "x".repeat(1 << 20));
    fleet.put("r", "bundle.min.js", &large);
    fleet.put("r", "logo.png", b"\x89PNG\0needle");
    fleet.put("r", "late.bin", [&[b'a'; 9000][..], b"\0 needle"].concat());
    fleet.put("r", "code.js", "needle\n");
    let index = fleet.indexed(folder.path());
    let (pattern, all) = (lines("needle"), Globs::all());
    let (found, summary) = hits(&index, &fleet, &Query::new(&pattern, &all));
    assert_eq!((found.len(), summary.too_large, summary.binary), (2, 1, 1), "a NUL after 8 KiB is text");
    let named = Globs::compile(&["*.min.js"]).unwrap();
    let (found, summary) = hits(&index, &fleet, &Query::new(&pattern, &named));
    assert_eq!((found.len(), found[0].lines[0].number, summary.too_large, summary.binary), (1, 2, 0, 0));
    let (found, _) = hits(&index, &fleet, &Query { large: true, ..Query::new(&pattern, &all) });
    assert_eq!(found.len(), 3);
    let never = Pattern::text("notthere").unwrap();
    assert_eq!(index.may_contain("r", &named, &never), Tri::Maybe, "large ones may hold anything");
    assert_eq!(index.may_contain("r", &Globs::compile(&["code.js"]).unwrap(), &never), Tri::No);
}

#[test]
fn facts_rule_repositories_out() {
    let (folder, fleet) = (tempfile::tempdir().unwrap(), sample());
    let index = fleet.indexed(folder.path());
    let rust = Globs::compile(&["**/*.rs"]).unwrap();
    assert_eq!(index.has_file("acme/a", &rust), Some(true));
    assert_eq!(index.has_file("acme/c", &rust), Some(false));
    assert_eq!(index.has_file("acme/unknown", &rust), None);
    assert_eq!(index.has_file("acme/a", &Globs::compile(&["main.rs"]).unwrap().under("src")), Some(true));
    let prefilter = index.prefilter(&Pattern::text("needle").unwrap());
    assert_eq!(prefilter.may_contain("acme/a", &rust), Tri::Maybe);
    assert_eq!(prefilter.may_contain("acme/c", &Globs::all()), Tri::No);
    assert_eq!(prefilter.may_contain("acme/b", &Globs::compile(&["*.md"]).unwrap()), Tri::No);
    assert_eq!(prefilter.may_contain("acme/unknown", &rust), Tri::Maybe);
    let mut listed = 0;
    let count = &mut |_: fleetwright_index::File<'_>| {
        listed += 1;
        ControlFlow::Continue(())
    };
    index.files(None, &rust, count).unwrap();
    assert_eq!(listed, 3);
}

#[test]
fn candidates_are_for_callers_who_verify() {
    let (folder, fleet) = (tempfile::tempdir().unwrap(), sample());
    let index = fleet.indexed(folder.path());
    let (pattern, all) = (Pattern::all_of(&["main", "needle"]).unwrap(), Globs::all());
    let mut found = Vec::new();
    let summary = index.candidates(&Query::new(&pattern, &all), &mut |candidate| {
        found.push(candidate);
        ControlFlow::Continue(())
    });
    assert_eq!((found.len(), found[0].places.len(), summary.places), (1, 3, 3));
    assert_eq!(fleet.read.load(Ordering::Relaxed), 0);
}

#[test]
fn a_blob_that_cannot_be_read_is_told() {
    let (folder, mut fleet) = (tempfile::tempdir().unwrap(), sample());
    let index = fleet.indexed(folder.path());
    fleet.blobs.retain(|_, bytes| !bytes.starts_with(b"fn main"));
    let (pattern, all) = (lines("needle"), Globs::all());
    let (found, summary) = hits(&index, &fleet, &Query::new(&pattern, &all));
    assert_eq!((found.len(), summary.unread_count), (0, 1));
    assert!(summary.unread[0].1.starts_with("acme/b has no "), "{:?}", summary.unread);
}
