//! The process dies, or an answer is lost, at every effect: nothing is lost, nothing is double.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use fleetwright_rehearsal::model::check::{CheckKind, Conclusion};
use fleetwright_rehearsal::model::repo::{RepoSettings, Rules};
use fleetwright_testkit::faults::{Fault, Place as At};

use super::place::{APP, Left, Place, Tongue, full, shift};

/// How many lives are played at once: most of their time they wait for disks.
const AT_ONCE: usize = 4;

const APPLY: &[&str] = &["shift", "apply", "shift.yaml", "--wait"];

/// A forge as it is made, and a command there.
type Life = (fn() -> Place, &'static [&'static str]);

/// A forge made anew for each fault, one command there that is disturbed, and its undisturbed end.
struct Story {
    make: fn() -> Place,
    words: &'static [&'static str],
    points: BTreeMap<String, u64>,
    end: Left,
}

impl Story {
    fn new(make: fn() -> Place, words: &'static [&'static str]) -> Story {
        let mut story = Story { make, words, points: BTreeMap::new(), end: Left::default() };
        let place = story.begin();
        place.world.run(words);
        for point in place.world.points() {
            *story.points.entry(point).or_default() += 1;
        }
        story.end = finish(&place);
        story
    }

    fn begin(&self) -> Place {
        let place = (self.make)();
        let _ = std::fs::remove_file(place.world.path("points.log"));
        place
    }

    /// Disturbs it at every effect, in each place, at its first and its last time.
    fn disturb(&self, name: &str, points: &[&str]) {
        let begun = Instant::now();
        let mut faults = Vec::new();
        for (point, count) in self.points.iter().filter(|(point, _)| points.contains(&point.as_str())) {
            let mut times = vec![1, *count];
            times.dedup();
            faults.extend(
                times
                    .into_iter()
                    .flat_map(|time| At::ALL.map(|place| Fault { point: point.clone(), place, time })),
            );
        }
        let missing: Vec<_> = points.iter().filter(|point| !self.points.contains_key(**point)).collect();
        assert!(missing.is_empty(), "{name}: {missing:?} of {:?}", self.points);
        let (next, due, wrong) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(Vec::new()));
        let work = || {
            while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
                match self.survives(fault) {
                    Ok(is_due) => drop(due.fetch_add(usize::from(is_due), Ordering::Relaxed)),
                    Err(why) => wrong.lock().unwrap().push(format!("{fault}: {why}")),
                }
            }
        };
        std::thread::scope(|scope| (0..AT_ONCE).for_each(|_| drop(scope.spawn(work))));
        let (wrong, due) = (wrong.into_inner().unwrap(), due.into_inner());
        eprintln!("{name}: {due} of {} faults came due, {:.1?}", faults.len(), begun.elapsed());
        assert!(wrong.is_empty(), "{} of {} faults:\n{}", wrong.len(), faults.len(), wrong.join("\n\n"));
        assert!(due * 3 >= faults.len() * 2, "{name}: only {due} of {} faults came due", faults.len());
    }

    fn survives(&self, fault: &Fault) -> Result<bool, String> {
        let place = self.begin();
        let first = place.world.disturbed(self.words, fault);
        let is_due = place.world.points().iter().any(|line| line.starts_with('!'));
        if first.killed != (is_due && fault.place != At::Lost) {
            return Err(format!("it ended otherwise than planned\n{first}"));
        }
        // What was sent before the kill may still be under way, as at any forge.
        crate::world::until("the forge is at rest", || !place.forge.forge.is_busy());
        let again = place.world.run(self.words);
        let end = finish(&place);
        let doubled = place.forge.world().counts().doubled;
        match doubled == 0 && end == self.end {
            true => Ok(is_due),
            false => Err(format!("{doubled} doubled, {:#?} became {end:#?}\n{first}\n{again}", self.end)),
        }
    }
}

/// Looks until nothing moves any more.
fn finish(place: &Place) -> Left {
    for _ in 0..2 {
        place.pass(120);
        place.world.run(&["shift", "status", "bump"]);
    }
    place.end("bump")
}

/// Four ordinary repositories, and one that merges through a queue.
fn fresh() -> Place {
    let place = Place::with(Tongue::GitHub, &["app-1", "app-2", "app-3", "app-4"]);
    let rules = Some(Rules { queue: true, ..Rules::default() });
    place.make_with("queue", &[("app.yaml", APP)], RepoSettings { rules, ..RepoSettings::default() });
    place.world.ends(&["repo", "sync"], 0);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place
}

/// The same, where the forge makes the commits.
fn signed() -> Place {
    let place = fresh();
    let sign = "  pullRequest: { commit: { sign: forge } }\n  merge: { auto: true }\n";
    place.world.write("shift.yaml", &shift(sign));
    place
}

/// Open ones, and everything moved since.
fn moved() -> Place {
    let place = Place::with(Tongue::GitHub, &["app-1", "conflict", "kept", "meet", "needless"]);
    place.world.write("shift.yaml", &shift(""));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    place.write("kept", "fleetwright/bump", ("mine.txt", "by hand\n"));
    place.write("meet", "fleetwright/bump", ("app.yaml", "image: app:9\nreplicas: 2\n"));
    for repo in ["conflict", "kept", "meet"] {
        place.write(repo, "main", ("app.yaml", "image: app:0\nreplicas: 7\n"));
    }
    place.write("needless", "main", ("app.yaml", "image: app:2\nreplicas: 2\n"));
    place.pass(120);
    place
}

