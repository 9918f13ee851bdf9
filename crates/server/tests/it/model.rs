//! A forge that is nothing but one pull request and its past.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_core::Oid;
use fleetwright_core::pull::{Check, PullRef, PullSeen, PullState, Verdict};
use fleetwright_core::stage::{ChangeRef, MergedRef, Stage, Told};
use proptest::prelude::*;

/// What people, CI and chance do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Event {
    /// A check of the head that stands there says something.
    Checked(Verdict),
    /// Somebody approves of the head.
    Approved,
    /// Somebody pushes to the branch.
    Pushed,
    /// Somebody puts the branch back to our last commit.
    PutBack,
    /// The base moves, so that there is a conflict.
    Conflicts,
    /// Somebody merges it.
    Merged,
    /// Somebody closes it.
    Closed,
}

impl Event {
    pub(crate) fn any() -> impl Strategy<Value = Event> {
        prop_oneof![
            6 => Just(Event::Checked(Verdict::Green)),
            3 => Just(Event::Checked(Verdict::Red)),
            3 => Just(Event::Checked(Verdict::Pending)),
            4 => Just(Event::Approved),
            2 => Just(Event::Pushed),
            1 => Just(Event::PutBack),
            2 => Just(Event::Conflicts),
            1 => Just(Event::Merged),
            1 => Just(Event::Closed),
        ]
    }
}

/// The forge: versions of what it showed, the newest last. Before the first one it shows nothing.
pub(crate) struct Model {
    past: Vec<Option<PullSeen>>,
    checks: BTreeMap<Oid, Verdict>,
    approved: BTreeSet<Oid>,
    /// Heads whose check was green at some time.
    were_green: BTreeSet<Oid>,
    /// Our last head.
    ours: Oid,
    heads: u8,
}

fn reference() -> PullRef {
    PullRef { number: 1, url: "https://forge.example/1".to_owned() }
}

fn commit(kind: u8, number: u8) -> Oid {
    let mut bytes = [kind; 20];
    bytes[19] = number;
    Oid::from_bytes(bytes)
}

/// An open target whose branch we left at our commit of a number, with commits of people in it or without.
pub(crate) fn ours(number: u8, mixed: bool) -> Stage {
    let (base, head) = (commit(1, number), commit(2, number));
    let change = ChangeRef { key: "k".to_owned(), base, base_tree: base, tree: head };
    Stage::Open { change, pull: reference(), head, told: Box::new(Told { mixed, ..Told::default() }) }
}

impl Default for Model {
    /// We have just opened it.
    fn default() -> Model {
        let ours = commit(2, 0);
        let open = PullSeen { mergeable: Some(true), ..PullSeen::bare(reference(), PullState::Open, ours) };
        Model {
            past: vec![None, Some(open)],
            checks: BTreeMap::new(),
            approved: BTreeSet::new(),
            were_green: BTreeSet::new(),
            ours,
            heads: 0,
        }
    }
}

impl Model {
    /// What a look shows that is so many versions behind.
    pub(crate) fn shown(&self, behind: usize) -> Option<PullSeen> {
        self.past[(self.past.len() - 1).saturating_sub(behind)].clone()
    }

    fn now(&self) -> PullSeen {
        self.shown(0).expect("the newest version is one")
    }

    /// Whether the check of a head is green now.
    pub(crate) fn is_green(&self, head: Oid) -> bool {
        self.checks.get(&head) == Some(&Verdict::Green)
    }

    /// Something happens; to one that is merged or closed nothing does.
    pub(crate) fn happens(&mut self, event: &Event) {
        let mut pull = self.now();
        if pull.state != PullState::Open {
            return;
        }
        let by = "ann".to_owned();
        match event {
            Event::Checked(verdict) => {
                self.checks.insert(pull.head, *verdict);
                if *verdict == Verdict::Green {
                    self.were_green.insert(pull.head);
                }
            }
            Event::Approved => {
                self.approved.insert(pull.head);
            }
            Event::Pushed => {
                self.heads += 1;
                pull.head = commit(3, self.heads);
            }
            Event::PutBack => pull.head = self.ours,
            Event::Conflicts => pull.mergeable = Some(false),
            Event::Merged if pull.mergeable == Some(true) => {
                pull.state = PullState::Merged { commit: commit(4, 0), tree: commit(5, 0), by };
            }
            Event::Merged => return,
            Event::Closed => pull.state = PullState::Closed { by, reason: None },
        }
        self.shows(pull);
    }

    fn shows(&mut self, mut pull: PullSeen) {
        let verdict = self.checks.get(&pull.head);
        let check = |verdict: &Verdict| Check {
            name: "build".to_owned(),
            verdict: *verdict,
            red_on_base: None,
            required: None,
            run: None,
        };
        pull.checks = verdict.map(check).into_iter().collect();
        pull.approvals = u32::from(self.approved.contains(&pull.head));
        self.past.push(Some(pull));
    }

    /// We merge exactly a head: the forge has no rule but that one. `None` where it refuses.
    pub(crate) fn merge(&mut self, head: Oid) -> Result<Option<Stage>, TestCaseError> {
        let mut pull = self.now();
        match &pull.state {
            PullState::Closed { .. } => return Ok(None),
            // Merged already is merged.
            PullState::Merged { commit, tree, .. } => return Ok(Some(merged(*commit, *tree))),
            PullState::Open if pull.head != head || pull.mergeable != Some(true) => return Ok(None),
            PullState::Open => {}
        }
        prop_assert!(self.were_green.contains(&head), "merged, and its check was never green");
        prop_assert_eq!(head, self.ours, "merged, and it is not what we planned");
        let (commit, tree) = (commit(4, 1), commit(5, 1));
        pull.state = PullState::Merged { commit, tree, by: "fleetwright".to_owned() };
        self.shows(pull);
        Ok(Some(merged(commit, tree)))
    }

    /// We put the change on the base anew, if the branch is where it was seen, and keep what people did
    /// since `last`, our last commit. `None` where somebody was quicker.
    pub(crate) fn renew(&mut self, (last, mixed): (Oid, bool), seen: Oid) -> Option<Stage> {
        let mut pull = self.now();
        if pull.state != PullState::Open || pull.head != seen {
            return None;
        }
        let number = self.ours.as_bytes()[19] + 1;
        self.ours = commit(2, number);
        (pull.head, pull.mergeable) = (self.ours, Some(true));
        self.shows(pull);
        Some(ours(number, mixed || seen != last))
    }
}

fn merged(commit: Oid, tree: Oid) -> Stage {
    Stage::Merged { merged: MergedRef { pull: reference(), commit }, tree, cleaned: false }
}
