//! Searching all files of the fleet, from real repositories, through the real command.

use std::fs;

use serde_json::Value;

use crate::world::World;

/// A needle that lies in one file of each of two repositories, and a file that lies in both.
fn world() -> World {
    let world = World::new();
    let licence = "Permission is hereby granted\nto whom it may concern\n";
    world.repo(
        "acme/app",
        &[
            ("src/Main.java", "class Main {\n  void run() {\n    log.warn(\"needle\");\n  }\n}\n"),
            ("docs/needle.md", "# Haystack\n\nnothing\nthe Needle is here\nnothing\n"),
            ("LICENSE", licence),
        ],
    );
    world.repo("acme/lib", &[("src/lib.py", "def find():\n    return 'needle'\n"), ("LICENSE", licence)]);
    world.repo("other/tool", &[("a.txt", "straw\n")]);
    world.done(&["repo", "sync"]);
    world
}

fn lines(world: &World, args: &[&str]) -> Vec<String> {
    let output = world.done(&[&["grep"], args].concat());
    output.stdout.lines().map(str::to_owned).collect()
}

/// The records of `--json`, and the summary.
fn records(world: &World, args: &[&str], code: i32) -> (Vec<Value>, Value) {
    let output = world.run(&[&["grep", "--json"], args].concat()).ends(code);
    let mut records: Vec<Value> =
        output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = records.pop().unwrap();
    (records, last["summary"].clone())
}

#[test]
fn found_in_two_repositories() {
    let world = world();
    let found =
        ["acme/app:src/Main.java:3:    log.warn(\"needle\");", "acme/lib:src/lib.py:2:    return 'needle'"];
    assert_eq!(lines(&world, &["needle"]), found);
    assert_eq!(lines(&world, &["n.{2}dle['\"]"]), found);
    assert_eq!(lines(&world, &["-F", "warn(\"needle\")"]), found[..1]);
    assert_eq!(
        lines(&world, &["-i", "NEEDLE", "--path", "docs/*"]),
        ["acme/app:docs/needle.md:4:the Needle is here"]
    );
    assert_eq!(lines(&world, &["need|straw", "-w"]), ["other/tool:a.txt:1:straw"]);
    assert_eq!(lines(&world, &["needle", "--repo", "*/lib"]), found[1..]);
    assert_eq!(lines(&world, &["needle", "--path", "**/*.java", "--path", "*.txt"]), found[..1]);
    // `*` stays within a folder.
    world.run(&["grep", "needle", "--path", "*.java"]).ends(1);
    assert_eq!(lines(&world, &["needle", "-l"]), ["acme/app:src/Main.java", "acme/lib:src/lib.py"]);
    let cut = world.done(&["grep", "needle", "--limit", "1"]);
    assert_eq!(cut.stdout.lines().count(), 1);
    assert!(cut.stderr.contains("cut after 1: `--limit N` shows more"), "{}", cut.stderr);
    let cut = world.done(&["grep", "needle", "--files", "--limit", "1"]);
    assert_eq!((cut.stdout.lines().count(), cut.stderr.contains("cut after 1")), (1, true));
    let csv = lines(&world, &["needle", "--csv"]);
    assert_eq!(
        csv[..2],
        ["repo,path,line,column,text", "acme/app,src/Main.java,3,15,\"    log.warn(\"\"needle\"\");\""]
    );
}

#[test]
fn an_identical_file_is_shown_once() {
    let world = world();
    let once = ["acme/app:LICENSE:2:to whom it may concern", "acme/app:LICENSE: also in 1 other place"];
    assert_eq!(lines(&world, &["whom it"]), once);
    let all = ["acme/app:LICENSE:2:to whom it may concern", "acme/lib:LICENSE:2:to whom it may concern"];
    assert_eq!(lines(&world, &["whom it", "--all-places"]), all);
    assert_eq!(lines(&world, &["whom it", "-l"]), ["acme/app:LICENSE", "acme/lib:LICENSE"]);
    // With a filter the place that is left is the one.
    assert_eq!(lines(&world, &["whom it", "--repo", "acme/lib"]), all[1..]);
    let (records, summary) = records(&world, &["whom it"], 0);
    assert_eq!((records.len(), &records[0]["alsoIn"]), (1, &1.into()));
    assert_eq!((&summary["files"], &summary["places"]), (&1.into(), &2.into()));
}