/// One whose check was red, green, and is red again.
fn flaky() -> Place {
    let place = Place::with(Tongue::GitHub, &["flips"]);
    place.world.write("shift.yaml", &shift(""));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    let (repo, head) = (place.forge.id(&full("flips")), place.pull("flips").head_oid);
    for (nth, conclusion) in
        [Conclusion::Failure, Conclusion::Success, Conclusion::Failure].into_iter().enumerate()
    {
        let report = ("build", CheckKind::Run);
        place.forge.world().lock().report(repo, head, report, Some(conclusion)).unwrap();
        place.pass(1);
        // The last one is for the command that is disturbed.
        if nth < 2 {
            place.world.ends(&["shift", "status", "bump"], 0);
        }
    }
    place
}

/// One that is gone when its place in the budget is taken already.
fn gone() -> Place {
    let place = Place::with(Tongue::GitHub, &["app-1", "gone"]);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place.world.ends(&["shift", "plan", "shift.yaml"], 0);
    let gone = place.forge.id(&full("gone"));
    place.forge.world().lock().remove_repo(gone).unwrap();
    place
}

/// Two with open pull requests, one of which is called otherwise since.
fn renamed() -> Place {
    let place = Place::with(Tongue::GitHub, &["app-1", "app-2"]);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    let id = place.forge.id(&full("app-2"));
    place.forge.world().lock().rename_repo(id, "app-two").unwrap();
    place
}

/// Two of which nothing is known yet, one with an entity.
fn unread() -> Place {
    let entity = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: app }\nspec: { type: \
        service, lifecycle: production, owner: pay }\n";
    let place = Place::with(Tongue::GitHub, &["app-1"]);
    place.make("app-2", &[("app.yaml", APP), ("catalog-info.yaml", entity)]);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place
}

const SYNC: &[&str] = &["repo", "sync"];
const STATUS: &[&str] = &["shift", "status", "bump"];

/// Everything that is reached in these lives.
pub(crate) fn points() -> BTreeSet<String> {
    let lives: [Life; 5] =
        [(fresh, APPLY), (signed, APPLY), (gone, APPLY), (flaky, STATUS), (renamed, STATUS)];
    let reached = lives.into_iter().flat_map(|(make, words)| {
        let place = make();
        place.world.run(words);
        place.world.points()
    });
    reached.collect()
}

#[test]
fn opening_and_merging_survives_every_fault() {
    let story = Story::new(fresh, APPLY);
    assert!(story.end.targets.values().all(|stands| stands == "merged"), "{:#?}", story.end);
    assert!(story.end.branches.is_empty(), "{:#?}", story.end);
    let effects = ["push", "open-pull", "merge", "enqueue", "delete-branch"];
    let points = effects.map(|effect| format!("effect/{effect}"));
    let mut points: Vec<&str> = points.iter().map(String::as_str).collect();
    points.extend(["commit/admit", "commit/check-runs"]);
    story.disturb("fresh", &points);
}

#[test]
fn a_rename_survives_every_fault() {
    let story = Story::new(renamed, STATUS);
    assert_eq!(story.end.targets.len(), 2, "{:#?}", story.end);
    story.disturb("renamed", &["commit/renamed"]);
}

#[test]
fn what_is_read_survives_every_fault() {
    let known = |place: &Place| place.world.ends(&["catalog", "list"], 0).out;
    let whole = unread();
    whole.world.ends(SYNC, 0);
    let points = whole.world.points();
    for point in ["commit/repos", "commit/reading", "commit/catalog"] {
        assert!(points.iter().any(|reached| reached == point), "{point} of {points:?}");
        for place in At::ALL {
            let disturbed = unread();
            disturbed.world.disturbed(SYNC, &Fault { point: point.to_owned(), place, time: 1 });
            disturbed.world.ends(SYNC, 0);
            assert_eq!(known(&disturbed), known(&whole), "{point} {place:?}");
        }
    }
}

#[test]
fn commits_by_the_forge_survive_every_fault() {
    let story = Story::new(signed, APPLY);
    assert!(story.end.targets.values().all(|stands| stands == "merged"), "{:#?}", story.end);
    story.disturb("signed", &["effect/commit", "effect/open-pull"]);
}

#[test]
fn renewing_survives_every_fault() {
    let story = Story::new(moved, APPLY);
    let effects = ["effect/push", "effect/update-pull", "effect/comment", "effect/close-pull"];
    story.disturb("moved", &effects);
}

#[test]
fn a_place_in_the_budget_that_is_given_back_survives_every_fault() {
    let story = Story::new(gone, APPLY);
    assert_eq!(story.end.targets["acme/app-1"], "merged");
    assert!(story.end.targets["acme/gone"].starts_with("failed access: "), "{:#?}", story.end);
    story.disturb("gone", &["commit/setback"]);
}

#[test]
fn running_a_check_again_survives_every_fault() {
    let story = Story::new(flaky, &["shift", "status", "bump"]);
    let person = "open a person merges this one (merge.auto is off)";
    assert_eq!(story.end.targets["acme/flips"], person);
    story.disturb("flaky", &["effect/rerun"]);
}

#[test]
fn closing_survives_every_fault() {
    let open = || {
        let place = Place::with(Tongue::GitHub, &["app-1", "app-2", "app-3"]);
        place.world.write("shift.yaml", &shift(""));
        place.world.ends(&["shift", "apply", "shift.yaml"], 0);
        place
    };
    let story = Story::new(open, &["shift", "close", "bump"]);
    assert!(story.end.branches.is_empty(), "{:#?}", story.end);
    story.disturb("close", &["effect/close-pull", "effect/delete-branch"]);
}
