//! The same commands here and at a server: same output, same ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::story::{REPLACE, three};
use crate::world::{Output, World};

/// A server over a world's fleet, until it is dropped.
struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn over(world: &World) -> Served {
        let mut command = world.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Served { child, address }
    }

    /// Runs a command that asks this server, with a token.
    fn run(&self, world: &World, token: &str, args: &[&str]) -> Output {
        let args = [&["--server", self.address.as_str()], args].concat();
        let output = world.command(&args).env("FLEETWRIGHT_TOKEN", token).output().unwrap();
        Output {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_is_asked_with_the_same_words_and_prints_the_same() {
    let world = three();
    world.done(&["repo", "sync"]);
    let token = world.done(&["token", "create", "ann", "--role", "operator"]).stdout.trim().to_owned();
    assert!(token.starts_with("fw_"), "{token}");
    let served = Served::over(&world);
    let file = world.shift("swap", REPLACE);
    let planned = served.run(&world, &token, &["shift", "plan", &file]).ends(0).stdout;
    assert!(planned.contains("Plan of swap") && planned.contains("+new"), "{planned}");
    served.run(&world, &token, &["shift", "apply", &file, "--wait"]).ends(0);
    assert_eq!(world.stages("swap"), ["acme/a merged", "acme/b merged", "acme/c unchanged"]);
    for words in [
        "shift list",
        "shift status swap --offline",
        "shift targets swap",
        "shift why swap acme/a",
        "shift diff swap acme/a",
        "shift logs swap acme/a",
        "repo list",
        "catalog list",
        "catalog list --count kind",
        "catalog export",
        "catalog get nothing",
        "infra list",
        "query repo.name --from repo",
        "query nonsense(",
        "deps who left-pad",
        "deps skew",
        "shift status nothing",
        "shift targets swap --stage nowhere",
    ] {
        for json in [&[][..], &["--json"]] {
            let args: Vec<&str> = words.split(' ').chain(json.iter().copied()).collect();
            let (here, there) = (world.run(&args), served.run(&world, &token, &args));
            assert_eq!(
                (here.code, &here.stdout, &here.stderr),
                (there.code, &there.stdout, &there.stderr),
                "{words}"
            );
        }
    }
}

#[test]
fn who_may_not_is_told_so() {
    let world = three();
    let served = Served::over(&world);
    let none = served.run(&world, "", &["shift", "list"]).ends(4).stderr;
    assert!(none.contains("FLEETWRIGHT_TOKEN"), "{none}");
    let wrong = "fw_000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    served.run(&world, wrong, &["shift", "list"]).ends(4);
    let token = world.done(&["token", "create", "eye"]).stdout.trim().to_owned();
    served.run(&world, &token, &["shift", "list"]).ends(0);
    let file = world.shift("swap", REPLACE);
    world.done(&["shift", "plan", &file]);
    let status = served.run(&world, &token, &["shift", "status", "swap"]).ends(0).stdout;
    assert!(status.contains("(planned)"), "{status}");
    let refused = served.run(&world, &token, &["shift", "apply", &file]).ends(4).stderr;
    assert!(refused.contains("is viewer, and this needs author"), "{refused}");
    let id = world.json(&["token", "list"])[0]["id"].as_str().unwrap().to_owned();
    world.done(&["token", "revoke", &id]);
    served.run(&world, &token, &["shift", "list"]).ends(4);
    let nowhere = world.run(&["--server", "http://127.0.0.1:9", "shift", "list"]).ends(5).stderr;
    assert!(nowhere.contains("http://127.0.0.1:9/ does not answer"), "{nowhere}");
    let plain = world.command(&["--server", "http://fleet.invalid", "whoami"]);
    let mut plain = plain;
    let plain = plain.env("FLEETWRIGHT_TOKEN", &token).output().unwrap();
    let said = String::from_utf8(plain.stderr).unwrap();
    assert!(said.contains("a token is not sent without TLS"), "{said}");
}
