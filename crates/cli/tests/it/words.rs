//! Every command a person types, and how it ends.

use serde_json::json;

use crate::story::{REPLACE, three};
use crate::world::World;

/// A fleet whose shift was applied.
fn applied() -> (World, String) {
    let world = three();
    world.write("repos/acme/c.forge/repo.json", "{ \"archived\": true }");
    let file = world.shift("swap", REPLACE);
    world.done(&["shift", "apply", &file, "--wait"]);
    (world, file)
}

#[test]
fn why_answers_in_one_line_for_every_repository() {
    let world = three();
    world.repo("other/d", &[("x.txt", "old\n")]);
    world.empty_repo("other/e");
    world.write("repos/acme/b.forge/repo.json", "{ \"topics\": [\"no-bots\"] }");
    let spec = format!(
        "  targets: {{ select: 'repo.hasFile(\"*.txt\")', exclude: '\"no-bots\" in repo.topics', limit: 2 }}\n{REPLACE}"
    );
    let file = world.shift("swap", &spec);
    world.done(&["shift", "plan", &file]);
    let why = |repo: &str| world.done(&["shift", "why", "swap", repo]).stdout;
    assert_eq!(
        why("acme/a"),
        "acme/a: selected: targets.select is true: repo.hasFile(\"*.txt\"); the change is made: planned \
         only: nothing is pushed before `shift apply`\n"
    );
    assert_eq!(
        why("acme/c"),
        "acme/c: selected: targets.select is true: repo.hasFile(\"*.txt\"); unchanged: the steps left \
         every byte as it was\n"
    );
    assert_eq!(why("acme/b"), "acme/b: left out: targets.exclude is true: \"no-bots\" in repo.topics\n");
    assert_eq!(why("other/d"), "other/d: left out: beyond targets.limit of 2\n");
    assert_eq!(why("other/e"), "other/e: left out: it is empty: the default branch has no commit\n");
    let left_out = &world.json(&["shift", "status", "swap", "--offline"])["leftOut"];
    let limit = json!({ "reason": "beyond targets.limit of 2", "repositories": 1 });
    assert!(left_out.as_array().unwrap().contains(&limit), "{left_out}");
    let unknown = world.run(&["shift", "why", "swap", "acme/aa"]).ends(2);
    assert_eq!(unknown.stderr, "error: no repository is called `acme/aa`\n  try: did you mean `acme/a`?\n");
    assert_eq!(
        world.json(&["shift", "why", "swap", "other/d"]),
        json!([{ "target": "other/d", "why": "left out: beyond targets.limit of 2" }])
    );
    world.repo("other/new", &[("x.txt", "old\n")]);
    world.done(&["repo", "sync"]);
    assert_eq!(
        why("other/new"),
        "other/new: not in scope: it was not there when the shift was last planned\n"
    );
}

#[test]
fn what_is_printed_with_json_is_one_document() {
    let (world, file) = applied();
    world.script("newer.sh", "#!/bin/sh\nsed -i s/new/newer/ *.txt\n");
    let commands: &[&[&str]] = &[
        &["shift", "new", "fresh"],
        &["shift", "validate", &file],
        &["shift", "plan", &file],
        &["shift", "apply", &file],
        &["shift", "list"],
        &["shift", "status"],
        &["shift", "status", "swap"],
        &["shift", "targets", "swap"],
        &["shift", "why", "swap", "acme/a"],
        &["shift", "diff", "swap", "acme/a"],
        &["shift", "logs", "swap"],
        &["shift", "logs", "swap", "acme/a"],
        &["shift", "pause", "swap"],
        &["shift", "resume", "swap"],
        &["shift", "merge", "swap"],
        &["shift", "retry", "swap", "--failed"],
        &["shift", "close", "swap"],
        &["shift", "stop", "swap"],
        &["run", "--dry-run", "./newer.sh"],
        &["run", "./newer.sh"],
        &["repo", "sync"],
        &["repo", "list"],
        &["repo", "show", "acme/a"],
        &["repo", "pull", "acme/a", "1"],
        &["infra", "list"],
        &["infra", "validate"],
        &["doctor"],
        &["--config", "other.yaml", "init"],
    ];
    for args in commands {
        let printed = world.json(args);
        assert!(printed.is_object() || printed.is_array(), "{args:?}: {printed}");
    }
    let tried = world.json(&["shift", "try", &file, "shifts"]);
    assert_eq!(tried["outcome"]["outcome"], "unchanged", "{tried}");
}

#[test]
fn commands_on_an_unknown_shift_name_the_nearest_one() {
    let (world, _) = applied();
    let commands: &[&[&str]] = &[
        &["status", "swop"],
        &["targets", "swop"],
        &["why", "swop", "acme/a"],
        &["diff", "swop", "acme/a"],
        &["logs", "swop"],
        &["pause", "swop"],
        &["resume", "swop"],
        &["stop", "swop"],
        &["retry", "swop", "--failed"],
        &["close", "swop"],
        &["merge", "swop"],
    ];
    for args in commands {
        let output = world.run(&[&["shift"], *args].concat()).ends(2);
        let expected = "error: no shift is called `swop`\n  try: did you mean `swap`?\n";
        assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("", expected), "{args:?}");
    }
}

