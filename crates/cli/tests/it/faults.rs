//! One bad repository, script, disk or database never stalls or harms the rest.

use std::fs;
use std::process::Command;

use crate::story::{REPLACE, three};
use crate::world::{CONFIG, GREEN, World};

/// Runs a script on a fleet where only `acme/bad` makes it misbehave, and gives that target's stage.
fn misbehaves(script: &str, step: &str, limits: &str) -> String {
    let world = three();
    world.repo("acme/bad", &[("x.txt", "old\n"), ("bad", "yes\n"), ("test.sh", GREEN)]);
    world.write("fleetwright.yaml", format!("{CONFIG}runner: {{ limits: {{ {limits} }} }}\n"));
    world.script("swap.sh", &format!("#!/bin/sh\nsed -i s/old/new/ *.txt\n[ -f bad ] || exit 0\n{script}\n"));
    let spec = format!(
        "  steps: [{{ name: swap, run: {{ command: [./swap.sh]{step} }} }}]\n  merge: {{ auto: true }}\n"
    );
    let file = world.shift("swap", &spec);
    world.run(&["shift", "apply", &file, "--wait"]).ends(3);
    let mut stages = world.stages("swap");
    let bad = stages.remove(2);
    assert_eq!(stages, ["acme/a merged", "acme/b merged", "acme/c unchanged"]);
    assert_eq!(world.text("acme/bad", "main", "x.txt"), "old\n");
    assert!(!world.path("repos/acme/bad.forge/pulls/1.json").exists());
    bad
}

#[test]
fn a_script_that_hangs_is_a_fault_of_its_repository() {
    let stage = misbehaves("trap '' TERM; sleep 1000", ", timeout: 1s", "");
    assert_eq!(stage, "acme/bad failed: timeout: swap: it took more than 1 s of time");
}

#[test]
fn a_script_that_leaves_a_child_behind_is_not_waited_for() {
    let stage = misbehaves("sleep 1000 & exit 7", ", timeout: 20s", "");
    assert_eq!(stage, "acme/bad failed: script: swap: exit code 7");
}

#[test]
fn a_script_that_floods_is_a_fault_of_its_repository() {
    let stage = misbehaves("yes", "", "output: 1MiB");
    assert_eq!(stage, "acme/bad failed: timeout: swap: it took more output than allowed");
}

#[test]
fn a_script_that_forks_without_end_is_a_fault_of_its_repository() {
    let forks = "for n in 1 2 3 4 5 6 7 8 9; do (for m in 1 2 3 4 5 6 7 8 9; do sleep 1000 & done; wait) & done; wait";
    let stage = misbehaves(forks, ", timeout: 20s", "processes: 32");
    assert_eq!(stage, "acme/bad failed: timeout: swap: it took more processes than allowed");
}

#[test]
fn a_script_that_writes_10_gb_is_a_fault_of_its_repository() {
    let stage = misbehaves("head -c 10G /dev/zero > big; sleep 1000", ", timeout: 20s", "disk: 4MiB");
    assert_eq!(stage, "acme/bad failed: timeout: swap: it took more disk than allowed");
}

#[test]
fn a_script_that_eats_memory_is_a_fault_of_its_repository() {
    let stage =
        misbehaves("x=$(head -c 1G /dev/zero | tr '\\0' x); sleep 1000", ", timeout: 20s", "memory: 64MiB");
    assert_eq!(stage, "acme/bad failed: timeout: swap: it took more memory than allowed");
}

#[test]
fn an_unreadable_repository_is_left_out_and_the_others_go_on() {
    let world = three();
    world.repo("acme/bad", &[("x.txt", "old\n")]);
    world.write("repos/acme/bad.git/HEAD", "this was a reference once\n");
    world.write("repos/acme/worse.git", "not even a folder");
    world.write("repos/acme/c.forge/repo.json", "{ \"archived\": 3 }");
    let file = world.shift("swap", REPLACE);
    world.done(&["shift", "apply", &file, "--wait"]);
    assert_eq!(world.stages("swap"), ["acme/a merged", "acme/b merged"]);
    for repo in ["acme/bad", "acme/c"] {
        let why = world.done(&["shift", "why", "swap", repo]).stdout;
        assert!(why.starts_with(&format!("{repo}: left out: it cannot be read: ")), "{why}");
    }
}

