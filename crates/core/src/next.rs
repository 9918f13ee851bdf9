//! What happens next to a target: one pure function, and the only place that decides it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::oid::Oid;
use crate::pull::{Check, PullSeen, PullState, Seen, Verdict};
use crate::shift::{Merge, RequiredChecks};
use crate::stage::{MergedRef, Stage};

/// Whether a shift may act. It survives restarts; a person sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Control {
    /// Changes are made and stored, nothing leaves the machine.
    Planned,
    /// Everything its file allows.
    Running,
    /// Nothing new begins or leaves the machine until a person resumes it.
    Paused,
    /// Ended by a person; what stands open stays as it is.
    Stopped,
}

impl Control {
    /// The word, as tables, JSON and the database spell it.
    pub fn word(self) -> &'static str {
        match self {
            Control::Planned => "planned",
            Control::Running => "running",
            Control::Paused => "paused",
            Control::Stopped => "stopped",
        }
    }
}

/// The rules in force for a target.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// Whether the shift may act.
    pub control: Control,
    /// The merge policy.
    pub merge: Merge,
}

/// What happens next to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// Run the steps.
    Make {
        /// Said to the person when the reason is not simply that nothing was made yet.
        why: Option<String>,
    },
    /// Commit, push and open the pull request.
    Propose,
    /// Merge exactly this head.
    Merge {
        /// The head every gate was checked for.
        head: Oid,
    },
    /// Remove our branch: its pull request is merged.
    Clean,
    /// Something outside changed: write down where the target stands now.
    Record(Stage),
    /// Nothing now.
    Wait(Why),
    /// Nothing any more.
    Done,
}

/// Why a target waits: what `status` and `why` print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Why {
    /// The plan is to be looked at first.
    Planned,
    /// A person paused the shift.
    Paused,
    /// A person stopped the shift.
    Stopped,
    /// The forge did not tell what is needed to decide.
    NotSeen,
    /// Somebody else pushed to our branch: it is theirs now.
    ForeignCommits {
        /// The branch's tip.
        head: Oid,
    },
    /// The pull request is a draft.
    Draft,
    /// The branch does not merge any more.
    Conflict,
    /// The forge is still finding out whether it merges.
    MergeabilityUnknown,
    /// The policy leaves the merge to a person.
    Person,
    /// Somebody asked for changes.
    ChangesRequested,
    /// Too few people approved.
    Approvals {
        /// How many did.
        have: u32,
        /// How many must.
        need: u32,
    },
    /// Checks are still running.
    ChecksPending {
        /// Their names.
        names: Vec<String>,
    },
    /// Checks are red.
    ChecksRed {
        /// Their names.
        names: Vec<String>,
        /// Whether all of them are red without the change too.
        already: bool,
    },
    /// The repository has no checks, and the policy wants them green.
    NoChecks,
    /// Some checks did not run, which proves nothing.
    ChecksSkipped {
        /// Their names.
        names: Vec<String>,
    },
}

impl Why {
    /// Whether the machine will find out more by itself; else somebody must act first.
    pub fn moves_by_itself(&self) -> bool {
        matches!(self, Why::ChecksPending { .. } | Why::MergeabilityUnknown | Why::NotSeen)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Planned => write!(f, "planned only: nothing is pushed before `shift apply`"),
            Why::Paused => write!(f, "the shift is paused"),
            Why::Stopped => write!(f, "the shift is stopped"),
            Why::NotSeen => write!(f, "the forge has not answered yet"),
            Why::ForeignCommits { head } => {
                write!(f, "somebody else pushed {} to the branch: it is theirs now", head.short())
            }
            Why::Draft => write!(f, "the pull request is a draft"),
            Why::Conflict => write!(f, "the branch conflicts with the base"),
            Why::MergeabilityUnknown => write!(f, "the forge is still finding out whether it merges"),
            Why::Person => write!(f, "a person merges this one (merge.auto is off)"),
            Why::ChangesRequested => write!(f, "a reviewer asked for changes"),
            Why::Approvals { have, need } => write!(f, "{have} of {need} approvals"),
            Why::ChecksPending { names } => write!(f, "checks are running: {}", names.join(", ")),
            Why::ChecksRed { names, already: true } => {
                write!(f, "checks are red, with and without the change: {}", names.join(", "))
            }
            Why::ChecksRed { names, already: false } => {
                write!(f, "checks went red by the change: {}", names.join(", "))
            }
            Why::NoChecks => write!(f, "no checks reported; merge.require.checks is `all`"),
            Why::ChecksSkipped { names } => write!(f, "checks did not run: {}", names.join(", ")),
        }
    }
}

