//! What a step of a batch spec is given: variables, files, mounts.

use fleetwright_core::source::SourceError;
use serde_json::Value;

use crate::batch_making::Making;
use crate::express::template;
use crate::go::{Part, split};
use crate::outside::Beside;
use crate::value::{list, text};
use crate::words;

/// The largest text that fits into a variable: half of Linux's limit of 128 KiB for one.
const MAX_VARIABLE: usize = 64 << 10;

impl Making<'_> {
    pub(crate) fn env(&mut self) -> Result<(), SourceError> {
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
    pub(crate) fn files(&mut self) -> Result<(), SourceError> {
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

    pub(crate) fn mounts(&mut self, beside: Beside<'_>) -> Result<(), SourceError> {
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
}
