//! The state of a merge request in short, so that one that did not change costs no request of its own.
//!
//! `updated_at` moves with pushes, comments, labels and approvals, not with pipelines or with the base. So
//! a mark holds what a list shows, a digest of the checks, and when everything was read. While it is
//! *settled* (nothing is pending or red, mergeability is known), what a list shows is enough for
//! [`BELIEVED`]; else its pipeline is looked at each time.

use fleetwright_core::pull::{Check, PullSeen, Verdict};

use crate::wire::MergeRequest;

/// How long a settled merge request is believed, in milliseconds: somebody may start a job again, which
/// no list shows.
const BELIEVED: i64 = 30 * 60_000;

/// How long after its last change a merge request without any check is looked at closely, in milliseconds: a
/// pipeline may begin late. After that it most likely has none.
const YOUNG: i64 = 10 * 60_000;

/// A mark, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// What a list shows.
    pub(crate) listed: String,
    /// What the checks said.
    pub(crate) checks: String,
    /// Whether nothing is under way.
    pub(crate) settled: bool,
    /// When everything was read, in milliseconds since 1970 UTC.
    pub(crate) at: i64,
}

impl Mark {
    /// The mark of what was read at `now` (milliseconds since 1970 UTC).
    pub(crate) fn new(request: &MergeRequest, seen: &PullSeen, now: i64) -> Mark {
        let proves = |check: &Check| !matches!(check.verdict, Verdict::Pending | Verdict::Red);
        let changed = moment(&request.updated_at).unwrap_or(now);
        let young = seen.checks.is_empty() && now - changed < YOUNG;
        let settled =
            !request.is_open() || (!young && seen.mergeable.is_some() && seen.checks.iter().all(proves));
        Mark { listed: listed(request), checks: digest(&seen.checks), settled, at: now }
    }

    /// Reads a mark; `None` where it is not one of ours, or of another version.
    pub(crate) fn parse(text: &str) -> Option<Mark> {
        let mut parts = text.split('|');
        let ("gl1", Some(listed), Some(checks), Some(settled), Some(at), None) =
            (parts.next()?, parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        let (settled, at) = (settled == "settled", at.parse().ok()?);
        Some(Mark { listed: listed.to_owned(), checks: checks.to_owned(), settled, at })
    }

    /// Whether a list alone may tell at `now` that nothing changed. Spread by number, so that those read in
    /// one minute are not all read again in one.
    pub(crate) fn is_believed(&self, number: u64, now: i64) -> bool {
        self.settled && !self.is_stale(number, now)
    }

    /// Whether everything is to be read again at `now`, whatever the list says.
    pub(crate) fn is_stale(&self, number: u64, now: i64) -> bool {
        let spread = i64::try_from(number % 10).unwrap_or(0) * 60_000;
        now - self.at >= BELIEVED + spread
    }

    /// The mark's text.
    pub(crate) fn text(&self) -> String {
        let settled = if self.settled { "settled" } else { "moving" };
        format!("gl1|{}|{}|{settled}|{}", self.listed, self.checks, self.at)
    }
}

/// What a list shows of a merge request, in short.
pub(crate) fn listed(request: &MergeRequest) -> String {
    let text = [
        request.state.as_str(),
        request.sha.as_deref().unwrap_or_default(),
        request.updated_at.as_str(),
        request.detailed_merge_status.as_deref().unwrap_or_default(),
        request.merge_status.as_deref().unwrap_or_default(),
        if request.has_conflicts { "conflicts" } else { "" },
        if request.merge_when_pipeline_succeeds { "queued" } else { "" },
        if request.draft || request.work_in_progress { "draft" } else { "" },
    ]
    .join(" ");
    let notes = request.user_notes_count;
    format!("{text} {notes} {}", request.labels.join(",")).replace('|', "/")
}

/// The checks in short: 64 bits by FNV-1a, which only has to differ by chance.
pub(crate) fn digest(checks: &[Check]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut eat = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for check in checks {
        eat(check.name.as_bytes());
        eat(&[0, check.verdict as u8, u8::from(check.required == Some(true))]);
        eat(check.run.as_deref().unwrap_or_default().as_bytes());
    }
    format!("{hash:016x}")
}

/// A time as GitLab writes it, in milliseconds since 1970 UTC.
pub(crate) fn moment(text: &str) -> Option<i64> {
    Some(text.parse::<jiff::Timestamp>().ok()?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use fleetwright_core::pull::PullState;

    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let mut request = MergeRequest { iid: 7, state: "opened".into(), ..MergeRequest::default() };
        request.updated_at = "2026-11-25T10:00:00.000Z".into();
        request.labels = vec!["a|b".into()];
        request.merge_status = Some("can_be_merged".into());
        let mut seen = request.seen(PullState::Open);
        let now = 1_795_600_000_000;
        let mark = Mark::new(&request, &seen, now);
        assert_eq!(Mark::parse(&mark.text()), Some(mark.clone()));
        assert!(!mark.settled, "without checks it is watched for a while");
        let check =
            |verdict| Check { name: "build".into(), verdict, red_on_base: None, required: None, run: None };
        for (verdict, settled) in [(Verdict::Green, true), (Verdict::Red, false), (Verdict::Pending, false)] {
            seen.checks = vec![check(verdict)];
            assert_eq!(Mark::new(&request, &seen, now).settled, settled, "{verdict:?}");
        }
        assert_eq!(
            (Mark::parse(""), Mark::parse("gl1|a|b"), Mark::parse("gl2|a|b|settled|1")),
            (None, None, None)
        );
    }
}
