//! Ordinary runs: what a program gets, and what the caller is told.

use std::fs;
use std::path::PathBuf;

use fleetwright_runner::{BadOutputs, Cancel, Network, Outcome, RunnerError, SANDBOX_UID, Sandbox};

use crate::fixture::{Fixture, SANDBOX, log};

#[test]
fn run_changes_the_tree() {
    let fixture = Fixture::shell("pwd; cat in.txt; echo new > sub/out.txt; rm in.txt; id -u");
    fs::create_dir(fixture.tree.path().join("sub")).unwrap();
    fs::write(fixture.tree.path().join("in.txt"), "old\n").unwrap();
    let ended = fixture.run();
    assert_eq!(ended.outcome, Outcome::Exited(0), "{}", log(&ended));
    assert_eq!(ended.stdout, b"/work/tree\nold\n1000\n");
    assert_eq!(fs::read(fixture.tree.path().join("sub/out.txt")).unwrap(), b"new\n");
    assert!(!fixture.tree.path().join("in.txt").exists());
    assert_ne!(SANDBOX_UID, 0);
}

#[test]
fn run_in_a_directory_of_the_tree() {
    let mut fixture = Fixture::new(&["./here.sh"]);
    fs::create_dir_all(fixture.tree.path().join("a/b")).unwrap();
    let script = fixture.tree.path().join("a/b/here.sh");
    fs::write(&script, "#!/bin/sh\npwd\n").unwrap();
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    fixture.order.cwd_in_tree = Some(PathBuf::from("a/b"));
    assert_eq!(fixture.run().stdout, b"/work/tree/a/b\n");
    let unsandboxed = fixture.run_in(&Sandbox::unsandboxed());
    assert!(String::from_utf8_lossy(&unsandboxed.stdout).ends_with("/a/b\n"));
    for outside in ["..", "/etc", "a/../.."] {
        fixture.order.cwd_in_tree = Some(PathBuf::from(outside));
        let error = SANDBOX.run(&fixture.order, &Cancel::new()).unwrap_err();
        assert!(matches!(error, RunnerError::BadOrder(_)), "{error}");
    }
}

#[test]
fn run_reports_codes_signals_and_streams() {
    for sandbox in [&SANDBOX, &Sandbox::unsandboxed()] {
        let ended = Fixture::shell("echo out; echo err >&2; exit 64").run_in(sandbox);
        assert_eq!(ended.outcome, Outcome::Exited(64));
        assert_eq!((ended.stdout, ended.stderr), (b"out\n".to_vec(), b"err\n".to_vec()));
        let ended = Fixture::shell("kill -SEGV $$").run_in(sandbox);
        assert_eq!(ended.outcome, Outcome::Signalled(11));
    }
}

#[test]
fn run_reads_nothing_from_us() {
    let ended = Fixture::shell("cat; echo end").run();
    assert_eq!(ended.stdout, b"end\n");
}

#[test]
fn run_returns_outputs() {
    for sandbox in [&SANDBOX, &Sandbox::unsandboxed()] {
        let ended = Fixture::shell("echo a=1 >> $FLEETWRIGHT_OUTPUT; echo b=2 >> $FLEETWRIGHT_OUTPUT");
        assert_eq!(ended.run_in(sandbox).outputs.unwrap(), b"a=1\nb=2\n");
        let many = Fixture::shell("head -c 1048577 /dev/zero > $FLEETWRIGHT_OUTPUT");
        assert_eq!(many.run_in(sandbox).outputs, Err(BadOutputs::TooLarge(1_048_577)));
    }
}

#[test]
fn run_that_cannot_start_is_an_error() {
    for sandbox in [&SANDBOX, &Sandbox::unsandboxed()] {
        let fixture = Fixture::new(&["/no/such/program"]);
        let error = sandbox.run(&fixture.order, &Cancel::new()).unwrap_err();
        assert!(matches!(error, RunnerError::NotStarted { .. }), "{error}");
        assert!(error.to_string().contains("/no/such/program"), "{error}");
    }
    let mut fixture = Fixture::new(&["true"]);
    fixture.order.tree = PathBuf::from("/no/such/tree");
    let error = SANDBOX.run(&fixture.order, &Cancel::new()).unwrap_err();
    assert!(matches!(error, RunnerError::Path { .. }), "{error}");
    let fixture = Fixture::new(&[]);
    let error = SANDBOX.run(&fixture.order, &Cancel::new()).unwrap_err();
    assert!(matches!(error, RunnerError::BadOrder(_)), "{error}");
}

#[test]
fn run_with_more_of_the_host() {
    let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    let dir = tempfile::Builder::new().permissions(everybody).tempdir_in("/var/tmp").unwrap();
    let tool = dir.path().join("tool");
    fs::write(&tool, "content").unwrap();
    let sandbox = SANDBOX.clone().with_readonly([dir.path().to_owned()]).unwrap();
    let script = format!("cat {0} && ! touch {0}/x 2>&1", tool.display());
    let ended = Fixture::shell(&script).run_in(&sandbox);
    assert!(log(&ended).contains("content"), "{}", log(&ended));
    for bad in ["/", "relative", "/proc/sys", "/home", "/work/tree", "/no/such/path", "/opt/.."] {
        assert!(SANDBOX.clone().with_readonly([PathBuf::from(bad)]).is_err(), "{bad}");
    }
}

#[test]
fn run_with_network_reaches_the_host() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let connect = format!("import socket; socket.create_connection(('127.0.0.1', {port}), 2)");
    let mut fixture = Fixture::python(&connect);
    assert!(!fixture.run().success());
    fixture.order.network = Network::Host;
    let ended = fixture.run();
    assert!(ended.success(), "{}", log(&ended));
}

#[test]
fn run_refuses_scripts_it_cannot_read() {
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    let scripts = tempfile::Builder::new().permissions(private).tempdir().unwrap();
    let mut fixture = Fixture::new(&["ls", "/work/shift"]);
    fixture.order.scripts = Some(scripts.path().to_owned());
    match SANDBOX.run(&fixture.order, &Cancel::new()) {
        Ok(ended) => assert!(ended.success() && !SANDBOX.describe().contains("instead of root")),
        Err(error) => assert!(error.to_string().contains("chmod"), "{error}"),
    }
}

#[test]
fn run_is_first_to_go_when_memory_is_short() {
    let ended = Fixture::shell("cat /proc/self/oom_score_adj; ulimit -c").run();
    assert_eq!(log(&ended), "1000\n0\n");
}

#[test]
fn run_many_at_once() {
    std::thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || {
                for _ in 0..10 {
                    let ended = Fixture::shell(&format!("echo {thread}")).run();
                    assert_eq!(ended.stdout, format!("{thread}\n").as_bytes());
                }
            });
        }
    });
}

#[test]
fn run_ordinary_tools() {
    let script = "set -e; git init -q . 2>/dev/null || true; perl -e 'print 1'; python3 -c 'import ssl, \
                  multiprocessing; multiprocessing.Lock(); ssl.create_default_context()'; \
                  find / -xdev > /dev/null; date; sort < /dev/null; mktemp";
    let ended = Fixture::shell(script).run();
    assert!(ended.success(), "{}", log(&ended));
}

#[test]
fn sandbox_says_what_it_is() {
    assert!(SANDBOX.identity().starts_with("bubblewrap "), "{}", SANDBOX.identity());
    assert!(SANDBOX.describe().contains("seccomp"));
    assert!(Sandbox::unsandboxed().describe().contains("no sandbox"));
}