/// Decides what happens next to a target.
///
/// `Wait` is an explanation and `Move` is a decision; both come from here, so that what a person
/// reads is what the machine does. Whatever is not known counts as not allowed.
pub fn next(stage: &Stage, seen: &Seen, terms: &Terms) -> Move {
    match stage {
        Stage::Queued { .. } => match terms.control {
            Control::Paused => Move::Wait(Why::Paused),
            Control::Stopped => Move::Wait(Why::Stopped),
            Control::Planned | Control::Running => Move::Make { why: None },
        },
        Stage::Made { change } => match (terms.control, seen.base_tree) {
            (Control::Planned, _) => Move::Wait(Why::Planned),
            (Control::Paused, _) => Move::Wait(Why::Paused),
            (Control::Stopped, _) => Move::Wait(Why::Stopped),
            (Control::Running, None) => Move::Wait(Why::NotSeen),
            (Control::Running, Some(tree)) if tree != change.base_tree => {
                Move::Make { why: Some("the base moved since the plan".to_owned()) }
            }
            (Control::Running, Some(_)) => Move::Propose,
        },
        Stage::Open { head, .. } => match &seen.pull {
            Some(pull) => open(*head, pull, terms),
            None => Move::Wait(Why::NotSeen),
        },
        Stage::Merged { cleaned: false, .. } => match terms.control {
            Control::Paused => Move::Wait(Why::Paused),
            _ => Move::Clean,
        },
        Stage::Merged { .. }
        | Stage::Unchanged
        | Stage::NotApplicable { .. }
        | Stage::Failed { .. }
        | Stage::Vetoed { .. }
        | Stage::Dropped { .. } => Move::Done,
    }
}

/// Whether a new round has to look at a target again: `key` is that of the inputs as they are now,
/// `made` the one of the target's last result, `base_tree` the base's tree as it is now.
///
/// What a person decided stays decided, and an open pull request is looked at anyway.
pub fn again(stage: &Stage, made: Option<&str>, key: &str, base_tree: Oid) -> bool {
    match stage {
        Stage::Unchanged | Stage::NotApplicable { .. } | Stage::Failed { .. } | Stage::Made { .. } => {
            made != Some(key)
        }
        Stage::Merged { tree, .. } => *tree != base_tree,
        Stage::Dropped { .. } => true,
        Stage::Queued { .. } | Stage::Open { .. } | Stage::Vetoed { .. } => false,
    }
}

fn open(ours: Oid, seen: &PullSeen, terms: &Terms) -> Move {
    let pull = seen.pull.clone();
    match &seen.state {
        PullState::Merged { commit, tree, .. } => {
            // Somebody else's commits went in with ours: the branch is theirs to remove.
            let cleaned = seen.head != ours;
            let merged = MergedRef { pull, commit: *commit };
            return Move::Record(Stage::Merged { merged, tree: *tree, cleaned });
        }
        PullState::Closed { by, reason } => {
            return Move::Record(Stage::Vetoed { pull, by: by.clone(), reason: reason.clone() });
        }
        PullState::Open => {}
    }
    match gate(ours, seen, terms) {
        Some(why) => Move::Wait(why),
        None => Move::Merge { head: ours },
    }
}

/// The first gate that does not let a pull request merge by itself.
fn gate(ours: Oid, seen: &PullSeen, terms: &Terms) -> Option<Why> {
    match terms.control {
        Control::Planned => return Some(Why::Planned),
        Control::Paused => return Some(Why::Paused),
        Control::Stopped => return Some(Why::Stopped),
        Control::Running => {}
    }
    if seen.head != ours {
        return Some(Why::ForeignCommits { head: seen.head });
    }
    if seen.draft {
        return Some(Why::Draft);
    }
    match seen.mergeable {
        Some(true) => {}
        Some(false) => return Some(Why::Conflict),
        None => return Some(Why::MergeabilityUnknown),
    }
    if seen.changes_requested {
        return Some(Why::ChangesRequested);
    }
    if let Some(why) = checks(&seen.checks, terms.merge.require.checks) {
        return Some(why);
    }
    let need = terms.merge.require.approvals;
    if seen.approvals < need {
        return Some(Why::Approvals { have: seen.approvals, need });
    }
    (!terms.merge.auto).then_some(Why::Person)
}

