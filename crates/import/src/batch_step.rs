//! The steps of a batch spec: scripts in containers become scripts in the sandbox.

use fleetwright_core::source::{Source, SourceError};
use serde_json::Value;

use crate::batch_making::Making;
use crate::draft::{Draft, DraftStep};
use crate::express::{cel, template};
use crate::go::{Expr, Part, split};
use crate::names::Names;
use crate::outside::Beside;
use crate::shell::{FETCHING, calls, is_bash};
use crate::value::{list, text};

/// Every key of a step.
const KEYS: [&str; 7] = ["run", "container", "env", "files", "outputs", "if", "mount"];

/// Adds the steps of a batch spec.
pub(crate) fn steps(
    source: &Source,
    value: &Value,
    (draft, names): (&mut Draft, &mut Names),
    beside: Beside<'_>,
) -> Result<(), SourceError> {
    let all = list(source, value, "steps")?;
    if all.is_empty() {
        // A shift has steps; this one changes nothing and says so.
        let remedy = "write a step, or leave it: nothing is changed";
        let todo = draft.remark(source, "steps", "the batch spec changes nothing itself", remedy);
        draft.steps.push(DraftStep {
            todo: vec![todo],
            script: "exit 64".to_owned(),
            ..DraftStep::default()
        });
    }
    for index in 0..all.len() {
        let key = format!("steps[{index}]");
        let step = DraftStep { name: Some(format!("step{}", index + 1)), ..DraftStep::default() };
        let making =
            Making { source, value, key, draft: &mut *draft, names: &mut *names, step, before: Vec::new() };
        making.done(beside)?;
    }
    Ok(())
}

/// Adds to the steps what later places asked of them, and takes away names that nobody uses.
pub(crate) fn answer(draft: &mut Draft, names: &Names) {
    for step in &mut draft.steps {
        let name = step.name.clone().unwrap_or_default();
        let asked = names.asked.iter().filter(|(step, _)| *step == name);
        for (_, stream) in asked {
            if !step.outputs.iter().any(|(output, _)| output == stream) {
                step.outputs.push(((*stream).to_owned(), format!("{{{{ step.{stream} }}}}")));
            }
        }
        if step.outputs.is_empty() {
            step.name = None;
        }
    }
}

impl Making<'_> {
    fn done(mut self, beside: Beside<'_>) -> Result<(), SourceError> {
        self.known()?;
        let Some(run) = text(self.source, self.value, &self.at("run"))? else {
            return Err(self.source.error(&self.key, "the step runs nothing", "add `run`"));
        };
        self.container()?;
        self.condition()?;
        self.env()?;
        self.files()?;
        self.mounts(beside)?;
        let script = self.script(&run);
        self.step.bash = is_bash(&run);
        if let Some(program) = calls(&run, &FETCHING) {
            let message = format!("`{program}` may need the network, and commands have none");
            self.todo("run", &message, "add `network: host` below `run` if it does");
        }
        if let Some(program) = calls(&run, &["git"]) {
            let message = format!("`{program}` finds no repository: commands see a plain copy of the tree");
            self.todo("run", &message, "do without, or use `git grep --no-index`");
        }
        let mut lines = std::mem::take(&mut self.before);
        lines.push(script);
        self.step.script = lines.join("\n");
        self.outputs()?;
        let name = self.step.name.clone().unwrap_or_default();
        let outputs: Vec<String> = self.step.outputs.iter().map(|(name, _)| name.clone()).collect();
        self.names.step(&name, self.step.condition.is_some(), &outputs);
        self.draft.steps.push(self.step);
        Ok(())
    }

    fn known(&self) -> Result<(), SourceError> {
        let table = self.value.pointer(&format!("/{}", self.key.replace('[', "/").replace(']', "")));
        let Some(table) = table.and_then(Value::as_object) else {
            return Err(self.source.error(&self.key, "a step is a mapping", "write `run: ...`"));
        };
        match table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => {
                let remedy = match fleetwright_core::source::nearest(key, &KEYS) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known here: {}", KEYS.join(", ")),
                };
                Err(self.source.error(&self.at(key), format!("a step has no key `{key}`"), &remedy))
            }
        }
    }

    fn container(&mut self) -> Result<(), SourceError> {
        if let Some(image) = text(self.source, self.value, &self.at("container"))? {
            let message = format!("it ran in the image {image}, and runs in the sandbox now");
            let remedy = "its programs must be installed here; `runner.readonly` shows folders to it";
            self.draft.remark(self.source, &self.at("container"), &message, remedy);
            self.step
                .todo
                .push(format!("TODO: it ran in the image {image}: its programs must be installed here"));
        }
        Ok(())
    }

    /// A condition that is known before the steps becomes `if`; any other one a question in the script.
    fn condition(&mut self) -> Result<(), SourceError> {
        let Some(condition) = text(self.source, self.value, &self.at("if"))? else { return Ok(()) };
        let parts = split(&condition);
        match parts.as_slice() {
            [Part::Text(word)] if word == "true" => {}
            [] | [Part::Text(_)] => self.step.condition = Some("false".to_owned()),
            [Part::Hole(_, Some(Expr::Flag(true)))] => {}
            [Part::Hole(_, Some(expr))] if cel(expr).is_some() => self.step.condition = cel(expr),
            parts => match template(parts, self.names) {
                Ok(template) => {
                    let name = self.variable("ONLY_IF", &template);
                    let line =
                        format!("[ \"$(printf %s \"${name}\" | tr -d '[:space:]')\" = true ] || exit 0");
                    self.before.push(line);
                }
                Err(hole) => {
                    let message = format!("`{hole}` has no equivalent here");
                    self.todo("if", &message, "write the condition as CEL; until then the step is skipped");
                    self.step.condition = Some("false".to_owned());
                }
            },
        }
        Ok(())
    }

    fn outputs(&mut self) -> Result<(), SourceError> {
        let outputs = match self.own("outputs").cloned() {
            None | Some(Value::Null) => return Ok(()),
            Some(Value::Object(outputs)) => outputs,
            Some(_) => {
                let remedy = "write `name: { value: ... }`";
                return Err(self.source.error(&self.at("outputs"), "a mapping belongs here", remedy));
            }
        };
        for (name, output) in outputs {
            let key = format!("outputs.{name}");
            let Some(value) = output.get("value") else {
                return Err(self.source.error(&self.at(&key), "the output has no value", "add `value`"));
            };
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if let Some(format) =
                output.get("format").and_then(Value::as_str).filter(|format| *format != "text")
            {
                let message = format!("outputs are texts here, not {format}");
                self.todo(&key, &message, "put out each part that is needed under a name of its own");
            }
            self.names.in_outputs = true;
            let made = template(&split(&value), self.names);
            self.names.in_outputs = false;
            match made {
                Ok(template) => self.step.outputs.push((name, template)),
                Err(hole) => {
                    let message = format!("`{hole}` has no equivalent here");
                    self.todo(&key, &message, "print the value, and use `{{ step.stdout }}`");
                }
            }
        }
        Ok(())
    }
}
