//! What happens next to a target: one pure function, and the only place that decides it.

use crate::gate::{Gate, gates};
use crate::mention::{Order, orders};
use crate::oid::Oid;
use crate::pull::{Check, MergeDoor, PullSeen, PullState, Said, Seen, Verdict};
use crate::shift::Update;
use crate::stage::{MergedRef, Stage, Told};
use crate::why::Why;

/// How often red checks that are known to be flaky are run again for one head, and how often a
/// person's `retry` may have them run.
const RERUNS: u32 = 3;

/// The start of labels by which a person says why a pull request was closed.
const REASON_LABEL: &str = "fleetwright:";
pub use crate::terms::{Control, Terms};

/// An order of a person, found in a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The comment's time and name: later ones are heard next.
    pub at: (i64, String),
    /// Who said it.
    pub by: String,
    /// What is to be done; more than one where a comment has more.
    pub orders: Vec<Order>,
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
    /// Run the steps on the base as it is now, to see whether the open pull request is still needed.
    Review,
    /// Make the change anew on the base as it is now, and bring branch and texts up to it.
    Renew {
        /// Why, for the log.
        why: &'static str,
    },
    /// Do what a person said.
    Obey(Heard),
    /// Have red checks run again.
    Rerun {
        /// What the forge calls their runs.
        runs: Vec<String>,
    },
    /// Merge exactly this head.
    Merge {
        /// The head every gate was checked for.
        head: Oid,
    },
    /// Have the forge merge exactly this head through its queue.
    Enqueue {
        /// The head every gate was checked for.
        head: Oid,
    },
    /// Remove our branch: its pull request is merged.
    Clean,
    /// Something outside changed: write down where the target stands now.
    Record(Box<Stage>),
    /// Nothing now.
    Wait(Why),
    /// Nothing any more.
    Done,
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
            (Control::Running, _) if seen.full.is_some() => {
                Move::Wait(seen.full.clone().unwrap_or(Why::NotSeen))
            }
            (Control::Running, None) => Move::Wait(Why::NotSeen),
            (Control::Running, Some(tree)) if tree != change.base_tree => {
                Move::Make { why: Some("the base moved since the plan".to_owned()) }
            }
            (Control::Running, Some(_)) => Move::Propose,
        },
        Stage::Open { head, told, .. } => match &seen.pull {
            Some(pull) => open((*head, told), pull, seen, terms),
            None => Move::Wait(Why::NotSeen),
        },
        Stage::Adopted { head, told, .. } => match &seen.pull {
            Some(pull) => adopted((*head, told), pull, terms),
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
/// `made` the one of the target's last result, `base_tree` the base's tree as it is now, and `now`
/// the time in milliseconds since 1970 UTC.
///
/// What a person decided stays decided, and an open pull request is looked at anyway.
pub fn again(stage: &Stage, (made, key): (Option<&str>, &str), base_tree: Oid, now: i64) -> bool {
    match stage {
        Stage::Unchanged | Stage::NotApplicable { .. } | Stage::Failed { .. } | Stage::Made { .. } => {
            made != Some(key)
        }
        Stage::Merged { tree, .. } => *tree != base_tree,
        Stage::Dropped { .. } => true,
        Stage::Vetoed { until, .. } => until.is_some_and(|until| until <= now),
        Stage::Queued { .. } | Stage::Open { .. } | Stage::Adopted { .. } => false,
    }
}

fn open((ours, told): (Oid, &Told), pull: &PullSeen, seen: &Seen, terms: &Terms) -> Move {
    match &pull.state {
        PullState::Merged { commit, tree, .. } => {
            // Somebody else's commits went in with ours: the branch is theirs to remove.
            let cleaned = pull.head != ours;
            let merged = MergedRef { pull: pull.pull.clone(), commit: *commit };
            return Move::Record(Box::new(Stage::Merged { merged, tree: *tree, cleaned }));
        }
        PullState::Closed { by, reason } => {
            return Move::Record(Box::new(closed(pull, (by, reason.as_deref()), terms)));
        }
        PullState::Open => {}
    }
    if terms.control == Control::Running {
        if let Some(heard) = heard(told, &pull.comments, &terms.mention) {
            return Move::Obey(heard);
        }
        if seen.moved {
            return Move::Review;
        }
    }
    let why = first_closed(&gates((ours, told), pull, terms));
    if let Some(why) = renewal((ours, told), (pull, seen), terms, why.as_ref()) {
        return Move::Renew { why };
    }
    match why {
        None if pull.door == MergeDoor::Queue => Move::Enqueue { head: ours },
        None => Move::Merge { head: ours },
        Some(Why::ChecksRed { names }) if pull.head == ours && told.reruns < RERUNS => {
            match flaky_runs(&names, pull, seen) {
                Some(runs) => Move::Rerun { runs },
                None => Move::Wait(Why::ChecksRed { names }),
            }
        }
        Some(why) => Move::Wait(why),
    }
}

/// A pull request of somebody else: the same gates, asked for the head that stands there now.
fn adopted((known, told): (Oid, &Told), seen: &PullSeen, terms: &Terms) -> Move {
    let pull = seen.pull.clone();
    match &seen.state {
        PullState::Merged { commit, tree, .. } => {
            let merged = MergedRef { pull, commit: *commit };
            return Move::Record(Box::new(Stage::Merged { merged, tree: *tree, cleaned: true }));
        }
        PullState::Closed { by, reason } => {
            return Move::Record(Box::new(closed(seen, (by, reason.as_deref()), terms)));
        }
        PullState::Open if seen.head != known => {
            // Whoever said `merge` meant another head.
            let told = Box::new(Told { merge: None, reruns: 0, ..told.clone() });
            return Move::Record(Box::new(Stage::Adopted { pull, head: seen.head, told }));
        }
        PullState::Open => {}
    }
    if terms.control == Control::Running
        && let Some(heard) = heard(told, &seen.comments, &terms.mention)
    {
        return Move::Obey(heard);
    }
    // Nobody planned this change: a person has to have seen exactly this head.
    let mut terms = terms.clone();
    terms.merge.require.approvals = terms.merge.require.approvals.max(1);
    match first_closed(&gates((seen.head, told), seen, &terms)) {
        Some(why) => Move::Wait(why),
        None if seen.door == MergeDoor::Queue => Move::Enqueue { head: seen.head },
        None => Move::Merge { head: seen.head },
    }
}

/// The first gate that does not let a pull request merge by itself.
fn first_closed(gates: &[Gate]) -> Option<Why> {
    gates.iter().find_map(|gate| gate.closed.clone())
}

/// Why the change is to be made anew on the base as it is now, if it is: because the shift changed,
/// because it conflicts, or because it is next to merge and must be up to date. Nothing else is
/// worth a run of every check.
fn renewal(
    (ours, told): (Oid, &Told),
    (pull, seen): (&PullSeen, &Seen),
    terms: &Terms,
    why: Option<&Why>,
) -> Option<&'static str> {
    let is_theirs = matches!(why, Some(Why::Held { .. } | Why::OptedOut { .. } | Why::HandedOver));
    if terms.control != Control::Running || told.held.is_some() || is_theirs {
        return None;
    }
    if seen.outdated && terms.update == Update::Replace {
        return Some("the shift changed");
    }
    if pull.mergeable == Some(false) && (pull.head == ours || !told.mixed) {
        return Some("the branch conflicts with the base");
    }
    matches!(why, Some(Why::Behind)).then_some("the base wants it up to date")
}

