//! A fleet that changes: what moved is read, what is gone is not found, room is given back.

use fleetwright_index::{Entry, Globs, Index, IndexError, Mode, Query, Writer};

use crate::fleet::{Fleet, found, hits, lines, name_of};

#[test]
fn only_what_is_new_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = Fleet::default();
    (0..20).for_each(|at| fleet.put("a", format!("f{at}"), format!("shared text {at}")));
    (0..20).for_each(|at| fleet.put("b", format!("g{at}"), format!("shared text {at}")));
    let mut writer = Writer::open(folder.path()).unwrap();
    assert_eq!(fleet.sync(&mut writer).unwrap(), 20);
    assert_eq!(fleet.sync(&mut writer).unwrap(), 0);
    fleet.put("a", "new", "a new text");
    fleet.put("c", "f0", "shared text 0");
    assert_eq!(fleet.sync(&mut writer).unwrap(), 1);
    let index = Index::open(folder.path()).unwrap();
    assert_eq!(found(&index, &fleet, &lines("text 0$")), ["a:f0:1", "b:g0:1", "c:f0:1"]);
    assert_eq!(index.repositories().map(|(repo, _)| repo).collect::<Vec<_>>(), ["a", "b", "c"]);
}

#[test]
fn what_is_gone_is_not_found_and_gives_its_room_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = Fleet::default();
    let mut writer = Writer::open(folder.path()).unwrap();
    let mut largest = 0;
    for round in 0..60 {
        for at in 0..10 {
            let words: Vec<String> =
                (0..30).map(|word| format!("w{:x}", (round * 977 + at * 31 + word) * 7919)).collect();
            fleet.put(&format!("repo{at}"), format!("file{}", round % 3), words.join(" "));
        }
        if round % 7 == 0 {
            fleet.repos.remove(&format!("repo{}", round % 10));
        }
        fleet.sync(&mut writer).unwrap();
        let measure = Index::open(folder.path()).unwrap().measure();
        largest = largest.max(measure.segments);
        let held: std::collections::BTreeSet<_> =
            fleet.repos.values().flat_map(|files| files.values()).collect();
        assert!(
            measure.blobs <= 2 * held.len() as u64 + 20,
            "round {round}: {measure:?}, {} are held",
            held.len()
        );
    }
    assert!(largest <= 8, "{largest} segments");
    let index = Index::open(folder.path()).unwrap();
    let any = regex::bytes::Regex::new("w[0-9a-f]+").unwrap();
    assert_eq!(found(&index, &fleet, &lines("w[0-9a-f]+")), fleet.plain(&any));
    for repo in ["repo1", "repo2"] {
        fleet.repos.remove(repo);
    }
    fleet.sync(&mut writer).unwrap();
    let index = Index::open(folder.path()).unwrap();
    assert_eq!(index.tree("repo1"), None);
    assert_eq!(found(&index, &fleet, &lines("w[0-9a-f]+")), fleet.plain(&any));
    assert!(index.check().is_empty());
}

#[test]
fn many_small_commits_are_merged_and_a_removal_outlives_the_merge() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = Fleet::default();
    let mut writer = Writer::open(folder.path()).unwrap();
    for at in 0..100 {
        fleet.put(&format!("repo{at}"), "file", format!("text of {at}"));
        fleet.sync(&mut writer).unwrap();
        if at % 3 == 2 {
            fleet.repos.remove(&format!("repo{}", at - 1));
            fleet.sync(&mut writer).unwrap();
        }
    }
    let index = Index::open(folder.path()).unwrap();
    assert!(index.measure().segments <= 8, "{:?}", index.measure());
    assert_eq!(index.measure().repositories, 67);
    assert_eq!(found(&index, &fleet, &lines("text of 4$")), Vec::<String>::new());
    assert_eq!(found(&index, &fleet, &lines("text of 5$")), ["repo5:file:1"]);
}

#[test]
fn a_named_snapshot_answers_as_before_while_it_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = Fleet::default();
    fleet.put("a", "file", "needle one");
    let first = fleet.indexed(folder.path());
    let then = first.snapshot();
    fleet.put("b", "file", "needle two");
    let second = fleet.indexed(folder.path());
    assert_ne!(second.snapshot(), then);
    let named = Index::open_at(folder.path(), then).unwrap();
    for index in [&first, &named] {
        assert_eq!(found(index, &fleet, &lines("needle")), ["a:file:1"]);
    }
    assert_eq!(found(&second, &fleet, &lines("needle")).len(), 2);
    for at in 0..20 {
        fleet.put("c", "file", format!("text {at}"));
        fleet.indexed(folder.path());
    }
    assert_eq!(found(&first, &fleet, &lines("needle")), ["a:file:1"], "what is open stays");
    let gone = Index::open_at(folder.path(), then).unwrap_err();
    assert!(matches!(gone, IndexError::NoSnapshot { .. }), "{gone}");
    assert!(std::fs::read_dir(folder.path()).unwrap().count() < 30);
}

#[test]
fn one_writes_and_what_was_not_added_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path()).unwrap();
    assert!(matches!(Writer::open(folder.path()), Err(IndexError::Locked { .. })));
    let (known, lost) = (name_of(b"known"), name_of(b"lost"));
    let entry = |path: &'static [u8], oid| Entry { path, mode: Mode::File, oid, size: None };
    let missing = writer.repository("a", name_of(b"t"), &[entry(b"x", known), entry(b"y", lost)]).unwrap();
    assert_eq!(missing, [known, lost]);
    assert_eq!(writer.repository("b", name_of(b"u"), &[entry(b"x", known)]).unwrap(), []);
    writer.add(known, b"known").unwrap();
    let committed = writer.commit().unwrap();
    assert_eq!(committed.left_out, [("a".to_owned(), 1)]);
    assert_eq!((writer.tree("a"), writer.tree("b")), (None, Some(name_of(b"u"))));
    assert_eq!(writer.commit().unwrap().snapshot, committed.snapshot, "nothing to do, nothing done");
    let missing = writer.repository("a", name_of(b"t"), &[entry(b"x", known), entry(b"y", lost)]).unwrap();
    assert_eq!(missing, [lost]);
    drop(writer);
    Writer::open(folder.path()).unwrap();
}

#[test]
fn an_index_that_is_not_there_is_empty() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(&folder.path().join("none")).unwrap();
    let (pattern, all) = (lines("x"), Globs::all());
    let (found, summary) = hits(&index, &Fleet::default(), &Query::new(&pattern, &all));
    assert_eq!((found.len(), summary.damage.len(), index.repositories().count()), (0, 0, 0));
}
