//! What a rehearsal came to.

use fleetwright_api::shifts::Count;
use fleetwright_rehearsal::history::{Counts, Happened, History};
use serde::Serialize;

use crate::show::{counts_table, number};

/// What a rehearsal came to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// The shift.
    pub(crate) shift: String,
    /// How long it takes, in milliseconds: until nothing moved any more.
    pub(crate) takes: i64,
    /// When half, nine tenths and all of the merges there were had happened, in milliseconds.
    pub(crate) merged_by: [Option<i64>; 3],
    /// Where the targets stand.
    pub(crate) targets: Vec<Count>,
    /// What it costs at the forge.
    pub(crate) forge: Counts,
    /// API requests per pull request opened.
    pub(crate) calls_per_pull: f64,
    /// Pull requests that wait for people, by what they wait for.
    pub(crate) waits_for_people: u64,
    /// How long it took here, in seconds.
    pub(crate) seconds: f64,
}

impl Report {
    /// Reads what happened since `began` (milliseconds since 1970 UTC).
    pub(super) fn new(shift: &str, targets: Vec<Count>, history: &History, began: i64) -> Report {
        let forge = history.counts();
        let mut merges: Vec<i64> = history
            .entries()
            .iter()
            .filter(|entry| matches!(entry.what, Happened::Merged { .. }))
            .map(|entry| entry.at - began)
            .collect();
        merges.sort_unstable();
        let share = |part: usize| merges.get((merges.len() * part).div_ceil(10).saturating_sub(1)).copied();
        let last = history.entries().iter().filter(|entry| is_deed(&entry.what)).map(|entry| entry.at).max();
        #[allow(clippy::cast_precision_loss, reason = "a ratio for people")]
        let calls_per_pull = forge.requests as f64 / forge.opened.max(1) as f64;
        let waits_for_people =
            targets.iter().filter(|count| is_waiting(count)).map(|count| count.targets).sum();
        Report {
            shift: shift.to_owned(),
            takes: last.map_or(0, |last| last - began),
            merged_by: [share(5), share(9), share(10)],
            targets,
            forge,
            calls_per_pull,
            waits_for_people,
            seconds: 0.0,
        }
    }

    /// The report as people read it.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = vec![counts_table(&self.targets), String::new()];
        let mut line = |what: &str, value: String| lines.push(format!("  {what:<22} {value}"));
        let forge = &self.forge;
        line("takes", span(self.takes));
        let [half, most, all] = self.merged_by.map(|at| at.map_or("never".to_owned(), span));
        line("merged", format!("half by {half}, nine of ten by {most}, all by {all}"));
        line(
            "pull requests",
            format!("{} opened, {} merged, {} closed", forge.opened, forge.merged, forge.closed),
        );
        line(
            "requests",
            format!(
                "{} ({:.2} per pull request), {} of them create content",
                forge.requests, self.calls_per_pull, forge.content
            ),
        );
        line("refused by limits", format!("{} ({} while blocked)", forge.limited, forge.while_blocked));
        line("git", format!("{} in, {} out", bytes(forge.git_received), bytes(forge.git_sent)));
        let checks = number(forge.checked, "check", "checks");
        line("CI", format!("{checks}, {} minutes", forge.check_time / 60_000));
        line("waits for people", number(self.waits_for_people, "pull request", "pull requests"));
        line("must be 0", format!("{} doubled, {} merged unchecked", forge.doubled, forge.merged_not_green));
        lines
    }
}

/// Whether something is what the shift is about, and not CI that runs on.
fn is_deed(what: &Happened) -> bool {
    matches!(
        what,
        Happened::Opened { .. } | Happened::Merged { .. } | Happened::Closed { .. } | Happened::Moved { .. }
    )
}

/// Whether targets wait for somebody: open, and nothing the machine could do.
fn is_waiting(count: &Count) -> bool {
    let people = ["approvals", "a person", "a reviewer", "draft", "held by", "no checks"];
    count.stage == "open" && people.iter().any(|words| count.reason.contains(words))
}

fn span(milliseconds: i64) -> String {
    let minutes = milliseconds / 60_000;
    match (minutes / 1_440, minutes / 60 % 24, minutes % 60) {
        (0, 0, 0) => format!("{} s", milliseconds / 1_000),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes:02} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

fn bytes(count: u64) -> String {
    match count {
        0..10_000 => format!("{count} bytes"),
        10_000..10_000_000 => format!("{} kB", count / 1_000),
        _ => format!("{} MB", count / 1_000_000),
    }
}