#[test]
fn targets_are_listed_by_stage() {
    let (world, _) = applied();
    let targets = world.done(&["shift", "targets", "swap", "--stage", "merged"]).stdout;
    assert_eq!(targets.lines().count(), 4, "{targets}");
    assert_eq!(world.json(&["shift", "targets", "swap", "--stage", "failed"]), json!([]));
    let wrong = world.run(&["shift", "targets", "swap", "--stage", "done"]).ends(2);
    assert_eq!(
        wrong.stderr,
        "error: `done` is not a stage\n  try: one of queued, unchanged, notApplicable, made, open, adopted, \
         merged, failed, vetoed, dropped\n"
    );
}

#[test]
fn the_first_steps_of_a_newcomer() {
    let world = World::bare();
    let lost = world.run(&["shift", "list"]).ends(2);
    assert!(lost.stderr.starts_with("error: fleetwright.yaml is not there\n  try: `fleetwright init`"));
    world.done(&["init"]);
    world.run(&["init"]).ends(4);
    let nothing = world.done(&["shift", "plan", "shifts/add-editorconfig.yaml"]).stdout;
    let next = "\nNext: widen `spec.targets`, or add repositories, and plan again.\n";
    assert!(nothing.ends_with(next), "{nothing}");
    world.repo("acme/a", &[("x.txt", "x\n"), ("test.sh", "exit 0\n")]);
    let something = world.done(&["shift", "plan", "shifts/add-editorconfig.yaml"]).stdout;
    assert!(something.ends_with("\nNext: fleetwright shift apply shifts/add-editorconfig.yaml\n"));
    world.done(&["shift", "apply", "shifts/add-editorconfig.yaml", "--wait"]);
    assert!(world.text("acme/a", "main", ".editorconfig").starts_with("root = true\n"));

    let new = world.done(&["shift", "new", "mine"]).stdout;
    world.write("mine.yaml", new);
    assert_eq!(world.done(&["shift", "validate", "mine.yaml"]).stdout, "mine.yaml: good (1 step)\n");
    let plan = world.json(&["shift", "plan", "mine.yaml"]);
    assert_eq!((plan["shift"].as_str(), plan["selected"].as_u64()), (Some("mine"), Some(0)));

    let doctor = world.json(&["doctor"]);
    let words: Vec<&str> = doctor.as_array().unwrap().iter().map(|f| f["what"].as_str().unwrap()).collect();
    assert_eq!(words, ["sandbox", "configuration", "database", "forge"]);
}

#[test]
fn completions_are_a_script_for_every_shell() {
    let world = World::bare();
    for (shell, word) in [("bash", "complete -F"), ("zsh", "#compdef fleetwright"), ("fish", "complete -c")] {
        let script = world.done(&["completions", shell]).stdout;
        assert!(script.contains(word), "{shell}");
    }
}

#[test]
fn help_has_an_example_that_parses_as_far_as_the_world_allows() {
    let world = World::bare();
    for command in ["demo", "init", "run", "doctor", "completions"] {
        let help = world.done(&[command, "--help"]).stdout;
        assert!(help.contains("Example: "), "{help}");
    }
    world.run(&[]).ends(2);
    world.run(&["nonsense"]).ends(2);
    world.run(&["shift", "plan"]).ends(2);
    assert!(world.done(&["--version"]).stdout.starts_with("fleetwright "));
}

#[test]
fn a_script_runs_on_many_repositories_and_flags_behind_it_are_ours() {
    let world = three();
    world.script("fix.sh", "#!/bin/sh\necho \"$@\" >> x.txt\n");
    let before = world.outside();
    let words = ["run", "./fix.sh", "--repo", "acme/a", "-m", "Fix {{ it }}\n\nFor good.", "--dry-run"];
    let shown = world.done(&words).stdout;
    assert!(shown.starts_with("Plan of fix: Fix {{ it }}\n"), "{shown}");
    assert_eq!(world.outside(), before);

    let more = ["--branch", "fix/it", "--title", "T", "--", "--deep", "x"];
    world.done(&[&words[..6], &more].concat());
    let pull = world.pull("acme/a", 1);
    assert_eq!(
        (&pull["title"], &pull["branch"], &pull["state"]),
        (&json!("T"), &json!("fix/it"), &json!("open"))
    );
    assert_eq!(world.text("acme/a", "fix/it", "x.txt"), "old\n--deep x\n");
    let message = world.git("acme/a", &["log", "-1", "--format=%B", "fix/it"]);
    assert!(message.starts_with("Fix {{ it }}\n\nFor good.\n"), "{message}");
    assert!(world.stages("fix-it").len() == 1);
}