fn checks(checks: &[Check], required: RequiredChecks) -> Option<Why> {
    if required == RequiredChecks::None {
        return None;
    }
    let of = |verdict: Verdict| -> Vec<&Check> { checks.iter().filter(|c| c.verdict == verdict).collect() };
    let names = |found: &[&Check]| found.iter().map(|check| check.name.clone()).collect();
    let (red, pending) = (of(Verdict::Red), of(Verdict::Pending));
    let mut skipped = of(Verdict::Skipped);
    skipped.extend(of(Verdict::Neutral));
    if !red.is_empty() {
        let already = red.iter().all(|check| check.red_on_base == Some(true));
        return Some(Why::ChecksRed { names: names(&red), already });
    }
    if !pending.is_empty() {
        return Some(Why::ChecksPending { names: names(&pending) });
    }
    if !skipped.is_empty() {
        return Some(Why::ChecksSkipped { names: names(&skipped) });
    }
    checks.is_empty().then_some(Why::NoChecks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pull::PullRef;
    use crate::stage::ChangeRef;

    const OURS: Oid = Oid::from_bytes([1; 20]);
    const THEIRS: Oid = Oid::from_bytes([2; 20]);

    fn pull(change: impl FnOnce(&mut PullSeen)) -> Seen {
        let reference = PullRef { number: 1, url: "x".into() };
        let mut seen = PullSeen {
            mergeable: Some(true),
            checks: vec![check(Verdict::Green)],
            ..PullSeen::bare(reference, PullState::Open, OURS)
        };
        change(&mut seen);
        Seen { base_tree: None, pull: Some(seen) }
    }

    fn check(verdict: Verdict) -> Check {
        Check { name: "build".into(), verdict, red_on_base: None, required: None, run: None }
    }

    fn terms(control: Control) -> Terms {
        Terms { control, merge: Merge { auto: true, ..Merge::default() } }
    }

    fn change() -> ChangeRef {
        ChangeRef { key: "k".into(), base: OURS, base_tree: OURS, tree: THEIRS }
    }

    fn open_stage() -> Stage {
        Stage::Open { change: change(), pull: PullRef { number: 1, url: "x".into() }, head: OURS }
    }

    fn moved(seen: &Seen) -> Move {
        next(&open_stage(), seen, &terms(Control::Running))
    }

    #[test]
    fn a_green_pull_request_merges_at_exactly_our_head() {
        assert_eq!(moved(&pull(|_| ())), Move::Merge { head: OURS });
    }

    #[test]
    fn whatever_is_unknown_or_red_does_not_merge() {
        type Twist = fn(&mut PullSeen);
        let twists: [Twist; 9] = [
            |p| p.head = THEIRS,
            |p| p.draft = true,
            |p| p.mergeable = None,
            |p| p.mergeable = Some(false),
            |p| p.changes_requested = true,
            |p| p.checks.clear(),
            |p| p.checks.push(check(Verdict::Pending)),
            |p| p.checks.push(check(Verdict::Red)),
            |p| p.checks.push(check(Verdict::Skipped)),
        ];
        for (at, twist) in twists.into_iter().enumerate() {
            assert!(matches!(moved(&pull(twist)), Move::Wait(_)), "twist {at}");
        }
        assert_eq!(moved(&Seen::default()), Move::Wait(Why::NotSeen));
    }

    #[test]
    fn only_a_running_shift_acts() {
        for control in [Control::Planned, Control::Paused, Control::Stopped] {
            let seen = Seen { base_tree: Some(OURS), ..pull(|_| ()) };
            let made = Stage::Made { change: change() };
            assert!(matches!(next(&open_stage(), &seen, &terms(control)), Move::Wait(_)), "{control:?}");
            assert!(matches!(next(&made, &seen, &terms(control)), Move::Wait(_)), "{control:?}");
        }
    }

    #[test]
    fn a_paused_shift_begins_nothing() {
        let at = |control| next(&Stage::NEW, &Seen::default(), &terms(control));
        assert_eq!(at(Control::Paused), Move::Wait(Why::Paused));
        assert_eq!(at(Control::Stopped), Move::Wait(Why::Stopped));
        assert_eq!(at(Control::Planned), Move::Make { why: None });
    }

    #[test]
    fn a_moved_base_is_planned_again_and_an_unread_one_waits() {
        let made = Stage::Made { change: change() };
        let at = |base_tree| next(&made, &Seen { base_tree, pull: None }, &terms(Control::Running));
        assert_eq!(at(Some(OURS)), Move::Propose);
        assert!(matches!(at(Some(THEIRS)), Move::Make { why: Some(_) }));
        assert_eq!(at(None), Move::Wait(Why::NotSeen));
    }

    #[test]
    fn a_close_by_a_person_is_a_veto_even_while_paused() {
        let seen = pull(|p| p.state = PullState::Closed { by: "ann".into(), reason: None });
        let said = next(&open_stage(), &seen, &terms(Control::Paused));
        assert!(matches!(said, Move::Record(Stage::Vetoed { by, .. }) if by == "ann"));
    }

    #[test]
    fn a_red_base_is_told_from_a_red_change() {
        let red = |red_on_base| Check { red_on_base, ..check(Verdict::Red) };
        let why = |checks: Vec<Check>| match moved(&pull(|p| p.checks = checks)) {
            Move::Wait(Why::ChecksRed { already, .. }) => already,
            other => panic!("{other:?}"),
        };
        assert!(why(vec![red(Some(true))]));
        assert!(!why(vec![red(Some(true)), red(Some(false))]));
        assert!(!why(vec![red(None)]));
    }

    #[test]
    fn approvals_and_the_person_are_the_last_gates() {
        let mut strict = terms(Control::Running);
        strict.merge.require.approvals = 2;
        strict.merge.auto = false;
        let at = |approvals| next(&open_stage(), &pull(|p| p.approvals = approvals), &strict);
        assert_eq!(at(1), Move::Wait(Why::Approvals { have: 1, need: 2 }));
        assert_eq!(at(2), Move::Wait(Why::Person));
    }
}
