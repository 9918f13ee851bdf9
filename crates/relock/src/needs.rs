//! What a tool needs, before it is put into its folder.

use crate::ask::Ask;
use crate::step::{Step, run};

/// What a tool needs, before it is put into its folder.
pub(crate) struct Needs {
    pub(crate) steps: Vec<Step>,
    pub(crate) env: Vec<(&'static str, &'static str)>,
    pub(crate) offline: Vec<(&'static str, &'static str)>,
    pub(crate) version: &'static str,
    /// Files beside the lockfile that the tool rightly changes, too.
    pub(crate) beside: Vec<&'static str>,
}

impl Needs {
    /// One command, of which the words are separated by spaces; `version` is how the tool tells its own.
    pub(crate) fn of(command: &str, version: &'static str) -> Needs {
        Needs::steps(vec![run(command, None)], version)
    }

    /// Several steps.
    pub(crate) fn steps(steps: Vec<Step>, version: &'static str) -> Needs {
        Needs { steps, env: vec![], offline: vec![], version, beside: vec![] }
    }

    /// With a word more at the end of the last command, which may hold anything.
    pub(crate) fn word(mut self, word: String) -> Needs {
        if let Some(Step::Run(last)) = self.steps.last_mut() {
            last.push(word);
        }
        self
    }
}

/// The reason where no tool is known for a format.
pub(crate) fn unknown(ask: &Ask<'_>) -> String {
    format!("no tool is known for `{}` ({})", ask.format, ask.path)
}
