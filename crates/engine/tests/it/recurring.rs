//! Shifts that begin anew by themselves: what is new is taken in, what dropped out is let go as the file says.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use fleetwright_core::stage::Stage;
use fleetwright_engine::command::{Continue, SetControl};
use fleetwright_engine::config::Config;
use fleetwright_engine::fleet::{Fleet, Isolation, Seams};
use fleetwright_engine::recur::next_round;
use fleetwright_forge::{Clock, SystemClock};
use fleetwright_store::{TargetFilter, TargetRow};

use crate::{CONFIG, apply, caller, fleet};

/// The machine's clock, so many minutes ahead.
struct Ahead(i64);

#[async_trait]
impl Clock for Ahead {
    fn now(&self) -> i64 {
        SystemClock.now() + self.0 * 60_000
    }

    async fn sleep_until(&self, until: i64) {
        SystemClock.sleep_until(until - self.0 * 60_000).await;
    }
}

/// The same fleet at another time.
async fn later(folder: &Path, minutes: i64) -> Arc<Fleet> {
    let path = folder.join("fleetwright.yaml");
    std::fs::write(&path, CONFIG).unwrap();
    let seams = Seams { clock: Arc::new(Ahead(minutes)), ..Seams::default() };
    Arc::new(Fleet::open(Config::read(&path).unwrap(), Isolation::Sandboxed, seams).await.unwrap())
}

/// A shift whose pull requests wait for an approval, and that begins anew at every full hour.
fn spec(unselected: &str) -> String {
    format!(
        "  targets: {{ select: 'repo.defaultBranch == \"main\" && !repo.archived && repo.name != \"acme/none\"' }}\n  \
        steps: [{{ yaml: {{ files: [deploy/app.yaml], set: {{ spec.replicas: 41 }} }} }}]\n  \
        merge: {{ auto: true, require: {{ checks: none, approvals: 1 }} }}\n  \
        schedule: {{ cron: '0 * * * *', zone: Asia/Kolkata, unselected: {unselected} }}\n"
    )
}

async fn targets(fleet: &Fleet) -> Vec<TargetRow> {
    fleet.store.targets("tend", TargetFilter { limit: 100, ..TargetFilter::default() }).await.unwrap()
}

async fn go_on(fleet: &Arc<Fleet>) {
    Continue { shift: "tend".into() }.apply(fleet, &caller()).await.unwrap();
}

async fn rounds(fleet: &Fleet) -> usize {
    let events = fleet.store.events("tend", None, 1_000).await.unwrap();
    events.iter().filter(|logged| logged.event.what == "shift.selected").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_begins_when_it_is_time_and_takes_in_what_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let now = fleet(folder.path(), 3, "").await;
    let new = now.store.repos().await.unwrap();
    assert!(new.is_empty(), "nothing was looked at yet");
    apply(&now, folder.path(), "tend", &spec("keep")).await;
    assert_eq!(targets(&now).await.len(), 3);
    fleetwright_demo::generate(&folder.path().join("more"), 5, 40).unwrap();
    let (from, to) = (folder.path().join("more"), folder.path().join("repos"));
    for owner in std::fs::read_dir(&from).unwrap().flatten() {
        for repo in std::fs::read_dir(owner.path()).unwrap().flatten() {
            let place = to.join(owner.file_name()).join(repo.file_name());
            if !place.exists() {
                std::fs::create_dir_all(place.parent().unwrap()).unwrap();
                std::fs::rename(repo.path(), place).unwrap();
            }
        }
    }
    go_on(&now).await;
    assert_eq!((targets(&now).await.len(), rounds(&now).await), (3, 1), "it is not time");
    // Three hours later one round makes up for all that passed.
    let then = later(folder.path(), 180).await;
    go_on(&then).await;
    go_on(&then).await;
    assert_eq!((targets(&then).await.len(), rounds(&then).await), (5, 2));
    let row = then.store.shift("tend").await.unwrap().unwrap();
    let next = next_round(&then, &row).await.unwrap().unwrap();
    let left = next - then.now();
    assert!((0..=3_600_000).contains(&left), "{left}");
    // Kolkata is half an hour off: its full hours are half hours elsewhere.
    assert_eq!(next % 3_600_000, 1_800_000);
    let pause = SetControl { shift: "tend".into(), control: fleetwright_core::next::Control::Paused };
    pause.apply(&then, &caller()).await.unwrap();
    let row = then.store.shift("tend").await.unwrap().unwrap();
    assert_eq!(next_round(&then, &row).await.unwrap(), None, "a paused shift begins nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_dropped_out_is_closed_or_kept_as_the_file_says() {
    for (word, closed) in [("keep", false), ("close", true)] {
        let folder = tempfile::tempdir().unwrap();
        let now = fleet(folder.path(), 3, "").await;
        let text = spec(word).replace("acme/none", "acme/nobody");
        apply(&now, folder.path(), "tend", &text).await;
        let out = targets(&now).await[0].clone();
        assert!(matches!(out.stage, Stage::Open { .. }));
        // The shift is asked anew with another answer: its stored text is what selects.
        let mut row = now.store.shift("tend").await.unwrap().unwrap();
        let select = row.shift.spec.targets.select.as_mut().unwrap();
        *select = select.replace("acme/nobody", &out.name.repo);
        now.store.write(vec![fleetwright_store::Write::Shift(Box::new(row))], None).await.unwrap();
        let then = later(folder.path(), 61).await;
        go_on(&then).await;
        let stage = targets(&then).await.into_iter().find(|target| target.id == out.id).unwrap().stage;
        assert_eq!(matches!(stage, Stage::Dropped { .. }), closed, "{word}: {stage:?}");
        assert_eq!(matches!(stage, Stage::Open { .. }), !closed, "{word}: {stage:?}");
        let pull = then.local("local").unwrap().pulls(&out.name.repo).unwrap().remove(0);
        let state = serde_json::to_value(&pull.state).unwrap();
        assert_eq!(state["state"], if closed { "closed" } else { "open" }, "{word}");
    }
}
