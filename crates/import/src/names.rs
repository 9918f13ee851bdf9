//! What batch specs' templates may name at a place, and what that is called here.

use std::collections::{BTreeMap, BTreeSet};

/// What a template at some place may name.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Which steps put out a name, the first one first, and whether the step may be skipped.
    outputs: BTreeMap<String, Vec<(String, bool)>>,
    /// The step before this place, and whether it may be skipped.
    previous: Option<(String, bool)>,
    /// Whether the place is within a step's own outputs.
    pub(crate) in_outputs: bool,
    /// What steps must put out because later places ask for it: step and `stdout` or `stderr`.
    pub(crate) asked: BTreeSet<(String, &'static str)>,
}

impl Names {
    /// A step with its outputs was passed.
    pub(crate) fn step(&mut self, step: &str, skips: bool, outputs: &[String]) {
        for output in outputs {
            self.outputs.entry(output.clone()).or_default().push((step.to_owned(), skips));
        }
        self.previous = Some((step.to_owned(), skips));
    }

    /// A name as an expression of minijinja; `None` when there is nothing like it.
    pub(crate) fn jinja(&mut self, name: &str) -> Option<String> {
        if let Some(output) = name.strip_prefix("outputs.") {
            return self.output(output);
        }
        Some(match name {
            "repository.name" => "repo.name".to_owned(),
            "repository.branch" => "repo.defaultBranch".to_owned(),
            "batch_change.name" => "shift.name".to_owned(),
            "batch_change.description" => "description".to_owned(),
            "steps.path" => "path".to_owned(),
            "step.stdout" | "step.stderr" if self.in_outputs => name.to_owned(),
            "previous_step.stdout" => self.previous("stdout")?,
            "previous_step.stderr" => self.previous("stderr")?,
            _ => return None,
        })
    }

    fn previous(&mut self, stream: &'static str) -> Option<String> {
        // Without a step before, Go gives an empty text.
        let Some((step, skips)) = self.previous.clone() else { return Some("\"\"".to_owned()) };
        self.asked.insert((step.clone(), stream));
        Some(place(&step, stream, skips, "\"\""))
    }

    /// The last step that ran and puts it out: those that may be skipped fall back to the one before.
    fn output(&self, name: &str) -> Option<String> {
        let steps = self.outputs.get(name)?;
        let mut expr = "\"\"".to_owned();
        for (step, skips) in steps {
            expr = place(step, name, *skips, &expr);
        }
        Some(expr)
    }
}

fn place(step: &str, output: &str, skips: bool, otherwise: &str) -> String {
    let plain = output.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !output.starts_with(|c: char| c.is_ascii_digit());
    let value = match plain {
        true => format!("steps.{step}.outputs.{output}"),
        false => format!("steps.{step}.outputs[{}]", serde_json::Value::from(output)),
    };
    match skips {
        true => format!("({value} if steps.{step} is defined else {otherwise})"),
        false => value,
    }
}
