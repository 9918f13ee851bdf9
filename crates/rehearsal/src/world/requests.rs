//! Requests are counted, limited and disturbed.

use super::state::State;
use crate::history::Happened;
use crate::limits::{Limits, Price, Refused, Standing, Unit};

impl State {
    /// Asks the limits for one request.
    ///
    /// # Errors
    /// The limit that is reached.
    pub(crate) fn begin_request(&mut self, who: &str, price: &Price) -> Result<(), Refused> {
        let now = self.now();
        let asked = self.ledger.begin(who, price, now);
        if let Err(refused) = &asked {
            self.note(match refused.while_blocked {
                true => Happened::WhileBlocked { by: who.to_owned() },
                false => Happened::Limited { by: who.to_owned(), limit: refused.limit.clone() },
            });
        }
        asked
    }

    /// Ends a request that was begun; takes more, or gives back.
    pub(crate) fn end_request(&mut self, who: &str, more: &[(Unit, i64)]) {
        let now = self.now();
        self.ledger.end(who, more, now);
    }

    /// How the told limits stand for an identity.
    pub fn standing(&mut self, who: &str) -> Vec<Standing> {
        let now = self.now();
        self.ledger.standing(who, now)
    }

    /// Changes the limits; what was used is forgotten.
    pub fn set_limits(&mut self, limits: Limits) {
        self.settings.limits = limits.clone();
        self.ledger.set(limits);
    }

    /// Changes what goes wrong.
    pub fn set_faults(&mut self, faults: crate::faults::Faults) {
        self.settings.faults = faults;
    }

    /// How many requests of a kind came before, counted by this one.
    pub(crate) fn nth(&mut self, kind: &str) -> u64 {
        let count = self.seen.entry(kind.to_owned()).or_insert(0);
        *count += 1;
        *count
    }
}
