//! What is due happens in the order of time.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use super::settings::Settings;
use super::state::{Happening, State};
use crate::clock::Clock;
use crate::history::History;
use crate::limits::Ledger;

impl State {
    pub(crate) fn new(settings: Settings, clock: Arc<Clock>) -> State {
        State {
            ledger: Ledger::new(settings.limits.clone()),
            settings,
            clock,
            last_id: 1_000,
            accounts: BTreeMap::new(),
            credentials: HashMap::new(),
            apps: Vec::new(),
            teams: Vec::new(),
            repos: BTreeMap::new(),
            names: HashMap::new(),
            happenings: BTreeMap::new(),
            history: History::default(),
            outbox: VecDeque::new(),
            voice: None,
            url: String::new(),
            seen: HashMap::new(),
            joins: HashMap::new(),
        }
    }

    /// Lets everything happen that is due until `time`.
    pub(crate) fn advance_to(&mut self, time: i64) {
        while let Some(first) = self.happenings.first_entry().filter(|first| first.key().0 <= time) {
            let ((at, _), happening) = first.remove_entry();
            self.clock.move_to(at);
            self.happen(happening);
        }
        self.clock.move_to(time);
    }

    /// What cannot happen any more (a closed pull request, a check that was begun again) does not.
    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::CheckRuns { repo, commit, check, attempt } => {
                self.check_runs(repo, commit, (check, attempt));
            }
            Happening::CheckEnds { repo, commit, check, attempt } => {
                self.check_ends(repo, commit, (check, attempt));
            }
            Happening::Person { script, repo, number } => self.person_acts(script, repo, number),
            Happening::Queue { repo, number, entry } => self.queue_turn(repo, number, entry),
            Happening::Deliver(delivery) => self.deliver(*delivery),
        }
    }
}