#[test]
fn context_and_counts() {
    let world = world();
    let context = lines(&world, &["Needle", "-B", "1", "-A", "5"]);
    assert_eq!(
        context,
        [
            "acme/app-docs/needle.md-3-nothing",
            "acme/app:docs/needle.md:4:the Needle is here",
            "acme/app-docs/needle.md-5-nothing",
        ]
    );
    let apart = lines(&world, &["needle|run|def", "-C", "0", "--path", "src/*"]);
    assert!(!apart.contains(&"--".to_owned()) && apart.len() == 4, "{apart:?}");
    let apart = lines(&world, &["Haystack|is here$|def", "-A", "1"]);
    assert_eq!((apart.len(), apart[2].as_str(), apart[5].as_str()), (8, "--", "--"));
    let counts = lines(&world, &["nothing|needle|whom", "--count"]);
    assert_eq!(counts, ["acme/app: 4", "acme/lib: 2", "6 matching lines in 2 repositories"]);
    let (records, summary) = records(&world, &["Needle", "-A", "1"], 0);
    assert_eq!(records[0]["line"], 4);
    assert_eq!((&records[0]["column"], &records[0]["matches"]), (&5.into(), &serde_json::json!([[4, 10]])));
    assert_eq!(records[1]["context"], true);
    assert_eq!((&summary["repositories"], &summary["whole"]), (&3.into(), &true.into()));
}

#[test]
fn code_is_found_by_its_shape() {
    let world = World::new();
    let java = "class A {\n  // Thread.sleep(1)\n  void f() {\n    Thread\n      .sleep(\n      1000);\n    g(\"Thread.sleep(2)\");\n  }\n}\n";
    world.repo(
        "acme/app",
        &[("A.java", java), ("notes.txt", "Thread.sleep(3)\n"), ("B.java", "class B {}\n")],
    );
    world.done(&["repo", "sync"]);
    let found = lines(&world, &["--ast", "Thread.sleep($A)", "--lang", "java"]);
    assert_eq!(
        found,
        ["acme/app:A.java:4:    Thread", "acme/app-A.java-5-      .sleep(", "acme/app-A.java-6-      1000);"]
    );
    let (records, summary) = records(&world, &["--ast", "class $N { $$$B }", "--lang", "java"], 0);
    assert_eq!((records[0]["path"].as_str(), &summary["lines"]), (Some("A.java"), &2.into()));
    // Only files with all literals of the pattern are read.
    let (_, summary) = self::records(&world, &["--ast", "Thread.sleep($A)", "--lang", "java"], 0);
    assert_eq!(summary["read"], 1);
    assert_eq!(lines(&world, &["--ast", "Thread.sleep($A)", "--lang", "java", "--count"]).len(), 2);
    world.run(&["grep", "--ast", "Thread.yield()", "--lang", "java"]).ends(1);
    let bad = world.run(&["grep", "--ast", "f((", "--lang", "java"]).ends(2);
    assert!(bad.stderr.contains("is not a pattern of java"), "{}", bad.stderr);
    let bad = world.run(&["grep", "--ast", "f()", "--lang", "jav"]).ends(2);
    assert!(bad.stderr.contains("did you mean `java`?"), "{}", bad.stderr);
    world.run(&["grep", "--ast", "f()"]).ends(2);
}

#[test]
fn nothing_found_and_bad_words() {
    let world = world();
    let nothing = world.run(&["grep", "xyzzy"]).ends(1);
    assert_eq!((nothing.stdout.as_str(), nothing.stderr.as_str()), ("", ""));
    let (records, summary) = records(&world, &["xyzzy"], 1);
    assert_eq!((records.len(), &summary["whole"]), (0, &true.into()));
    let bad = world.run(&["grep", "foo(bar"]).ends(2);
    assert!(bad.stderr.contains("column 4: unclosed group\n  foo(bar\n     ^"), "{}", bad.stderr);
    let long = world.run(&["grep", &"a".repeat(10 << 10)]).ends(2);
    assert!(long.stderr.contains("the pattern has 10240 bytes, the limit is 8192"), "{}", long.stderr);
    let long = world.run(&["grep", "-F", &"é".repeat(5 << 10)]).ends(2);
    assert!(long.stderr.contains("the limit is 8192"), "{}", long.stderr);
    let explodes = world.run(&["grep", r"(\w{500}){500}"]).ends(2);
    assert!(explodes.stderr.contains("use smaller repetitions"), "{}", explodes.stderr);
    for bad in [["--path", "a{"], ["--repo", "a["], ["--time", "1y"], ["--limit", "0"], ["-C", "1001"]] {
        world.run(&[&["grep", "x"], &bad[..]].concat()).ends(2);
    }
    let nobody = world.run(&["grep", "needle", "--repo", "nobody/*"]).ends(3);
    assert!(nobody.stderr.contains("no repository is known of that name"), "{}", nobody.stderr);
}

#[test]
fn a_fleet_that_was_never_synced() {
    let world = World::new();
    world.repo("acme/app", &[("a", "needle\n")]);
    let nothing = world.run(&["grep", "needle"]).ends(3);
    assert!(nothing.stderr.contains("`fleetwright repo sync`"), "{}", nothing.stderr);
}