#[test]
fn a_script_never_takes_the_place_of_a_shift_with_a_file() {
    let (world, _) = applied();
    world.script("swap.sh", "#!/bin/sh\nrm *\n");
    let before = world.stages("swap");
    let refused = world.run(&["run", "./swap.sh"]).ends(2);
    assert!(refused.stderr.starts_with("error: another shift is called `swap`: /"), "{}", refused.stderr);
    assert!(refused.stderr.ends_with("/swap.yaml\n  try: `--branch` with another name\n"));
    assert_eq!(world.stages("swap"), before);
    world.done(&["run", "./swap.sh", "--branch", "swap-2", "--dry-run"]);
    // The same script with other words takes its own place.
    world.done(&["run", "./swap.sh", "--branch", "swap-2", "--dry-run", "-m", "Other words"]);
}

#[test]
fn targets_on_the_command_line() {
    let world = three();
    world.repo("other/d", &[("x.txt", "old\n")]);
    world.write("repos/acme/b.forge/repo.json", "{ \"topics\": [\"java\"] }");
    world.write("some.txt", "# a list, as turbolift writes it\nacme/a   # the first\n\n  other/d\n");
    let file = world.shift("swap", REPLACE);
    let picked = |args: &[&str]| {
        world.done(&[&["shift", "plan", &file], args].concat());
        let targets = world.json(&["shift", "targets", "swap"]);
        let live = |t: &&serde_json::Value| t["stage"] != "dropped";
        let names = targets.as_array().unwrap().iter().filter(live).map(|t| t["target"].as_str().unwrap());
        names.map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(picked(&["--repos", "some.txt"]), "acme/a other/d");
    assert_eq!(picked(&["--repo", "acme/b"]), "acme/b");
    assert_eq!(picked(&["--repo", "*/d", "--repo", "acme/a"]), "acme/a other/d");
    assert_eq!(picked(&["--topic", "java"]), "acme/b");
    assert_eq!(picked(&["--org", "other"]), "other/d");
    assert_eq!(picked(&["--select", "repo.name.endsWith(\"a\")"]), "acme/a");
    assert_eq!(
        picked(&["--org", "acme", "--exclude", "repo.contains(\"*.txt\", \"young\")"]),
        "acme/a acme/b"
    );
    assert_eq!(picked(&["--limit", "1"]), "acme/a");
    let caret = world.run(&["shift", "plan", &file, "--select", "repo.nam == 1"]).ends(2);
    assert_eq!(
        caret.stderr,
        "error: --select: selector, line 1, column 6: unknown field `repo.nam`: did you mean `repo.name`?\n\
         repo.nam == 1\n     ^\n  try: see `repo.` and its functions in docs/shift-file.md\n"
    );
    let own = world.shift("own", &format!("  targets: {{ repos: ['*/b'], file: some.txt }}\n{REPLACE}"));
    world.done(&["shift", "plan", &own]);
    assert_eq!(world.stages("own").len(), 3, "the file's list is added to its names");
    world.write("none.txt", "# nobody\n");
    let empty = world.run(&["shift", "plan", &file, "--repos", "none.txt"]).ends(2);
    assert_eq!(empty.stderr, "error: none.txt names no repository\n");
}

#[test]
fn a_forge_that_is_away_is_exit_code_5_and_nothing_is_lost() {
    let world = three();
    let file = world.shift("swap", &REPLACE.replace("auto: true", "auto: false"));
    world.done(&["shift", "apply", &file]);
    let stages = world.stages("swap");
    std::fs::rename(world.path("repos"), world.path("away")).unwrap();
    let plan = world.run(&["shift", "plan", &file]).ends(5);
    let root = world.path("repos").canonicalize().unwrap_or_else(|_| world.path("repos"));
    assert!(plan.stderr.starts_with(&format!("error: {} cannot be used: ", root.display())), "{plan:?}");
    world.run(&["repo", "sync"]).ends(5);
    let status = world.run(&["shift", "status", "swap"]).ends(5);
    assert!(status.stdout.contains("the forge has not answered yet"), "{}", status.stdout);
    world.run(&["doctor"]).ends(3);
    std::fs::rename(world.path("away"), world.path("repos")).unwrap();
    world.done(&["shift", "status", "swap"]);
    assert_eq!(world.stages("swap"), stages);
}

#[test]
fn try_shows_a_diff_and_writes_only_when_asked() {
    let world = World::bare();
    world.write("checkout/x.txt", "old\n");
    let file = world.shift("swap", REPLACE);
    let diff = "diff --git a/x.txt b/x.txt\n";
    let tried = world.done(&["shift", "try", &file, "checkout"]);
    assert!(tried.stdout.starts_with(diff) && tried.stdout.contains("\n-old\n+new\n"), "{tried:?}");
    assert_eq!(tried.stderr, "1 file would change; `--write` writes it\n");
    assert_eq!(std::fs::read_to_string(world.path("checkout/x.txt")).unwrap(), "old\n");
    world.done(&["shift", "try", &file, "checkout", "--write"]);
    assert_eq!(std::fs::read_to_string(world.path("checkout/x.txt")).unwrap(), "new\n");
    let again = world.done(&["shift", "try", &file, "checkout"]);
    assert_eq!(
        (again.stdout.as_str(), again.stderr.as_str()),
        ("", "unchanged: the steps left every byte as it was\n")
    );
    world.run(&["shift", "try", &file, "nowhere"]).ends(2);
}
