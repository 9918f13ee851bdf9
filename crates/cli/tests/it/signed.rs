//! Commits that an SSH key of this machine vouches for.

use std::process::Command;

use crate::story::{REPLACE, three};
use crate::world::World;

fn run(world: &World, program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).current_dir(world.path("")).output().unwrap();
    assert!(output.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn commits_are_signed_and_a_second_run_finds_its_own() {
    let world = three();
    run(&world, "ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", "key"]);
    let config = std::fs::read_to_string(world.path("fleetwright.yaml")).unwrap();
    world.write("fleetwright.yaml", format!("{config}signing: {{ ssh: key }}\n"));
    let spec = REPLACE.replace("auto: true", "auto: false");
    let spec =
        format!("{spec}  pullRequest: {{ commit: {{ sign: ssh, author: 'Bot <bot@example.com>' }} }}\n");
    let file = world.shift("swap", &spec);
    world.done(&["shift", "apply", &file, "--wait"]);
    let public = std::fs::read_to_string(world.path("key.pub")).unwrap();
    world.write("allowed", format!("bot@example.com {public}"));
    let allowed = world.path("allowed");
    let allowed = format!("gpg.ssh.allowedSignersFile={}", allowed.display());
    world.git("acme/a", &["-c", &allowed, "verify-commit", "fleetwright/swap"]);
    // With the database gone, the same bytes are known again.
    let head = world.git("acme/a", &["rev-parse", "fleetwright/swap"]);
    for name in ["fleet.db", "fleet.db-wal", "fleet.db-shm"] {
        let _ = std::fs::remove_file(world.path(".fleetwright").join(name));
    }
    world.done(&["shift", "apply", &file, "--wait"]);
    assert_eq!(world.git("acme/a", &["rev-parse", "fleetwright/swap"]), head);
    assert!(!world.path("repos/acme/a.forge/pulls/2.json").exists());
}

#[test]
fn without_a_key_nothing_begins() {
    let world = three();
    let spec = format!("{REPLACE}  pullRequest: {{ commit: {{ sign: gpg }} }}\n");
    let file = world.shift("swap", &spec);
    let refused = world.run(&["shift", "apply", &file]).ends(2);
    assert!(
        refused.stderr.contains("commit.sign is `gpg`, and the configuration names no key"),
        "{}",
        refused.stderr
    );
}
