//! The gates before a merge: each with its value and its verdict, in the order they are asked.
//!
//! [`crate::next::next`] takes the first one that is not open as its answer, and `shift why` shows
//! all of them: there is no second logic for people.

use serde::Serialize;

use crate::oid::Oid;
use crate::pull::{Check, PullSeen, Verdict};
use crate::shift::{RequiredChecks, SkippedChecks};
use crate::stage::Told;
use crate::terms::{Control, Terms};
use crate::why::Why;

/// One gate, asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Gate {
    /// Its name.
    pub gate: &'static str,
    /// What was found.
    pub value: String,
    /// Why it is not open; `None` where it is.
    pub closed: Option<Why>,
}

impl Gate {
    fn new(gate: &'static str, value: impl Into<String>, closed: Option<Why>) -> Gate {
        Gate { gate, value: value.into(), closed }
    }
}

/// Asks every gate of a pull request whose branch we left at `ours`.
pub fn gates((ours, told): (Oid, &Told), seen: &PullSeen, terms: &Terms) -> Vec<Gate> {
    let mut gates = vec![control(terms.control), branch(ours, told, seen)];
    gates.push(Gate::new("draft", yes_no(seen.draft), seen.draft.then_some(Why::Draft)));
    gates.push(hold(told, seen, terms));
    gates.push(opt_out(terms));
    let stuck = told.stuck.clone().map(|fault| Why::CannotRenew { fault });
    gates.push(Gate::new("still as the steps make it", yes_no(stuck.is_none()), stuck));
    gates.push(conflict(seen));
    let asked = seen.changes_requested.then_some(Why::ChangesRequested);
    gates.push(Gate::new("changes requested", yes_no(seen.changes_requested), asked));
    gates.push(base(seen));
    gates.push(checks(seen, terms));
    gates.push(approvals(seen, terms));
    gates.push(forge(seen));
    gates.push(window(terms));
    gates.push(person(told, terms));
    gates.push(second(told, terms));
    let queued = seen.queued.then_some(Why::Queued);
    gates.push(Gate::new("queue", if seen.queued { "waiting in it" } else { "not in it" }, queued));
    // The last one, because bringing a branch up to date costs a run of every check.
    let behind = seen.behind.then_some(Why::Behind);
    gates.push(Gate::new("up to date", yes_no(!seen.behind), behind));
    gates
}

fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

fn control(control: Control) -> Gate {
    let closed = match control {
        Control::Planned => Some(Why::Planned),
        Control::Paused => Some(Why::Paused),
        Control::Stopped => Some(Why::Stopped),
        Control::Running => None,
    };
    Gate::new("shift", control.word(), closed)
}

/// The diff is what was planned: the branch is at our commit, whose tree is the planned one.
fn branch(ours: Oid, told: &Told, seen: &PullSeen) -> Gate {
    let closed = match (seen.head == ours, &told.handed) {
        (false, Some(head)) if *head == seen.head => Some(Why::HandedOver),
        (false, _) => Some(Why::ForeignCommits { head: seen.head }),
        (true, _) if told.mixed => Some(Why::Mixed),
        (true, _) => None,
    };
    Gate::new("as planned", format!("head {}", seen.head.short()), closed)
}

fn hold(told: &Told, seen: &PullSeen, terms: &Terms) -> Gate {
    let is_hold = |label: &&String| terms.hold_labels.iter().any(|hold| hold.eq_ignore_ascii_case(label));
    let label = seen.labels.iter().find(is_hold).map(|label| format!("the label `{label}`"));
    let by = label.or_else(|| told.held.clone());
    let value = by.clone().unwrap_or_else(|| "none".to_owned());
    Gate::new("hold", value, by.map(|by| Why::Held { by }))
}

fn opt_out(terms: &Terms) -> Gate {
    let says = terms.refused.clone();
    let value = says.clone().unwrap_or_else(|| "none".to_owned());
    Gate::new("opt-out", value, says.map(|says| Why::OptedOut { says }))
}

