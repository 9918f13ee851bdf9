//! The budget against a dumb forge that counts by itself.

use proptest::prelude::*;

use super::*;

const SECOND: i64 = 1_000;

/// A forge that keeps the time of everything it accepted, and refuses by counting.
struct DumbForge {
    accepted: Vec<i64>,
    per_minute: usize,
    per_hour: usize,
    /// Where its fixed hours and minutes begin; `None` where they slide.
    phase: Option<i64>,
    /// What it says of a refusal: `retry-after` in milliseconds, or nothing.
    after: Option<i64>,
    blocked: i64,
    refusals: u32,
    /// Requests that came while it had told to wait.
    rude: u32,
}

impl DumbForge {
    fn new(per_minute: usize, per_hour: usize, phase: Option<i64>) -> DumbForge {
        let after = Some(60 * SECOND);
        DumbForge {
            accepted: Vec::new(),
            per_minute,
            per_hour,
            phase,
            after,
            blocked: 0,
            refusals: 0,
            rude: 0,
        }
    }

    fn within(&self, length: i64, at: i64) -> usize {
        let from = match self.phase {
            None => at - length + 1,
            Some(phase) => (at - phase).div_euclid(length) * length + phase,
        };
        let before = |bound: i64| self.accepted.partition_point(|time| *time < bound);
        before(at + 1) - before(from)
    }

    fn create(&mut self, at: i64) -> Result<(), Option<i64>> {
        if at < self.blocked {
            self.rude += 1;
        }
        let full = self.within(HOUR, at) >= self.per_hour || self.within(MINUTE, at) >= self.per_minute;
        if full || at < self.blocked {
            self.refusals += 1;
            let until = self.after.map(|after| at + after);
            self.blocked = until.unwrap_or(at);
            return Err(until);
        }
        let place = self.accepted.iter().rposition(|time| *time <= at).map_or(0, |before| before + 1);
        self.accepted.insert(place, at);
        Ok(())
    }
}

/// Creates `wanted` of each lane and returns when each was created, in order.
fn play(budget: &mut Budget, forge: &mut DumbForge, mut wanted: [u32; 3], start: i64) -> Vec<(i64, Lane)> {
    let mut now = start;
    let mut done = Vec::new();
    let mut noise = 7_u64;
    while wanted.iter().sum::<u32>() > 0 {
        Lane::ALL.into_iter().for_each(|lane| budget.wish(lane, wanted[lane.index()], now));
        let mut next = i64::MAX;
        for lane in Lane::ALL.into_iter().filter(|lane| wanted[lane.index()] > 0) {
            match budget.admit(lane, now) {
                Admission::Wait { until, .. } => next = next.min(until.max(now + 1)),
                Admission::Admit => {
                    noise =
                        noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let late = i64::try_from(noise >> 52).unwrap() % 1_500;
                    match forge.create(now + late) {
                        Ok(()) => {
                            wanted[lane.index()] -= 1;
                            done.push((now, lane));
                        }
                        Err(told) => budget.refused(lane, told, now + late),
                    }
                    next = next.min(now + late.min(200));
                    break;
                }
            }
        }
        now = next.max(now);
    }
    done
}

fn hours(done: &[(i64, Lane)], start: i64) -> f64 {
    (done.last().unwrap().0 - start) as f64 / HOUR as f64
}

#[test]
fn ten_thousand_finish_near_the_floor_and_nothing_is_sent_while_blocked() {
    let starts = [0, 59 * MINUTE + 59_999, 1_790_000_000_123];
    for phase in [None, Some(0), Some(17 * MINUTE), Some(59 * MINUTE)] {
        for start in starts {
            let mut forge = DumbForge::new(80, 500, phase);
            let mut budget = Budget::new(Caps::GITHUB);
            let promised = budget.eta([0, 10_000, 0], Lane::Normal, start).unwrap();
            let done = play(&mut budget, &mut forge, [0, 10_000, 0], start);
            assert_eq!((forge.refusals, forge.rude), (0, 0), "{phase:?} {start}");
            let took = hours(&done, start);
            assert!(took <= 1.10 * 19.1, "{took} hours, {phase:?} {start}");
            let off = (promised - start) as f64 / HOUR as f64 / took;
            assert!((0.99..1.01).contains(&off), "the promise was off: {off}");
        }
    }
}

