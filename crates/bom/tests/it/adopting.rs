//! The curve, against a count from a list of events.

use std::collections::BTreeMap;

use fleetwright_bom::{MARKS, Mark, Point, Standing, Stay, curve};
use proptest::prelude::*;

fn stay(standing: Standing, since: i64, until: Option<i64>) -> Stay {
    Stay { standing, since, until }
}

#[test]
fn shares_are_told_from_the_release_on() {
    let (on, behind) = (Standing::On(1), Standing::Behind);
    let mut stays = vec![stay(on, 110, None), stay(behind, 100, Some(130)), stay(on, 130, None)];
    stays.push(stay(Standing::On(0), 100, Some(150)));
    stays.push(stay(on, 150, Some(170)));
    stays.push(stay(Standing::Untold, 170, None));
    let told = curve(&stays, 1, 105);
    let points: Vec<(i64, usize, usize)> =
        told.points.iter().map(|Point { at, there, users }| (*at, *there, *users)).collect();
    assert_eq!(points, [(100, 0, 2), (110, 1, 3), (130, 2, 3), (150, 3, 3), (170, 2, 3)]);
    let mark = |percent, at, after| Mark { percent, at, after, at_most: false };
    assert_eq!(told.marks, [mark(50, 130, 25), mark(70, 150, 45), mark(95, 150, 45)]);
    assert_eq!((told.at(99), told.at(100), told.at(129), told.at(999)), ((0, 0), (0, 2), (1, 3), (2, 3)));
    assert_eq!(curve(&[], 0, 0), Default::default());
}

#[test]
fn what_was_so_at_the_first_look_may_have_been_before() {
    let told = curve(&[stay(Standing::On(0), 100, None)], 0, 40);
    assert!(told.marks.iter().all(|mark| mark.at_most && mark.after == 60), "{told:?}");
    // Newer versions than a release that is not out yet: it took no time.
    let told = curve(&[stay(Standing::On(0), 100, None)], 0, 200);
    assert!(told.marks.iter().all(|mark| !mark.at_most && mark.after == 0), "{told:?}");
}

/// What somebody was told to be at a time; `None`: gone.
type Event = (i64, usize, Option<Standing>);

fn events() -> impl Strategy<Value = Vec<Event>> {
    let standing = prop_oneof![
        Just(None),
        Just(Some(Standing::Behind)),
        Just(Some(Standing::Untold)),
        (0_usize..4).prop_map(|at| Some(Standing::On(at))),
    ];
    prop::collection::vec((0_i64..60, 0_usize..12, standing), 0..80)
}

/// Stays as the database keeps them: one ends where the next begins, and what is as it was is not begun anew.
fn stays(mut events: Vec<Event>) -> Vec<Stay> {
    events.sort_by_key(|(at, ..)| *at);
    let (mut ended, mut open) = (Vec::new(), BTreeMap::<usize, Stay>::new());
    for (at, user, standing) in events {
        if open.get(&user).map(|stay| stay.standing) == standing {
            continue;
        }
        ended.extend(open.remove(&user).map(|stay| Stay { until: Some(at), ..stay }));
        if let Some(standing) = standing {
            open.insert(user, stay(standing, at, None));
        }
    }
    ended.extend(open.into_values());
    ended
}

/// Everybody's last word at a time, counted.
fn counted(events: &[Event], release: usize, at: i64) -> (usize, usize) {
    let mut last: BTreeMap<usize, Option<Standing>> = BTreeMap::new();
    let mut events: Vec<&Event> = events.iter().filter(|(time, ..)| *time <= at).collect();
    events.sort_by_key(|(at, ..)| *at);
    for (_, user, standing) in events {
        last.insert(*user, *standing);
    }
    let users = last.values().flatten().count();
    let there = last.values().flatten().filter(|standing| match standing {
        Standing::On(at) => *at >= release,
        _ => false,
    });
    (there.count(), users)
}

proptest! {
    #[test]
    fn the_curve_is_what_the_events_say(events in events(), release in 0_usize..4, released in 0_i64..60) {
        let told = curve(&stays(events.clone()), release, released);
        for at in -1..61 {
            prop_assert_eq!(told.at(at), counted(&events, release, at), "at {}", at);
        }
        for percent in MARKS {
            let reached = (0..61).find(|at| {
                let (there, users) = counted(&events, release, *at);
                users > 0 && there * 100 >= users * percent as usize
            });
            let mark = told.marks.iter().find(|mark| mark.percent == percent);
            prop_assert_eq!(mark.map(|mark| mark.at), reached);
            prop_assert_eq!(mark.map(|mark| mark.after), reached.map(|at| (at - released).max(0)));
        }
    }
}