/// The runs of red checks, if every red one is known to be flaky and can be run again.
fn flaky_runs(names: &[String], pull: &PullSeen, seen: &Seen) -> Option<Vec<String>> {
    let red = |check: &&Check| check.verdict == Verdict::Red && names.contains(&check.name);
    let run = |check: &Check| match seen.flaky.contains(&check.name) {
        true => check.run.clone(),
        false => None,
    };
    pull.checks.iter().filter(red).map(run).collect()
}

/// The oldest comment with orders of somebody who may give them that was not obeyed yet.
fn heard(told: &Told, comments: &[Said], mention: &str) -> Option<Heard> {
    let place = |at: &(i64, String)| (at.0, at.1.len(), at.1.clone());
    let last = told.heard.as_ref().map(place);
    let mut new: Vec<&Said> = comments
        .iter()
        // Whoever is not known to may write has no say.
        .filter(|said| said.may_write == Some(true))
        .filter(|said| last.as_ref().is_none_or(|last| place(&(said.at, said.id.clone())) > *last))
        .collect();
    new.sort_by_key(|said| place(&(said.at, said.id.clone())));
    new.into_iter().find_map(|said| {
        let orders = orders(&said.body, mention);
        let at = (said.at, said.id.clone());
        (!orders.is_empty()).then(|| Heard { at, by: said.by.clone(), orders })
    })
}