#[test]
fn two_identities_halve_the_time() {
    let one = play(&mut Budget::new(Caps::GITHUB), &mut DumbForge::new(80, 500, None), [0, 10_000, 0], 0);
    let half = play(&mut Budget::new(Caps::GITHUB), &mut DumbForge::new(80, 500, None), [0, 5_000, 0], 0);
    let ratio = hours(&one, 0) / hours(&half, 0);
    assert!((1.85..2.15).contains(&ratio), "{ratio}");
}

#[test]
fn a_hidden_limit_is_learnt_within_five_refusals() {
    for (per_minute, per_hour, most) in [(80, 150, 5), (20, 150, 5), (80, 60, 6)] {
        for lanes in [[0, 10_000, 0], [10_000, 0, 0]] {
            for phase in [None, Some(0), Some(10 * MINUTE), Some(55 * MINUTE)] {
                for after in [None, Some(60 * SECOND), Some(HOUR)] {
                    let mut forge = DumbForge { after, ..DumbForge::new(per_minute, per_hour, phase) };
                    let done = play(&mut Budget::new(Caps::GITHUB), &mut forge, lanes, 0);
                    let what = format!("{per_minute}/min {per_hour}/h {phase:?} {after:?} {lanes:?}");
                    assert!(forge.refusals <= most, "{what}: {} refusals", forge.refusals);
                    assert_eq!(forge.rude, 0, "{what}");
                    // Learnt, and not by creeping: at least eight tenths of what the limit allows.
                    let floor = 10_000.0 / per_hour as f64;
                    assert!(hours(&done, 0) <= floor / 0.8, "{what}: {} hours", hours(&done, 0));
                }
            }
        }
    }
}

#[test]
fn a_limit_that_is_lifted_is_found_again() {
    let mut budget = Budget::new(Caps::GITHUB);
    play(&mut budget, &mut DumbForge::new(80, 150, None), [0, 2_000, 0], 0);
    assert!(budget.standing(0).per_hour.unwrap() < 150);
    let start = 20 * HOUR;
    let done = play(&mut budget, &mut DumbForge::new(80, 500, None), [0, 20_000, 0], start);
    assert_eq!(budget.standing(done.last().unwrap().0).per_hour, Some(500));
}

#[test]
fn security_work_takes_over_within_a_minute_and_the_usual_never_stops() {
    let mut budget = Budget::new(Caps::GITHUB);
    let mut forge = DumbForge::new(80, 500, None);
    let before = play(&mut budget, &mut forge, [0, 1_000, 0], 0);
    let arrived = before.last().unwrap().0;
    let done = play(&mut budget, &mut forge, [2_000, 9_000, 500], arrived);
    let last = done.iter().rev().find(|(_, lane)| *lane == Lane::Security).unwrap().0;
    let security = |from: i64, to: i64| {
        let within = done.iter().filter(|(at, _)| (from..to).contains(at));
        let (mut urgent, mut all) = (0, 0);
        within.for_each(|(_, lane)| (urgent, all) = (urgent + i32::from(*lane == Lane::Security), all + 1));
        (urgent, all)
    };
    let mut at = arrived;
    while at + HOUR < last {
        let (urgent, all) = security(at, at + 5 * MINUTE);
        // Of a handful, one is the lower lanes' floor.
        assert!(urgent * 10 >= all * 8 || all - urgent <= 1, "{urgent} of {all} at {at}");
        at += 5 * MINUTE;
    }
    let (urgent, all) = security(arrived, arrived + MINUTE);
    assert!(all > 0 && urgent * 10 >= all * 8, "{urgent} of {all} within a minute");
    for lane in [Lane::Normal, Lane::Hygiene] {
        let mut got = vec![arrived];
        got.extend(done.iter().filter(|(at, had)| *had == lane && *at <= last).map(|(at, _)| *at));
        let longest = got.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
        assert!(longest <= HOUR, "{lane} waited {longest} ms");
    }
}

