//! A process that is killed loses nothing that was acknowledged.
#![allow(clippy::print_stderr, reason = "the child says what was acknowledged before it is killed")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use fleetwright_core::event::Event;
use fleetwright_store::Write;

use super::{database, open};

const FOLDER: &str = "FLEETWRIGHT_STORE_TEST_FOLDER";

/// Not a test of its own: the process that is killed. It says each number once it is acknowledged.
#[tokio::test(flavor = "multi_thread")]
async fn victim() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = open(folder.as_ref()).await;
    for number in 0_u64.. {
        let event = Event {
            shift: "tidy".into(),
            target: None,
            actor: "victim".into(),
            what: "test".into(),
            detail: number.into(),
        };
        store.write(vec![Write::Event(event)], None).await.unwrap();
        eprintln!("acknowledged {number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_write_survives_a_kill() {
    for after in [1, 7, 40] {
        let folder = tempfile::tempdir().unwrap();
        // The database is there before the child asks for it.
        let _ = database(folder.path());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg(format!("{}::victim", module_path!().split_once("::").unwrap().1))
            .args(["--exact", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let acknowledged: Vec<String> =
            lines.filter(|line| line.starts_with("acknowledged")).take(after).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        let store = open(folder.path()).await;
        let kept = store.events("tidy", None, 100_000).await.unwrap();
        assert!(kept.len() >= acknowledged.len(), "{} of {} kept", kept.len(), acknowledged.len());
        let in_order = kept.iter().zip(0_u64..).all(|(logged, number)| logged.event.detail == number);
        assert!(in_order, "a write is missing in the middle");
    }
}