#[test]
fn what_is_left_out_is_told() {
    let world = World::new();
    let large = format!("{}needle\n", "straw\n".repeat(200_000));
    world.repo_of(
        "acme/app",
        &[
            ("100644", "large.txt", Some(large.as_bytes())),
            ("100644", "binary.bin", Some(b"needle\0")),
            ("100644", "latin.txt", Some(b"needle \xe9\x1b[2J\n")),
        ],
    );
    world.done(&["repo", "sync"]);
    let told = world.done(&["grep", "needle"]);
    assert_eq!(told.stdout, "acme/app:latin.txt:1:needle \u{fffd}\\u{1b}[2J\n");
    let words = "1 file over 1 MiB not searched (`--large` does); 1 file binary, not searched\n";
    assert_eq!(told.stderr, words);
    let (_, summary) = records(&world, &["needle"], 0);
    assert_eq!((&summary["tooLarge"], &summary["binary"]), (&1.into(), &1.into()));
    for more in [&["--large"][..], &["--path", "large.*"]] {
        let all = lines(&world, &[&["needle", "-l"], more].concat());
        assert!(all.contains(&"acme/app:large.txt".to_owned()), "{all:?}");
    }
    // A mirror that had to make room.
    fs::remove_dir_all(world.path(".fleetwright/cache/mirrors/local/acme/app.git")).unwrap();
    let gone = world.run(&["grep", "needle"]).ends(3);
    assert!(
        gone.stderr
            .contains("1 file cannot be read, such as acme/app:latin.txt: its mirror had to make room"),
        "{}",
        gone.stderr
    );
    world.done(&["repo", "sync"]);
    world.done(&["grep", "needle"]);
}

#[test]
fn secrets_are_masked_as_everywhere() {
    let world = World::new();
    let token = format!("ghp_{}", "q7WmZ4tXc9Lr2VnKs8PyB3gHd6JfTe1QaUoR");
    world.repo("acme/app", &[("env", &format!("needle TOKEN={token}\n"))]);
    world.done(&["repo", "sync"]);
    for words in [&["needle"][..], &["needle", "--json"], &["needle", "--csv"]] {
        let told = world.run(&[&["grep"], words].concat());
        assert!(!told.stdout.contains(&token), "{}", told.stdout);
    }
    assert!(world.done(&["grep", "needle"]).stdout.starts_with("acme/app:env:1:needle TOKEN="));
}

#[test]
fn what_is_pushed_is_found_and_what_is_gone_is_not() {
    let world = world();
    let (_, before) = records(&world, &["needle"], 0);
    world.commit("acme/lib", "main", &[("100644", "src/lib.py", Some(b"return 'thread'"))]);
    // Until the sync nothing moves.
    assert_eq!(lines(&world, &["needle", "-l"]).len(), 2);
    world.done(&["repo", "sync"]);
    assert_eq!(lines(&world, &["needle", "-l"]), ["acme/app:src/Main.java"]);
    assert_eq!(lines(&world, &["thread", "-l"]), ["acme/lib:src/lib.py"]);
    // The earlier state still answers as it did.
    let id = before["snapshot"].as_str().unwrap();
    let (then, summary) = records(&world, &["needle", "--snapshot", id], 0);
    assert_eq!((then.len(), &summary["snapshot"]), (2, &before["snapshot"]));
    let none = world.run(&["grep", "needle", "--snapshot", "9999"]).ends(2);
    assert!(none.stderr.contains("the snapshot 9999 is no longer kept"), "{}", none.stderr);
    fs::remove_dir_all(world.bare_repo("acme/app")).unwrap();
    world.done(&["repo", "sync"]);
    world.run(&["grep", "needle"]).ends(1);
    assert_eq!(lines(&world, &["whom"]), ["acme/lib:LICENSE:2:to whom it may concern"]);
}

#[test]
fn a_damaged_index_is_told_and_built_anew() {
    let world = world();
    let folder = world.path(".fleetwright/cache/search");
    let segments = || {
        let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("segment-"))
            .collect::<Vec<_>>()
    };
    let length = |path: &std::path::Path| fs::metadata(path).unwrap().len();
    // Cut in the middle: it shows when the file is opened.
    for path in segments() {
        fs::File::options().write(true).open(&path).unwrap().set_len(length(&path) / 2).unwrap();
    }
    let told = world.run(&["grep", "needle"]).ends(3);
    assert!(told.stderr.contains("of the index is damaged"), "{}", told.stderr);
    assert!(told.stderr.contains("3 repositories not in the index"), "{}", told.stderr);
    world.done(&["repo", "sync"]);
    assert_eq!(lines(&world, &["needle", "-l"]).len(), 2);
    // One byte in the middle: it shows when a search reads that page, or the whole is checked.
    for path in segments() {
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 4;
        bytes[middle] ^= 0x55;
        fs::write(&path, bytes).unwrap();
    }
    let told = world.run(&["grep", "needle"]);
    assert!(told.stderr.contains("of the index is damaged"), "{}", told.stderr);
    world.done(&["repo", "sync"]);
    let whole = world.done(&["grep", "needle", "-l"]);
    assert_eq!((whole.stdout.lines().count(), whole.stderr.as_str()), (2, ""));
    // Gone as a whole.
    fs::remove_dir_all(&folder).unwrap();
    world.run(&["grep", "needle"]).ends(3);
    world.done(&["repo", "sync"]);
    assert_eq!(lines(&world, &["needle", "-l"]).len(), 2);
}