#[test]
fn refusals_in_a_row_double_the_wait_up_to_an_hour() {
    let mut budget = Budget::new(Caps::GITHUB);
    let (mut now, mut waits) = (0, Vec::new());
    for _ in 0..9 {
        while let Admission::Wait { until, .. } = budget.admit(Lane::Normal, now) {
            now = until;
        }
        budget.refused(Lane::Normal, None, now);
        waits.push((budget.standing(now).blocked_until.unwrap() - now) / MINUTE);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
}

#[test]
fn one_event_told_by_many_halves_once() {
    let mut budget = Budget::new(Caps::GITHUB);
    let mut now = 0;
    for _ in 0..50 {
        while let Admission::Wait { until, .. } = budget.admit(Lane::Normal, now) {
            now = until;
        }
    }
    for late in 0..10 {
        budget.refused(Lane::Normal, Some(now + 60 * SECOND + late), now + late);
    }
    let standing = budget.standing(now);
    assert_eq!(
        (standing.per_minute, standing.used),
        (Some(30), [0, 40, 0]),
        "a burst: the minute's, halved once"
    );
    assert_eq!(standing.blocked_until, Some(now + 60 * SECOND + 9));
}

#[test]
fn an_unknown_forge_has_no_limit_before_it_refuses() {
    let mut budget = Budget::new(Caps::UNTOLD);
    assert!((0..1_000).all(|_| budget.admit(Lane::Hygiene, 5) == Admission::Admit));
    assert_eq!(budget.eta([0, 10_000, 0], Lane::Normal, 5), Some(5));
    budget.refused(Lane::Hygiene, None, 6);
    assert!(matches!(budget.admit(Lane::Hygiene, 7), Admission::Wait { why: Held::Blocked, .. }));
}

#[test]
fn a_budget_survives_being_written_down() {
    let mut budget = Budget::new(Caps::GITHUB);
    play(&mut budget, &mut DumbForge::new(20, 150, None), [100, 300, 10], 0);
    let text = serde_json::to_string(&budget).unwrap();
    assert!(text.len() < 4_096, "{} bytes", text.len());
    assert_eq!(serde_json::from_str::<Budget>(&text).unwrap(), budget);
}

#[test]
fn a_wish_nobody_comes_back_for_holds_nobody_up() {
    let mut budget = Budget::new(Caps::GITHUB);
    budget.wish(Lane::Security, 500, 0);
    let mut now = 0;
    while let Admission::Wait { until, .. } = budget.admit(Lane::Normal, now) {
        now = until;
    }
    assert!(now <= 40 * SECOND, "{now}");
}

proptest! {
    /// Whatever is asked when, by whom, with clocks that jump and refusals in between: no sliding
    /// hour and no sliding minute has more than was allowed, and nothing goes out while blocked.
    #[test]
    fn no_window_ever_holds_more_than_the_cap(
        steps in prop::collection::vec((0_usize..3, 0_i64..90_000, 0_u8..40), 1..1_500),
        per_hour in 1_u32..600,
    ) {
        let caps = Caps::GITHUB.lowered(Some(per_hour), None);
        let mut budget = Budget::new(caps);
        let (mut now, mut sent, mut blocked) = (1_790_000_000_000_i64, Vec::<i64>::new(), 0);
        for (lane, pause, chance) in steps {
            now += if chance == 0 { pause * 60 } else { pause / 20 };
            match budget.admit(Lane::ALL[lane], now) {
                Admission::Admit => {
                    prop_assert!(now >= blocked);
                    sent.push(now);
                    let within = |length: i64| sent.iter().filter(|at| **at > now - length).count();
                    prop_assert!(within(HOUR) <= per_hour as usize);
                    prop_assert!(within(MINUTE) <= 80);
                    if chance == 1 {
                        blocked = now + pause;
                        budget.refused(Lane::ALL[lane], Some(blocked), now);
                        sent.pop();
                    }
                }
                Admission::Wait { until, .. } => prop_assert!(until > now && until <= now + 3 * HOUR),
            }
        }
    }

    /// What was promised is what happens, when nothing is refused.
    #[test]
    fn the_promise_is_kept(waiting in [0_u32..300, 0_u32..900, 0_u32..300], start in 0_i64..10_000_000_000) {
        let mut budget = Budget::new(Caps::GITHUB);
        let promises = Lane::ALL.map(|lane| budget.eta(waiting, lane, start));
        let done = play(&mut budget, &mut DumbForge::new(80, 500, None), waiting, start);
        for (lane, promise) in Lane::ALL.into_iter().zip(promises) {
            let last = done.iter().rev().find(|(_, had)| *had == lane).map(|(at, _)| *at);
            prop_assert_eq!(last.is_some(), promise.is_some());
            if let (Some(last), Some(promise)) = (last, promise) {
                let (took, said) = ((last - start) as f64, (promise - start) as f64);
                prop_assert!((took - said).abs() <= 0.02 * took + 120_000.0, "{} {}", took, said);
            }
        }
    }
}
