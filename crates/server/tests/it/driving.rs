//! Shifts move by hints, by the sweep, and not at all once the server ends.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fleetwright_core::next::Control;
use fleetwright_core::stage::Stage;
use fleetwright_engine::command::{Apply, Caller, Follow, SetControl};
use fleetwright_engine::fleet::Fleet;
use fleetwright_engine::load::Loaded;
use fleetwright_engine::progress::Quiet;
use fleetwright_local::person::Act;
use fleetwright_store::{About, TargetFilter, TargetRow, Write};

use crate::{fleet, start};

const HOUR: Duration = Duration::from_secs(3600);

fn ann() -> Caller {
    Caller { by: "ann".into(), progress: Arc::new(Quiet), interrupt: Default::default() }
}

/// A fleet of two repositories with a shift whose pull requests wait for an approval.
async fn waiting(folder: &Path) -> Arc<Fleet> {
    fleetwright_demo::generate(&folder.join("repos"), 2, 40).unwrap();
    let fleet = fleet(folder).await;
    let path = folder.join("tend.yaml");
    let text = "apiVersion: fleetwright/v1\nkind: Shift\nmetadata: { name: tend }\nspec:\n  \
        steps: [{ yaml: { files: [deploy/app.yaml], set: { spec.replicas: 41 } } }]\n  \
        merge: { auto: true, require: { checks: none, approvals: 1 } }\n";
    std::fs::write(&path, text).unwrap();
    let loaded = Loaded::read(&path).unwrap();
    Apply { loaded, amend: false, follow: Follow::Once }.apply(&fleet, &ann()).await.unwrap();
    assert!(targets(&fleet).await.iter().all(|target| matches!(target.stage, Stage::Open { .. })));
    fleet
}

async fn targets(fleet: &Fleet) -> Vec<TargetRow> {
    fleet.store.targets("tend", TargetFilter { limit: 10, ..TargetFilter::default() }).await.unwrap()
}

fn approve(fleet: &Fleet, target: &TargetRow) {
    let number = target.stage.pull().unwrap().number;
    fleet.local("local").unwrap().act(&target.name.repo, number, "bea", Act::Approve).unwrap();
}

/// Whether a target is merged within some seconds.
async fn merged(fleet: &Fleet, target: &TargetRow, within: Duration) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < within {
        let now = targets(fleet).await.into_iter().find(|now| now.id == target.id).unwrap();
        if matches!(now.stage, Stage::Merged { cleaned: true, .. }) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

/// Waits until no hint is left.
async fn no_hint_left(fleet: &Fleet) {
    for _ in 0..100 {
        if fleet.store.hints(0, 10).await.unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{:?}", fleet.store.hints(0, 10).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_moves_its_target_within_seconds_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(waiting(folder.path()).await, HOUR).await;
    // The first look is at everything, and finds nobody's approval.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let both = targets(&running.fleet).await;
    both.iter().for_each(|target| approve(&running.fleet, target));
    let number = both[0].stage.pull().unwrap().number;
    let body = format!("{{\"repo\":\"{}\",\"number\":{number}}}", both[0].name.repo);
    let sent = Instant::now();
    assert_eq!(running.deliver("one", &body).await, 202);
    assert!(merged(&running.fleet, &both[0], Duration::from_secs(5)).await, "{:?}", running.said());
    eprintln!("merged {:?} after the webhook", sent.elapsed());
    assert!(!merged(&running.fleet, &both[1], Duration::from_millis(500)).await);
    no_hint_left(&running.fleet).await;
    assert_eq!(running.said(), [""; 0]);
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_webhook_tells_the_sweep_finds() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(waiting(folder.path()).await, Duration::from_secs(1)).await;
    let both = targets(&running.fleet).await;
    both.iter().for_each(|target| approve(&running.fleet, target));
    for target in &both {
        assert!(merged(&running.fleet, target, Duration::from_secs(10)).await, "{:?}", running.said());
    }
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hints_outlive_the_server_and_a_paused_shift_stays_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = waiting(folder.path()).await;
    let both = targets(&fleet).await;
    both.iter().for_each(|target| approve(&fleet, target));
    let pause = |control| SetControl { shift: "tend".into(), control };
    pause(Control::Paused).apply(&fleet, &ann()).await.unwrap();
    let hints = vec![(both[0].name.repo.clone(), About::Repo)];
    let hear = Write::Hear { forge: "local".into(), delivery: Some("early".into()), hints };
    fleet.store.write(vec![hear], None).await.unwrap();
    let running = start(Arc::clone(&fleet), HOUR).await;
    no_hint_left(&fleet).await;
    assert!(!merged(&fleet, &both[0], Duration::from_secs(1)).await);
    // Resumed elsewhere, it is looked at whole.
    pause(Control::Running).apply(&fleet, &ann()).await.unwrap();
    for target in &both {
        assert!(merged(&fleet, target, Duration::from_secs(10)).await, "{:?}", running.said());
    }
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_within_ten_seconds_whatever_hangs() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(waiting(folder.path()).await, HOUR).await;
    // A client that began a request and says no more.
    let mut idle = tokio::net::TcpStream::connect(running.address).await.unwrap();
    let head = b"POST /webhooks/local HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc";
    tokio::io::AsyncWriteExt::write_all(&mut idle, head).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let fleet = Arc::clone(&running.fleet);
    let took = running.end().await;
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(fleet.store.holder("shift:tend").await.unwrap(), None, "every lease is given back");
}