fn conflict(seen: &PullSeen) -> Gate {
    match seen.mergeable {
        Some(true) => Gate::new("merges cleanly", "yes", None),
        Some(false) => Gate::new("merges cleanly", "no", Some(Why::Conflict)),
        None => Gate::new("merges cleanly", "not known yet", Some(Why::MergeabilityUnknown)),
    }
}

fn base(seen: &PullSeen) -> Gate {
    let names = seen.base_red.clone();
    match names.is_empty() {
        true => Gate::new("base", "not known red", None),
        false => Gate::new("base", format!("red: {}", names.join(", ")), Some(Why::BaseRed { names })),
    }
}

fn approvals(seen: &PullSeen, terms: &Terms) -> Gate {
    let (have, need) = (seen.approvals, terms.merge.require.approvals);
    let closed = (have < need).then_some(Why::Approvals { have, need });
    Gate::new("approvals", format!("{have} of {need}"), closed)
}

fn forge(seen: &PullSeen) -> Gate {
    let value = seen.blocked.clone().unwrap_or_else(|| "nothing in the way".to_owned());
    Gate::new("the forge's rules", value, seen.blocked.clone().map(|says| Why::ForgeBlocks { says }))
}

fn window(terms: &Terms) -> Gate {
    let value = terms.window.clone().unwrap_or_else(|| "open".to_owned());
    Gate::new("window", value, terms.window.clone().map(|what| Why::Window { what }))
}

fn person(told: &Told, terms: &Terms) -> Gate {
    match (&told.merge, terms.merge.auto) {
        (Some(by), _) => Gate::new("merge policy", format!("{by} said `merge`"), None),
        (None, true) => Gate::new("merge policy", "by itself", None),
        (None, false) => Gate::new("merge policy", "by a person", Some(Why::Person)),
    }
}

/// The shift's own word for many needs a second person; somebody who may write there speaks for one pull request.
fn second(told: &Told, terms: &Terms) -> Gate {
    let gate = "two persons";
    if told.merge.is_some() || !terms.merge.auto {
        return Gate::new(gate, "a person merges this one", None);
    }
    match terms.consent.verdict() {
        Ok(found) => Gate::new(gate, found, None),
        Err(says) => Gate::new(gate, says.clone(), Some(Why::SecondPerson { says })),
    }
}

fn checks(seen: &PullSeen, terms: &Terms) -> Gate {
    let require = &terms.merge.require;
    if require.checks == RequiredChecks::None {
        return Gate::new("checks", "not asked for", None);
    }
    let counted = |check: &&Check| match require.checks {
        // What a forge does not tell apart counts.
        RequiredChecks::Required => check.required != Some(false),
        _ => true,
    };
    let counted: Vec<&Check> = seen.checks.iter().filter(counted).collect();
    let names = |wanted: &dyn Fn(&Check) -> bool| -> Vec<String> {
        counted.iter().filter(|check| wanted(check)).map(|check| check.name.clone()).collect()
    };
    let red = names(&|check| check.verdict == Verdict::Red && check.red_on_base != Some(true));
    let red_before = names(&|check| check.verdict == Verdict::Red && check.red_on_base == Some(true));
    let pending = names(&|check| check.verdict == Verdict::Pending);
    let nothing = names(&|check| matches!(check.verdict, Verdict::Skipped | Verdict::Neutral));
    let green = names(&|check| check.verdict == Verdict::Green);
    let value = format!(
        "{} green, {} red, {} running, {} without a word",
        green.len(),
        red.len() + red_before.len(),
        pending.len(),
        nothing.len()
    );
    let closed = if !red.is_empty() {
        Some(Why::ChecksRed { names: red })
    } else if !red_before.is_empty() {
        Some(Why::BaseRed { names: red_before })
    } else if !pending.is_empty() {
        Some(Why::ChecksPending { names: pending })
    } else if !nothing.is_empty() && require.skipped == SkippedChecks::Block {
        Some(Why::ChecksSkipped { names: nothing })
    } else if counted.is_empty() || green.is_empty() && nothing.is_empty() {
        Some(Why::NoChecks)
    } else {
        None
    };
    Gate::new("checks", value, closed)
}
