//! The steps of a batch spec: scripts in containers become scripts in the sandbox.

use fleetwright_core::source::{Source, SourceError};
use serde_json::Value;

use crate::Beside;
use crate::batch::{list, text};
use crate::draft::{Draft, DraftStep};
use crate::express::{cel, template};
use crate::go::{Expr, Part, split};
use crate::names::Names;
use crate::shell::{Script, calls, is_bash};
use crate::words;

/// Programs that fetch from the network.
pub(crate) const FETCHING: [&str; 22] = [
    "npm",
    "npx",
    "yarn",
    "pnpm",
    "pip",
    "pip3",
    "poetry",
    "curl",
    "wget",
    "apt-get",
    "apk",
    "go get",
    "go mod",
    "go install",
    "cargo update",
    "bundle",
    "mvn",
    "gradle",
    "./gradlew",
    "docker",
    "composer",
    "git clone",
];

/// The largest text that fits into a variable: half of Linux's limit of 128 KiB for one.
const MAX_VARIABLE: usize = 64 << 10;

/// Every key of a step.
const KEYS: [&str; 7] = ["run", "container", "env", "files", "outputs", "if", "mount"];

/// One step while it is made.
struct Making<'a> {
    source: &'a Source,
    value: &'a Value,
    key: String,
    draft: &'a mut Draft,
    names: &'a mut Names,
    step: DraftStep,
    /// Lines of the script before what was written.
    before: Vec<String>,
}

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

    fn at(&self, key: &str) -> String {
        format!("{}.{key}", self.key)
    }

    fn own(&self, key: &str) -> Option<&Value> {
        self.value.pointer(&format!("/{}/{key}", self.key.replace('[', "/").replace(']', "")))
    }

    fn todo(&mut self, key: &str, message: &str, remedy: &str) {
        let todo = self.draft.remark(self.source, &self.at(key), message, remedy);
        self.step.todo.push(todo);
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

    fn env(&mut self) -> Result<(), SourceError> {
        let pairs: Vec<(String, Option<Value>)> = match self.own("env").cloned() {
            None | Some(Value::Null) => return Ok(()),
            Some(Value::Object(table)) => {
                table.into_iter().map(|(name, value)| (name, Some(value))).collect()
            }
            Some(Value::Array(list)) => list
                .into_iter()
                .flat_map(|one| match one {
                    Value::Object(table) => {
                        table.into_iter().map(|(name, value)| (name, Some(value))).collect()
                    }
                    Value::String(name) => vec![(name, None)],
                    _ => Vec::new(),
                })
                .collect(),
            Some(_) => {
                let remedy = "write `NAME: value` pairs";
                return Err(self.source.error(&self.at("env"), "a mapping belongs here", remedy));
            }
        };
        for (name, value) in pairs {
            let Some(value) = value else {
                let message =
                    format!("`{name}` came from the environment or a secret, and commands get neither");
                self.todo(
                    "env",
                    &message,
                    "give a value that is no secret below `env`; until then the step fails",
                );
                self.before.push(format!(": \"${{{name}:?see the TODO in the shift file}}\""));
                continue;
            };
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            match template(&split(&value), self.names) {
                Ok(template) => self.step.env.push((name, template)),
                Err(hole) => {
                    let message = format!("`{hole}` has no equivalent here");
                    self.todo("env", &message, &format!("give {name} a value; until then the step fails"));
                    self.before.push(format!(": \"${{{name}:?see the TODO in the shift file}}\""));
                }
            }
        }
        Ok(())
    }

    /// Files made for the step: the script writes them first.
    fn files(&mut self) -> Result<(), SourceError> {
        let files = match self.own("files").cloned() {
            None | Some(Value::Null) => return Ok(()),
            Some(Value::Object(files)) => files,
            Some(_) => {
                let remedy = "write `/tmp/name: content` pairs";
                return Err(self.source.error(&self.at("files"), "a mapping belongs here", remedy));
            }
        };
        for (path, content) in files {
            let content = content.as_str().map_or_else(|| content.to_string(), str::to_owned);
            if content.len() > MAX_VARIABLE {
                let message = format!("the content of {path} is too large for a variable");
                let remedy = "put it into a file beside the shift and name it below `run.files`";
                return Err(self.source.error(&self.at("files"), message, remedy));
            }
            self.folder(&path, "files");
            let parts = split(&content);
            let search = matches!(parts.as_slice(), [Part::Hole(_, Some(expr))] if expr.mentions("repository.search_result_paths"));
            match (template(&parts, self.names), self.draft.targets.paths.clone()) {
                (Ok(template), _) => {
                    let name =
                        self.variable(&words::variable(path.rsplit('/').next().unwrap_or("FILE")), &template);
                    self.before.push(format!("printf %s \"${name}\" > {}", words::shell(&path)));
                }
                (Err(_), Some(command)) if search => {
                    self.searched("files");
                    self.before.push(format!("{command} > {}", words::shell(&path)));
                }
                (Err(hole), _) => {
                    let message = format!("`{hole}` has no equivalent here");
                    self.todo(
                        "files",
                        &message,
                        &format!("write {path} yourself; until then the step fails"),
                    );
                    self.before.push(format!("test -e {} || exit 1", words::shell(&path)));
                }
            }
        }
        Ok(())
    }

    /// A command makes the folder a file shall stand in, where the sandbox has none.
    fn folder(&mut self, path: &str, key: &str) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if !(path.starts_with("/tmp/") || path.starts_with("/dev/shm/")) {
            let message = format!("{path} may be read-only in the sandbox");
            self.todo(key, &message, "use a path below /tmp");
        }
        if !matches!(folder, "/tmp" | "/dev/shm" | "") {
            let line = format!("mkdir -p {}", words::shell(folder));
            if !self.before.contains(&line) {
                self.before.push(line);
            }
        }
    }

    fn mounts(&mut self, beside: Beside<'_>) -> Result<(), SourceError> {
        for index in 0..list(
            self.source,
            self.value,
            &format!("{}.mount", self.key.replace('[', ".").replace(']', "")),
        )?
        .len()
        {
            let key = format!("mount[{index}]");
            let path = text(self.source, self.value, &self.at(&format!("{key}.path")))?;
            let point = text(self.source, self.value, &self.at(&format!("{key}.mountpoint")))?;
            let (Some(path), Some(point)) = (path, point) else {
                return Err(self.source.error(
                    &self.at(&key),
                    "a mount has two ends",
                    "give `path` and `mountpoint`",
                ));
            };
            let plain = path.trim_start_matches("./").trim_end_matches('/').to_owned();
            if path.starts_with('/') || plain.split('/').any(|part| part == "..") {
                let message = format!("`{path}` is not beside the file");
                return Err(self.source.error(
                    &self.at(&key),
                    message,
                    "move it beside the file and write a relative path",
                ));
            }
            let found = beside(&plain);
            if found.is_empty() {
                let message = format!("`{path}` is not there");
                self.todo(&key, &message, "put it beside the shift file");
                self.step.files.push(plain.clone());
            }
            self.step.files.extend(found);
            self.folder(&point, &key);
            let line =
                format!("ln -s \"$FLEETWRIGHT_SHIFT_DIR\"/{} {}", words::shell(&plain), words::shell(&point));
            self.before.push(line);
        }
        Ok(())
    }

    /// A variable of the step with this template; one that is there already with the same one is taken.
    fn variable(&mut self, wanted: &str, template: &str) -> String {
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

    fn searched(&mut self, key: &str) {
        let message = "the files that the search found are looked for by grep";
        self.todo(key, message, "compare its files with those the search found");
    }

    /// The script, its holes filled by variables.
    fn script(&mut self, run: &str) -> String {
        let mut script = Script::new();
        for part in split(run) {
            let (hole, expr) = match part {
                Part::Text(text) => {
                    script.text(&text);
                    continue;
                }
                Part::Hole(hole, expr) => (hole, expr),
            };
            let (expansion, quoted) = self.expansion(&hole, expr);
            let expansion = if quoted { format!("\"{expansion}\"") } else { expansion };
            if !script.variable(&expansion) {
                let message = format!("`{hole}` stands where the shell puts nothing in");
                self.todo(
                    "run",
                    &message,
                    "take the quotes from the here-document's first line; until then the step fails",
                );
                self.before.push("exit 1".to_owned());
                script.text(&hole);
            }
        }
        script.finish()
    }

    /// What a hole in a script becomes, and whether it is to be one word.
    fn expansion(&mut self, hole: &str, expr: Option<Expr>) -> (String, bool) {
        let (quoted, expr) = match expr {
            Some(Expr::Call(function, mut args)) if function == "shellquote" && args.len() == 1 => {
                (true, args.pop())
            }
            other => (false, other),
        };
        let known = match &expr {
            Some(Expr::Name(name)) if name == "repository.name" => Some("FLEETWRIGHT_REPO"),
            Some(Expr::Name(name)) if name == "batch_change.name" => Some("FLEETWRIGHT_SHIFT"),
            Some(Expr::Name(name)) if name == "steps.path" => Some("FLEETWRIGHT_DIR"),
            Some(Expr::Name(name)) if name == "repository.branch" => Some("FLEETWRIGHT_DEFAULT_BRANCH"),
            _ => None,
        };
        if let Some(name) = known {
            return (format!("${{{name}}}"), quoted);
        }
        let searches = expr.as_ref().is_some_and(|expr| expr.mentions("repository.search_result_paths"));
        if searches && let Some(command) = self.draft.targets.paths.clone() {
            let line = format!("SEARCH_RESULT_PATHS=$({command})");
            if !self.before.contains(&line) {
                self.searched("run");
                self.before.push(line);
            }
            return ("${SEARCH_RESULT_PATHS}".to_owned(), quoted);
        }
        let wanted = expr.as_ref().map_or_else(|| "VALUE".to_owned(), named);
        let part = [Part::Hole(hole.to_owned(), expr)];
        match template(&part, self.names) {
            Ok(template) => (format!("${{{}}}", self.variable(&wanted, &template)), quoted),
            Err(hole) => {
                let message = format!("`{hole}` has no equivalent here");
                self.todo("run", &message, &format!("set {wanted} in the script; until then the step fails"));
                (format!("${{{wanted}:?see the TODO in the shift file}}"), quoted)
            }
        }
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

/// A name for a variable that holds what an expression gives.
fn named(expr: &Expr) -> String {
    match expr {
        Expr::Name(name) if name.starts_with("outputs.") => {
            words::variable(&name.replacen("outputs.", "output.", 1))
        }
        Expr::Name(name) => words::variable(name.rsplit('.').next().unwrap_or(name)),
        Expr::Call(_, args) => {
            let first = args.iter().find(|arg| matches!(arg, Expr::Name(_) | Expr::Call(..)));
            first.map_or_else(|| "VALUE".to_owned(), named)
        }
        _ => "VALUE".to_owned(),
    }
}