/// A person's no, with its reason read from where people leave one.
fn closed(pull: &PullSeen, (by, reason): (&str, Option<&str>), terms: &Terms) -> Stage {
    let said = pull.comments.iter().rev().filter(|said| said.may_write == Some(true));
    let order = said
        .flat_map(|said| orders(&said.body, &terms.mention))
        .find(|order| matches!(order, Order::NotNow(_) | Order::Never));
    let label = pull.labels.iter().find_map(|label| label.strip_prefix(REASON_LABEL));
    let told = order.as_ref().map(Order::word).or(label).or(reason);
    Stage::Vetoed {
        pull: pull.pull.clone(),
        by: by.to_owned(),
        reason: told.map(str::to_owned),
        until: match order {
            Some(Order::NotNow(day)) => midnight(day),
            _ => None,
        },
    }
}

/// The beginning of a day in UTC, in milliseconds since 1970.
pub fn midnight(day: jiff::civil::Date) -> Option<i64> {
    let zoned = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pull::PullRef;
    use crate::shift::{Merge, RequiredChecks, SkippedChecks};
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
        Seen { pull: Some(seen), ..Seen::default() }
    }

    fn check(verdict: Verdict) -> Check {
        Check { name: "build".into(), verdict, red_on_base: None, required: None, run: None }
    }

    fn terms(control: Control) -> Terms {
        Terms::new(control, Merge { auto: true, ..Merge::default() })
    }

    fn change() -> ChangeRef {
        ChangeRef { key: "k".into(), base: OURS, base_tree: OURS, tree: THEIRS }
    }

    fn open_stage() -> Stage {
        let told = Box::default();
        Stage::Open { change: change(), pull: PullRef { number: 1, url: "x".into() }, head: OURS, told }
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
        let twists: [Twist; 8] = [
            |p| p.head = THEIRS,
            |p| p.draft = true,
            |p| p.mergeable = None,
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
        let at = |base_tree| next(&made, &Seen { base_tree, ..Seen::default() }, &terms(Control::Running));
        assert_eq!(at(Some(OURS)), Move::Propose);
        assert!(matches!(at(Some(THEIRS)), Move::Make { why: Some(_) }));
        assert_eq!(at(None), Move::Wait(Why::NotSeen));
    }

    #[test]
    fn a_close_by_a_person_is_a_veto_even_while_paused() {
        let seen = pull(|p| p.state = PullState::Closed { by: "ann".into(), reason: None });
        let said = next(&open_stage(), &seen, &terms(Control::Paused));
        assert!(
            matches!(said, Move::Record(stage) if matches!(&*stage, Stage::Vetoed { by, .. } if by == "ann"))
        );
    }

    #[test]
    fn a_red_base_is_told_from_a_red_change() {
        let red = |red_on_base| Check { red_on_base, ..check(Verdict::Red) };
        let at = |checks: Vec<Check>| moved(&pull(|p| p.checks = checks));
        let names = vec!["build".to_owned()];
        assert_eq!(at(vec![red(Some(true))]), Move::Wait(Why::BaseRed { names: names.clone() }));
        let new = Move::Wait(Why::ChecksRed { names });
        assert_eq!(at(vec![red(Some(true)), red(Some(false))]), new);
        assert_eq!(at(vec![red(None)]), new);
    }

    #[test]
    fn an_adopted_pull_request_merges_at_a_head_that_somebody_approved() {
        let reference = PullRef { number: 1, url: "x".into() };
        let adopted = Stage::Adopted { pull: reference.clone(), head: OURS, told: Box::default() };
        let at = |seen: &Seen| next(&adopted, seen, &terms(Control::Running));
        assert_eq!(at(&pull(|_| ())), Move::Wait(Why::Approvals { have: 0, need: 1 }));
        assert_eq!(at(&pull(|p| p.approvals = 1)), Move::Merge { head: OURS });
        let moved = pull(|p| (p.head, p.approvals) = (THEIRS, 1));
        let told = Box::default();
        assert_eq!(
            at(&moved),
            Move::Record(Box::new(Stage::Adopted { pull: reference, head: THEIRS, told }))
        );
        assert!(matches!(at(&pull(|p| (p.draft, p.approvals) = (true, 1))), Move::Wait(Why::Draft)));
        let merged = PullState::Merged { commit: THEIRS, tree: OURS, by: "ann".into() };
        let seen = pull(|p| p.state = merged);
        let is_clean = |stage: &Stage| matches!(stage, Stage::Merged { cleaned: true, .. });
        assert!(matches!(at(&seen), Move::Record(stage) if is_clean(&stage)));
        assert_eq!(
            next(&adopted, &pull(|p| p.approvals = 1), &terms(Control::Paused)),
            Move::Wait(Why::Paused)
        );
        assert!(!again(&adopted, (None, "k"), OURS, 0));
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

    fn said(id: &str, body: &str, may_write: Option<bool>) -> Said {
        Said { id: id.into(), by: "ann".into(), may_write, at: 7, body: body.into() }
    }

    #[test]
    fn an_order_of_somebody_who_may_write_is_obeyed_once_and_before_any_gate() {
        let order = "@fleetwright hold";
        let at = |may_write, heard: Option<(i64, String)>| {
            let seen = pull(|p| p.comments.push(said("12", order, may_write)));
            let told = Box::new(Told { heard, ..Told::default() });
            let Stage::Open { change, pull, head, .. } = open_stage() else { panic!() };
            next(&Stage::Open { change, pull, head, told }, &seen, &terms(Control::Running))
        };
        assert!(matches!(at(Some(true), None), Move::Obey(Heard { orders, .. }) if orders == [Order::Hold]));
        assert_eq!(at(Some(true), Some((7, "12".into()))), Move::Merge { head: OURS });
        assert!(matches!(at(Some(true), Some((7, "9".into()))), Move::Obey(_)), "12 is later than 9");
        assert_eq!(at(Some(false), None), Move::Merge { head: OURS });
        assert_eq!(at(None, None), Move::Merge { head: OURS }, "unknown is never yes");
    }

    #[test]
    fn a_close_keeps_the_reason_and_the_day_a_person_gave() {
        let close = |change: fn(&mut PullSeen)| {
            let seen = pull(|p| {
                p.state = PullState::Closed { by: "ann".into(), reason: None };
                change(p);
            });
            match moved(&seen) {
                Move::Record(stage) => match *stage {
                    Stage::Vetoed { reason, until, .. } => (reason, until),
                    other => panic!("{other:?}"),
                },
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(close(|_| ()), (None, None));
        assert_eq!(close(|p| p.labels.push("fleetwright:wrong".into())), (Some("wrong".into()), None));
        let day = close(|p| p.comments.push(said("1", "@fleetwright not-now 1970-01-02", Some(true))));
        assert_eq!(day, (Some("not-now".into()), Some(86_400_000)));
        let stage = Stage::Vetoed {
            pull: PullRef { number: 1, url: "x".into() },
            by: "ann".into(),
            reason: None,
            until: Some(5),
        };
        assert!(!again(&stage, (None, "k"), OURS, 4) && again(&stage, (None, "k"), OURS, 5));
    }

    #[test]
    fn a_branch_is_renewed_only_when_it_must_be() {
        let at = |change: fn(&mut PullSeen), outdated: bool, update| {
            let mut terms = terms(Control::Running);
            terms.update = update;
            next(&open_stage(), &Seen { outdated, ..pull(change) }, &terms)
        };
        let renewed = |at: Move| matches!(at, Move::Renew { .. });
        assert!(renewed(at(|p| p.mergeable = Some(false), false, Update::Keep)));
        assert!(renewed(at(|_| (), true, Update::Replace)));
        assert!(!renewed(at(|_| (), true, Update::Keep)));
        assert!(renewed(at(|p| p.behind = true, false, Update::Replace)));
        let early =
            at(|p| (p.behind, p.checks[0].verdict) = (true, Verdict::Pending), false, Update::Replace);
        assert!(matches!(early, Move::Wait(Why::ChecksPending { .. })), "not before it is next to merge");
        let held = |p: &mut PullSeen| (p.mergeable, p.labels) = (Some(false), vec!["Hold".into()]);
        assert!(matches!(at(held, true, Update::Replace), Move::Wait(Why::Held { .. })));
    }

    #[test]
    fn red_checks_run_again_only_if_all_of_them_are_flaky_and_not_for_ever() {
        let at = |flaky: &[&str], reruns| {
            let red = |name: &str| Check { name: name.into(), run: Some(name.into()), ..check(Verdict::Red) };
            let mut seen = pull(|p| p.checks = vec![red("a"), red("b")]);
            seen.flaky = flaky.iter().map(|name| (*name).to_owned()).collect();
            let told = Box::new(Told { reruns, ..Told::default() });
            let Stage::Open { change, pull, head, .. } = open_stage() else { panic!() };
            next(&Stage::Open { change, pull, head, told }, &seen, &terms(Control::Running))
        };
        assert_eq!(at(&["a", "b"], 0), Move::Rerun { runs: vec!["a".into(), "b".into()] });
        assert!(matches!(at(&["a"], 0), Move::Wait(Why::ChecksRed { .. })));
        assert!(matches!(at(&["a", "b"], RERUNS), Move::Wait(Why::ChecksRed { .. })));
    }

    #[test]
    fn where_a_queue_is_demanded_the_forge_merges() {
        let at = |queued| moved(&pull(|p| (p.door, p.queued) = (MergeDoor::Queue, queued)));
        assert_eq!(at(false), Move::Enqueue { head: OURS });
        assert_eq!(at(true), Move::Wait(Why::Queued));
    }

    #[test]
    fn skipped_and_neutral_pass_only_by_policy_and_required_ones_may_be_enough() {
        let at = |checks: Vec<Check>, change: fn(&mut Merge)| {
            let mut terms = terms(Control::Running);
            change(&mut terms.merge);
            next(&open_stage(), &pull(|p| p.checks = checks), &terms)
        };
        let merged = Move::Merge { head: OURS };
        let both = || vec![check(Verdict::Skipped), check(Verdict::Neutral)];
        assert!(matches!(at(both(), |_| ()), Move::Wait(Why::ChecksSkipped { .. })));
        assert_eq!(at(both(), |m| m.require.skipped = SkippedChecks::Pass), merged);
        let red = Check { required: Some(false), ..check(Verdict::Red) };
        let mixed = || vec![red.clone(), check(Verdict::Green)];
        assert!(matches!(at(mixed(), |_| ()), Move::Wait(Why::ChecksRed { .. })));
        assert_eq!(at(mixed(), |m| m.require.checks = RequiredChecks::Required), merged);
        let none = at(vec![red.clone()], |m| m.require.checks = RequiredChecks::Required);
        assert_eq!(none, Move::Wait(Why::NoChecks));
    }
}
