//! One step of a batch spec while it is made: what is read, what is written, what is said.

use fleetwright_core::source::Source;
use serde_json::Value;

use crate::draft::{Draft, DraftStep};
use crate::names::Names;

/// One step while it is made.
pub(crate) struct Making<'a> {
    pub(crate) source: &'a Source,
    pub(crate) value: &'a Value,
    pub(crate) key: String,
    pub(crate) draft: &'a mut Draft,
    pub(crate) names: &'a mut Names,
    pub(crate) step: DraftStep,
    /// Lines of the script before what was written.
    pub(crate) before: Vec<String>,
}

impl Making<'_> {
    pub(crate) fn at(&self, key: &str) -> String {
        format!("{}.{key}", self.key)
    }

    pub(crate) fn own(&self, key: &str) -> Option<&Value> {
        self.value.pointer(&format!("/{}/{key}", self.key.replace('[', "/").replace(']', "")))
    }

    pub(crate) fn todo(&mut self, key: &str, message: &str, remedy: &str) {
        let todo = self.draft.remark(self.source, &self.at(key), message, remedy);
        self.step.todo.push(todo);
    }

    /// A variable of the step with this template; one that is there already with the same one is taken.
    pub(crate) fn variable(&mut self, wanted: &str, template: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 1;
        while let Some((_, value)) = self.step.env.iter().find(|(known, _)| *known == name) {
            if value == template {
                return name;
            }
            number += 1;
            name = format!("{wanted}_{number}");
        }
        self.step.env.push((name.clone(), template.to_owned()));
        name
    }

    pub(crate) fn searched(&mut self, key: &str) {
        let message = "the files that the search found are looked for by grep";
        self.todo(key, message, "compare its files with those the search found");
    }
}