#[test]
fn a_repository_whose_objects_are_gone_is_a_fault_of_its_own() {
    let world = three();
    world.repo("acme/bad", &[("x.txt", "old\n")]);
    fs::remove_dir_all(world.bare_repo("acme/bad").join("objects")).unwrap();
    fs::create_dir_all(world.bare_repo("acme/bad").join("objects/pack")).unwrap();
    let file = world.shift("swap", REPLACE);
    world.done(&["shift", "apply", &file, "--wait"]);
    assert_eq!(world.stages("swap"), ["acme/a merged", "acme/b merged", "acme/c unchanged"]);
    let why = world.done(&["shift", "why", "swap", "acme/bad"]).stdout;
    assert!(why.starts_with("acme/bad: left out: it cannot be read: "), "{why}");
}

#[test]
fn a_missing_repository_is_named_with_the_nearest_one() {
    let world = three();
    let file = world.shift("swap", &format!("  targets: {{ repos: [acme/b, acme/aa] }}\n{REPLACE}"));
    let output = world.run(&["shift", "plan", &file]).ends(2);
    assert_eq!(
        output.stderr,
        "error: swap.yaml:5:30: spec.targets.repos[1]: no repository is called `acme/aa`\n  try: did you mean \
         `acme/a`?\n"
    );
    assert!(world.json(&["shift", "list"]).as_array().unwrap().is_empty(), "nothing of it is stored");
}

#[test]
fn another_file_with_the_name_of_a_known_shift_is_refused() {
    let world = three();
    let file = world.shift("swap", REPLACE);
    world.done(&["shift", "apply", &file, "--wait"]);
    let text = fs::read_to_string(world.path(&file)).unwrap();
    world.write("other.yaml", text.replace("with: new", "with: newest"));
    let refused = world.run(&["shift", "plan", "other.yaml"]).ends(2);
    let known = world.path("swap.yaml");
    let known = known.canonicalize().unwrap();
    assert_eq!(
        refused.stderr,
        format!(
            "error: other.yaml:3:13: metadata.name: another shift is called `swap`, with other content: {}\n  \
             try: give this one another name, or `--amend` to put it in the other's place\n",
            known.display()
        )
    );
    // The same file, changed after its pull requests were opened, needs the person's word too.
    world.shift("swap", &REPLACE.replace("with: new", "with: newest"));
    let refused = world.run(&["shift", "plan", &file]).ends(2);
    assert!(
        refused
            .stderr
            .ends_with("  try: 2 pull requests came from it; `--amend` changes the open ones, too\n")
    );
    world.done(&["shift", "plan", &file, "--amend"]);
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    let world = three();
    let file = world.shift("swap", REPLACE);
    world.done(&["shift", "plan", &file]);
    let database = world.path(".fleetwright/fleet.db");
    let insert = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                  VALUES (999, 'from the future', 1, x'00', 0)";
    let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()";
    let python = Command::new("python3").args(["-c", script]).arg(&database).arg(insert).status().unwrap();
    assert!(python.success());
    let before = fs::read(&database).unwrap();
    for args in [&["shift", "list"][..], &["shift", "apply", &file]] {
        let refused = world.run(args).ends(4);
        assert_eq!(
            refused.stderr,
            format!(
                "error: .fleetwright/fleet.db has schema 999, and this program knows up to {}\n  try: a newer \
                 fleetwright, or another database file\n",
                fleetwright_store::SCHEMA_VERSION
            )
        );
    }
    assert_eq!(fs::read(&database).unwrap(), before, "not a byte of it is changed");
}

#[test]
fn a_database_that_is_none_is_refused() {
    let world = three();
    world.write(
        ".fleetwright/fleet.db",
        "a text, and no database at all, whatever its name says\n".repeat(100),
    );
    let refused = world.run(&["shift", "list"]).ends(1);
    assert!(refused.stderr.contains("file is not a database"), "{}", refused.stderr);
    assert!(refused.stderr.contains("\n  try: "), "{}", refused.stderr);
}

#[test]
fn a_change_that_would_carry_a_secret_out_is_never_stored() {
    let world = three();
    let secret = ["ghp", "0123456789abcdefghijABCDEFGHIJ012345"].join("_");
    let file = world.shift(
        "swap",
        &REPLACE.replace("with: new", "with: '{{ repo.name }}'").replace(
            "steps: [",
            &format!("steps: [{{ if: 'repo.name == \"acme/a\"', file: {{ path: t, content: {secret} }} }}, "),
        ),
    );
    world.run(&["shift", "apply", &file, "--wait"]).ends(3);
    let stages = world.stages("swap");
    assert_eq!(
        stages,
        [
            "acme/a failed: policy: the change adds what looks like a secret (ghp_...) to t",
            "acme/b merged",
            "acme/c unchanged"
        ]
    );
    assert_eq!(world.git("acme/a", &["for-each-ref", "--format=%(refname)"]), "refs/heads/main");
    assert_eq!(world.done(&["shift", "diff", "swap", "acme/a"]).stdout, "");
}

