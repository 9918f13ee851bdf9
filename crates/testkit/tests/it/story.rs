//! One command, disturbed once at a chosen point, and everything that must hold when it is run again.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fleetwright_testkit::faults::{Fault, Place};

use crate::world::{End, Ended, World};

/// A command in a world, and its undisturbed end.
pub(crate) struct Story {
    before: World,
    shift: &'static str,
    words: Vec<&'static str>,
    /// What a user runs after the fault; the same command when nothing else is said.
    pub(crate) again: Vec<&'static str>,
    code: Option<i32>,
    /// How often each point is reached when nothing disturbs.
    pub(crate) points: BTreeMap<String, u64>,
    pub(crate) end: End,
}

impl Story {
    /// Plays it without a fault.
    pub(crate) fn new(before: World, shift: &'static str, words: &[&'static str]) -> Story {
        let _ = std::fs::remove_file(before.path("points.log"));
        let calm = before.copy();
        let code = calm.run(words).code;
        let mut points = BTreeMap::new();
        for point in calm.points() {
            *points.entry(point).or_default() += 1;
        }
        calm.run(&["shift", "status", shift]);
        let end = calm.end(shift);
        assert_eq!(calm.broken(), Vec::<String>::new());
        Story { before, shift, words: words.to_vec(), again: words.to_vec(), code, points, end }
    }

    /// These points, each in every place, at its first, a middle and its last time.
    pub(crate) fn faults(&self, points: impl Fn(&str) -> bool) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (point, count) in self.points.iter().filter(|(point, _)| points(point)) {
            let mut times = vec![1, count.div_ceil(2), *count];
            times.dedup();
            for time in times {
                faults.extend(Place::ALL.map(|place| Fault { point: point.clone(), place, time }));
            }
        }
        faults
    }

    /// Disturbs it by each fault. Says how many came due.
    pub(crate) fn disturb_all(&self, faults: &[Fault]) -> usize {
        self.each(faults, |fault, world| {
            let first = world.disturbed(&self.words, fault);
            let is_due = world.points().iter().any(|line| line.starts_with('!'));
            match first.killed == (is_due && fault.place != Place::Lost) {
                true => Ok(is_due),
                false => Err(format!("it ended otherwise than planned\n{first}")),
            }
        })
    }

    /// Disturbs it by each fault, and the run after that by the same one. Says how many came due twice.
    pub(crate) fn disturb_twice(&self, faults: &[Fault]) -> usize {
        self.each(faults, |fault, world| {
            world.disturbed(&self.words, fault);
            world.disturbed(&self.words, fault);
            Ok(world.points().iter().filter(|line| line.starts_with('!')).count() == 2)
        })
    }

    /// Kills it after each of these times. Says how often it was still at work by then.
    pub(crate) fn kill_at(&self, moments: &[Duration]) -> usize {
        self.each(moments, |moment, world| {
            let mut child = world.command(&self.words).spawn().unwrap();
            std::thread::sleep(*moment);
            child.kill().unwrap();
            Ok(Ended::from(child.wait_with_output().unwrap()).killed)
        })
    }

    /// Disturbs worlds, as many at a time as there are cores, lets each finish, and compares.
    fn each<F: std::fmt::Debug + Sync>(
        &self,
        faults: &[F],
        disturb: impl Fn(&F, &World) -> Result<bool, String> + Sync,
    ) -> usize {
        let (next, due, wrong) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(Vec::new()));
        let work = || {
            while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
                let world = self.before.copy();
                match disturb(fault, &world).and_then(|is_due| self.finish(&world).map(|()| is_due)) {
                    Ok(is_due) => drop(due.fetch_add(usize::from(is_due), Ordering::Relaxed)),
                    Err(why) => wrong.lock().unwrap().push(format!("{fault:?}: {why}")),
                }
            }
        };
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        std::thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(work))));
        let wrong = wrong.into_inner().unwrap();
        assert!(wrong.is_empty(), "{} of {} faults:\n{}", wrong.len(), faults.len(), wrong.join("\n\n"));
        due.into_inner()
    }

    /// Runs it again without a fault, as a user would, and compares with the undisturbed end.
    fn finish(&self, world: &World) -> Result<(), String> {
        let again = world.run(&self.again);
        if again.code != self.code {
            return Err(format!("run again, it ended otherwise\n{again}"));
        }
        world.run(&["shift", "status", self.shift]);
        let (end, broken) = (world.end(self.shift), world.broken());
        if end != self.end || !broken.is_empty() {
            let differences = differences(&self.end, &end);
            return Err(format!("another end: {differences:#?}\nbroken: {broken:?}\n{again}"));
        }
        Ok(())
    }
}

/// What is in one end and not in the other.
fn differences(calm: &End, end: &End) -> Vec<String> {
    let mut told = Vec::new();
    let mut compare = |what: &str, calm: String, end: String| {
        if calm != end {
            told.push(format!("{what}: {calm} became {end}"));
        }
    };
    let names =
        calm.trees.keys().chain(end.trees.keys()).chain(calm.targets.keys()).chain(end.targets.keys());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names.dedup();
    for name in names {
        compare(name, format!("{:?}", calm.trees.get(name)), format!("{:?}", end.trees.get(name)));
        compare(name, format!("{:?}", calm.pulls.get(name)), format!("{:?}", end.pulls.get(name)));
        compare(name, format!("{:?}", calm.branches.get(name)), format!("{:?}", end.branches.get(name)));
        compare(name, format!("{:?}", calm.targets.get(name)), format!("{:?}", end.targets.get(name)));
    }
    told
}
