//! What the index proves of steps: where it says that they change nothing, they change nothing.

use std::cell::Cell;
use std::fs;
use std::path::Path;

use fleetwright_core::Oid;
use fleetwright_core::event::TargetName;
use fleetwright_core::repo::RepoFacts;
use fleetwright_core::secret::Keyring;
use fleetwright_core::shift;
use fleetwright_core::source::Source;
use fleetwright_engine::make::{Reach, Recipe, make};
use fleetwright_engine::workshop::{Subject, Workshop};
use fleetwright_git::{Limits, Mode, Repository};
use fleetwright_index::{Entry, Index, Writer};
use fleetwright_runner::Cancel;
use fleetwright_store::{Outcome, RepoRow};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::{Files, count, fleet, plan, written};

fn files() -> impl Strategy<Value = Files> {
    let path = prop::sample::select(vec![
        &b"a.txt"[..],
        b"b.yaml",
        b"src/x.py",
        b"src/deep/y.yaml",
        b"src/a.txt",
        b"lib/c.json",
        b"lib/old.md",
        b"[odd].txt",
        "é.txt".as_bytes(),
        b"bad\xff.txt",
    ]);
    let mode = prop_oneof![8 => Just(Mode::File), 2 => Just(Mode::Executable), 1 => Just(Mode::Symlink)];
    let piece = prop::sample::select(vec![
        &b"foo"[..],
        b"bar_v1",
        b"print(foo)\n",
        b"a: 1\n",
        b"b: [\n",
        b"{\"a\": 1}",
        b"\n",
        b"\r\n",
        b" ",
        b"FOO",
        "é".as_bytes(),
        b"\xff",
        b"\0",
    ]);
    let text = prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat());
    // Where a zero byte stands decides whether a file is a text; a large file is not in the index.
    let far = prop_oneof![Just(0_usize), Just(0), Just(0), Just(0), Just(7_990), Just(8_190), Just(1 << 20)];
    let content = (far, text).prop_map(|(far, text)| [vec![b' '; far], text].concat());
    prop::collection::btree_map(path.prop_map(<[u8]>::to_vec), (mode, content), 0..7)
}

fn globs() -> impl Strategy<Value = Vec<String>> {
    let all = ["**", "*.txt", "src/**", "**/*.yaml", "nope/*", "{a,b}.*", "[[]odd].txt", "x.py", "**/old.md"];
    prop::collection::vec(prop::sample::select(all.to_vec()).prop_map(str::to_owned), 1..3)
}

fn step() -> impl Strategy<Value = Value> {
    let value =
        prop::sample::select(vec!["2", "{{ repo.name }}", "{{ repo.nope }}", "{{ steps.one.outputs.x }}"]);
    let format = prop::sample::select(vec!["yaml", "json", "toml", "xml"]);
    let document = (format, globs(), value.clone())
        .prop_map(|(format, files, value)| json!({ format: { "files": files, "set": { "a.b": value } } }));
    let document = (document, any::<bool>(), any::<bool>()).prop_map(|(mut step, delete, pick)| {
        let format = step.as_object().unwrap().keys().next().unwrap().clone();
        if pick {
            step[&format]["where"] = json!({ "a": 1 });
        }
        if delete {
            step[&format]["set"] = json!({});
            step[&format]["delete"] = json!(["zzz"]);
        }
        step
    });
    let pattern = prop::sample::select(vec![
        "foo", "bar_v1", "ba.", "(?i)foo", "o$", "x*", "é", "zebra", "foo\nfoo", ".",
    ]);
    let replace = (globs(), pattern, any::<bool>(), value).prop_map(|(files, pattern, literal, with)| {
        json!({ "replace": { "files": files, "pattern": pattern, "literal": literal, "with": with } })
    });
    let rewrite = prop::sample::select(vec![
        json!({ "language": "python", "pattern": "print($A)", "fix": "log($A)" }),
        json!({ "language": "python", "pattern": "eval($A)", "fix": "log($A)", "files": ["**"] }),
        json!({ "rule": { "id": "r", "language": "python", "rule": { "pattern": "print($A)" }, "fix": "x($A)" } }),
    ]);
    let file = prop::sample::select(vec![
        json!({ "path": "new.txt", "content": "foo" }),
        json!({ "path": "*.txt", "delete": true }),
        json!({ "path": "nope/**", "delete": true }),
        json!({ "path": "**/*.md", "mode": "755" }),
        json!({ "path": "a.txt", "rename": "z.txt" }),
        json!({ "path": "old.md", "rename": "{{ repo.name }}/z.txt" }),
        json!({ "path": "[odd].txt", "rename": "../z.txt" }),
        json!({ "path": "{{ repo.nope }}", "rename": "z.txt" }),
    ]);
    let kind = prop_oneof![
        3 => document,
        3 => replace,
        2 => rewrite.prop_map(|rewrite| json!({ "rewrite": rewrite })),
        2 => file.prop_map(|file| json!({ "file": file })),
    ];
    (kind, prop::sample::select(vec![0, 0, 0, 1, 2])).prop_map(|(mut step, more)| {
        match more {
            1 => step["name"] = json!("one"),
            2 => step["if"] = json!("repo.hasFile('a.txt')"),
            _ => {}
        }
        step
    })
}

