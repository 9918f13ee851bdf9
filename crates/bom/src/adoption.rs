//! How users came to a release: a curve over the times at which they were seen somewhere.

use crate::ruler::Standing;

/// The shares that a time is told for, in percent.
pub const MARKS: [u32; 3] = [50, 70, 95];

/// Somebody stood somewhere for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// Where; a release that is no longer in the file counts as none.
    pub standing: Standing,
    /// Since when, in milliseconds since 1970 UTC.
    pub since: i64,
    /// Until when; `None` while it is still so.
    pub until: Option<i64>,
}

/// How many were where from a time on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// The time, in milliseconds since 1970 UTC.
    pub at: i64,
    /// How many were on the release, or a newer one.
    pub there: usize,
    /// How many users there were.
    pub users: usize,
}

/// When a share was first reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The share, in percent.
    pub percent: u32,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// How long after the release, in milliseconds; never less than 0.
    pub after: i64,
    /// Whether it was so when users were first looked at, and may have been before.
    pub at_most: bool,
}

/// How a release was adopted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Curve {
    /// From each time on, until the next; only where something changes.
    pub points: Vec<Point>,
    /// The shares of [`MARKS`] that were reached.
    pub marks: Vec<Mark>,
}

/// The curve of the release of this position, which was released at a time in milliseconds since 1970 UTC.
pub fn curve(stays: &[Stay], release: usize, released: i64) -> Curve {
    let mut changes: Vec<(i64, isize, isize)> = Vec::with_capacity(2 * stays.len());
    for stay in stays {
        let there = isize::from(stay.standing.is_at(release));
        changes.push((stay.since, 1, there));
        changes.extend(stay.until.map(|until| (until, -1, -there)));
    }
    changes.sort_unstable();
    let mut points: Vec<Point> = Vec::new();
    let (mut users, mut there) = (0_isize, 0_isize);
    for group in changes.chunk_by(|left, right| left.0 == right.0) {
        let at = group.first().map_or(0, |(at, ..)| *at);
        for (_, one, here) in group {
            (users, there) = (users + one, there + here);
        }
        let count = |number: isize| usize::try_from(number).unwrap_or(0);
        let point = Point { at, there: count(there), users: count(users) };
        if points.last().is_none_or(|last| (last.there, last.users) != (point.there, point.users)) {
            points.push(point);
        }
    }
    let marks = MARKS.into_iter().filter_map(|percent| mark(&points, percent, released)).collect();
    Curve { points, marks }
}

/// When a share was first reached, before the release or after it.
fn mark(points: &[Point], percent: u32, released: i64) -> Option<Mark> {
    let reached = |point: &&Point| {
        point.users > 0 && point.there as u128 * 100 >= point.users as u128 * u128::from(percent)
    };
    let point = points.iter().find(reached)?;
    let is_first = points.first().is_some_and(|first| first.at == point.at);
    Some(Mark {
        percent,
        at: point.at,
        after: point.at.saturating_sub(released).max(0),
        at_most: is_first && point.at > released,
    })
}

impl Curve {
    /// How many were there, of how many, at a time in milliseconds since 1970 UTC.
    pub fn at(&self, time: i64) -> (usize, usize) {
        let before = self.points.partition_point(|point| point.at <= time);
        let point = before.checked_sub(1).and_then(|at| self.points.get(at));
        point.map_or((0, 0), |point| (point.there, point.users))
    }
}
