//! The rules in force for a target: configuration, shift, and the repository's own file, in one.

use fleetwright_core::consent::Consent;
use fleetwright_core::next::{Control, Terms};
use fleetwright_core::repo::RepoFacts;
use fleetwright_store::ShiftRow;

use crate::fleet::Fleet;

impl Fleet {
    /// Folds the rules into one. Who stands behind the shift is not known here: whoever knows says so.
    pub(crate) fn terms(&self, row: &ShiftRow, control: Control, facts: Option<&RepoFacts>) -> Terms {
        let spec = &row.shift.spec;
        let mut terms = Terms::new(control, spec.merge.clone());
        terms.update = spec.pull_request.update;
        if self.config.people.two_persons.is_some() {
            terms.consent = Consent::Unknown;
        }
        terms.mention.clone_from(&self.config.mention);
        terms.hold_labels.clone_from(&self.config.hold_labels);
        if let Some(facts) = facts {
            facts.narrow(&row.shift.metadata.name, &mut terms);
        }
        terms
    }
}