#[test]
fn without_a_sandbox_scripts_are_refused_unless_a_person_says_otherwise() {
    let world = three();
    world.script("fix.sh", "#!/bin/sh\nsed -i s/old/new/ *.txt\n[ -d \"$SHEPHERD_REPO_DIR\" ]\n");
    let plain = world.shift("plain", REPLACE);
    let script = format!(
        "set +e; umount -q /usr/bin/bwrap; mount --bind /dev/null $(command -v bwrap)
         \"$FW\" doctor; echo doctor $?
         \"$FW\" shift plan {plain} --quiet; echo declarative $?
         \"$FW\" run ./fix.sh --dry-run; echo script $?
         \"$FW\" run ./fix.sh --dry-run --unsandboxed --quiet; echo unsandboxed $?"
    );
    let Some(output) = unshared(&world, &script) else { return };
    let (said, why) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let ends = |word: &str| said.lines().find(|line| line.starts_with(word)).unwrap_or_default().to_owned();
    assert_eq!(ends("doctor "), "doctor 3", "{said}{why}");
    assert!(
        said.contains("bad   sandbox        bubblewrap is not installed") && said.contains("apt install")
    );
    assert_eq!((ends("declarative").as_str(), ends("script").as_str()), ("declarative 0", "script 4"));
    assert!(why.contains("\n  or: `--unsandboxed` runs commands with your own rights\n"), "{why}");
    assert_eq!(ends("unsandboxed"), "unsandboxed 0", "{said}{why}");
    let made = world.json(&["shift", "targets", "fix", "--stage", "made"]);
    assert_eq!(made.as_array().unwrap().len(), 2, "{made}");
}

/// Runs a shell with mounts of its own, without any right on this machine; `None` where that is not
/// to be had, which is no excuse where every change is tested.
fn unshared(world: &World, script: &str) -> Option<std::process::Output> {
    let run = |script: &str| {
        let mut unshare = Command::new("unshare");
        unshare.args(["-Urm", "--propagation", "private", "sh", "-ec", script]);
        unshare.env("FW", env!("CARGO_BIN_EXE_fleetwright")).env("FLEETWRIGHT_USER", "ann");
        unshare.current_dir(world.path("")).output().unwrap()
    };
    let can_mount = run("mount -t tmpfs none repos").status.success();
    assert!(can_mount || std::env::var_os("CI").is_none(), "in CI these tests must run");
    can_mount.then(|| run(script))
}

#[test]
fn a_full_disk_ends_in_a_clear_word_and_nothing_is_lost() {
    let world = three();
    world.write("fleetwright.yaml", format!("{CONFIG}database: sqlite:full/fleet.db\ncache: full/cache\n"));
    for number in 0..40 {
        let name = format!("many/r{number:02}");
        world.repo(&name, &[("x.txt", "old\n"), ("test.sh", GREEN)]);
    }
    // No sandbox is to be had inside of such a mount, so no checks.
    let file = world.shift("swap", &REPLACE.replace("auto: true", "auto: true, require: { checks: none }"));
    let script = format!(
        "mkdir full; mount -t tmpfs -o size=20m none full; set +e
         \"$FW\" repo list > said; echo listed $?
         for kilobytes in 0 100 400; do
           free=$(df -k --output=avail full | tail -n 1)
           head -c $(((free - kilobytes) * 1024)) /dev/zero > full/ballast
           \"$FW\" shift apply {file} --wait --quiet > said; echo full $?
           rm full/ballast
         done
         \"$FW\" shift apply {file} --wait --quiet > said 2>&1; echo again $?
         \"$FW\" shift targets swap --json --quiet > targets.json"
    );
    let Some(output) = unshared(&world, &script) else { return };
    let (said, why) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let ends: Vec<&str> = said.lines().collect();
    assert_eq!(ends, ["listed 0", "full 1", "full 1", "full 1", "again 0"], "{why}");
    let full = "error: the disk of the database is full: nothing was written (error returned from database: (code: 13) \
                database or disk is full)\n  try: free disk space;";
    assert!(why.contains(full), "{why}");
    let targets = fs::read_to_string(world.path("targets.json")).unwrap();
    let targets: serde_json::Value = serde_json::from_str(&targets).unwrap();
    let merged = targets.as_array().unwrap().iter().filter(|target| target["stage"] == "merged");
    assert_eq!(merged.count(), 42);
}