/// The index of one repository, as an ingest writes it.
fn indexed(folder: &Path, (repository, tree): (&Repository, Oid)) -> Index {
    let listed = repository.list(tree, Limits::default()).unwrap();
    let mode = |mode: Mode| match mode {
        Mode::File => fleetwright_index::Mode::File,
        Mode::Executable => fleetwright_index::Mode::Executable,
        Mode::Symlink => fleetwright_index::Mode::Link,
        Mode::Submodule => fleetwright_index::Mode::Submodule,
    };
    let entries: Vec<Entry<'_>> = listed
        .iter()
        .map(|entry| Entry {
            path: entry.path.as_bytes(),
            mode: mode(entry.mode),
            oid: entry.oid,
            size: None,
        })
        .collect();
    let mut writer = Writer::open(folder).unwrap();
    for oid in writer.repository("local:acme/one", tree, &entries).unwrap() {
        writer.add(oid, &repository.blob(oid, u64::MAX).unwrap()).unwrap();
    }
    writer.commit().unwrap();
    Index::open(folder).unwrap()
}

/// A shift of these steps; `None` where the file is refused.
fn recipe(steps: &[Value]) -> Option<Recipe> {
    let mut steps = steps.to_vec();
    let mut named = steps.iter_mut().filter(|step| step.get("name").is_some());
    named.next();
    named.for_each(|step| drop(step.as_object_mut().unwrap().remove("name")));
    let file = json!({
        "apiVersion": "fleetwright/v1", "kind": "Shift", "metadata": { "name": "random" },
        "spec": { "steps": steps },
    });
    let source = Source::parse("random.yaml", &file.to_string()).unwrap();
    Recipe::compile(&shift::read(&source).ok()?, &source).ok()
}

#[test]
fn what_is_spared_would_have_come_to_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let workshop = Workshop {
        sandbox: None,
        closed: String::new(),
        limits: Default::default(),
        scratch: folder.path().to_owned(),
        keyring: Keyring::default(),
        scripts: None,
        poms: Default::default(),
        tools: Default::default(),
        there: Default::default(),
    };
    let facts = RepoFacts { default_branch: "main".into(), ..RepoFacts::default() };
    let row = RepoRow {
        id: 1,
        forge: "local".into(),
        name: "acme/one".into(),
        head: Some(Oid::ZERO),
        tree: None,
        facts,
        fault: None,
    };
    let shifts = prop::collection::vec(prop::collection::vec(step(), 1..4), 12);
    let dir = prop::sample::select(vec!["", "", "src", "lib", "none"]);
    let counted = Cell::new([0_usize; 3]);
    let mut runner = TestRunner::new(Config { cases: 100, failure_persistence: None, ..Config::default() });
    let ran = runner.run(&(files(), shifts, dir), |(files, shifts, dir)| {
        let [mut asked, mut idle, mut spared] = counted.get();
        let folder = tempfile::tempdir().unwrap();
        let (mirror, search) = (folder.path().join("one.git"), folder.path().join("search"));
        let (repository, base_tree) = written(&mirror, files);
        let index = indexed(&search, (&repository, base_tree));
        let name = TargetName { repo: "acme/one".into(), dir: dir.into() };
        for steps in &shifts {
            let Some(recipe) = recipe(steps) else { continue };
            let row = RepoRow { tree: Some(base_tree), ..row.clone() };
            let subject = Subject::of("random", &name, &row, &mirror).unwrap();
            let made = make(&recipe, "key", &subject, (&workshop, &Cancel::new())).unwrap();
            let is_spared = Reach::of(&recipe, &index).is_some_and(|reach| reach.spares(&subject));
            let is_idle = made.change.outcome == Outcome::Unchanged;
            asked += 1;
            idle += usize::from(is_idle);
            spared += usize::from(is_spared);
            prop_assert!(is_idle || !is_spared, "spared, and yet {:?}: {steps:?}", made.change.outcome);
            let row = RepoRow { tree: Some(Oid::ZERO), ..row };
            let moved = Subject::of("random", &name, &row, &mirror).unwrap();
            prop_assert!(!Reach::of(&recipe, &index).is_some_and(|reach| reach.spares(&moved)));
        }
        counted.set([asked, idle, spared]);
        Ok(())
    });
    let [asked, idle, spared] = counted.get();
    ran.unwrap();
    // A proof that is never found proves nothing here.
    assert!(spared * 2 > idle && idle * 5 > asked, "{spared} of {idle} of {asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_opens_no_repository_that_the_steps_cannot_change() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = fleet(folder.path(), 6, "").await;
    let replace = |pattern: &str| {
        format!(
            "  steps: [{{ replace: {{ files: ['**'], pattern: '{pattern}', with: x, literal: true }} }}]\n"
        )
    };
    let begun = plan(&fleet, folder.path(), "first", &replace("no file has this")).await;
    assert_eq!((begun.due, begun.spared, begun.queued), (6, 6, 0));
    assert_eq!(count(&fleet, "first", "unchanged").await, 6);
    // At rest is not looked at again, and so it is not counted.
    let again = plan(&fleet, folder.path(), "first", &replace("no file has this")).await;
    assert_eq!((again.due, again.spared, again.queued), (0, 0, 0));
    // A mirror without objects cannot be opened: who tries it fails.
    for repo in fleet.store.repos().await.unwrap() {
        fs::remove_dir_all(fleet.mirror(&repo.forge, &repo.name).join("objects")).unwrap();
    }
    let begun = plan(&fleet, folder.path(), "second", &replace("nor this one")).await;
    assert_eq!((begun.due, begun.spared), (6, 6));
    assert_eq!(count(&fleet, "second", "unchanged").await, 6);
    let some = "  targets: { repos: [bench/repo-00001, bench/repo-00002] }\n";
    let file = "  steps: [{ file: { path: deploy/app.yaml, rename: x } }]\n";
    let begun = plan(&fleet, folder.path(), "third", &format!("{some}{file}")).await;
    assert_eq!((begun.due, begun.spared, begun.queued), (2, 0, 2));
    assert_eq!(count(&fleet, "third", "failed").await, 2);
}
