//! `fleetwright serve` as a process of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::story::{REPLACE, three};
use crate::world::World;

/// The answer to a request without a body.
fn ask(address: &str, line: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{line} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_drives_what_runs_answers_and_ends_when_it_is_told() {
    let world = three();
    let file = world.shift("swap", REPLACE);
    world.done(&["shift", "apply", &file]);
    let mut child = world
        .command(&["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
    assert!(ask(&address, "GET /healthz").starts_with("HTTP/1.1 200 "));
    assert!(ask(&address, "POST /webhooks/local").starts_with("HTTP/1.1 404 "));
    let merged = || ["acme/a", "acme/b"].iter().all(|repo| world.pull(repo, 1)["state"] == "merged");
    let begun = Instant::now();
    while !merged() && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(100));
    }
    let told = Instant::now();
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert!(told.elapsed() < Duration::from_secs(10), "{:?}", told.elapsed());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    assert!(
        stderr.contains("webhook of local refused with 404: no such forge, or no webhook.secret\n"),
        "{stderr}"
    );
    assert!(merged(), "{stderr}");
}

#[test]
fn what_it_cannot_do_is_said() {
    let world = World::new();
    let config = "server: { listen: here }\nforges:\n  - { name: local, type: local, root: ./repos }\n";
    world.write("fleetwright.yaml", config);
    let said = world.run(&["serve"]).ends(2).stderr;
    assert!(
        said.contains("fleetwright.yaml:1:11: server.listen: `here` is not an address\n  try: "),
        "{said}"
    );
}
