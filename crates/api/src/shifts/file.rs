//! A shift file as it is sent: its text, and everything that travels with it.

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fleetwright_core::shift::{Script, Scripts, Targets};
use fleetwright_engine::EngineError;
use fleetwright_engine::load::Loaded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A shift file, with the files that its steps name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShiftFile {
    /// What it is called where it comes from: to tell it from another file of the same shift.
    pub path: String,
    /// What it is called in what is said about it; its path when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<String>,
    /// The text, YAML.
    pub text: String,
    /// The files beside it that its steps name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Attached>,
    /// In the place of `spec.targets`, if given; the same keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<std::collections::BTreeMap<String, Value>>")]
    pub targets: Option<Targets>,
}

/// A file that travels with a shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attached {
    /// Its name below the shift file's folder.
    pub name: String,
    /// Its content, in base64.
    pub content: String,
    /// Whether it may be run.
    #[serde(default)]
    pub executable: bool,
}

impl ShiftFile {
    /// A shift that was read here, to be sent.
    pub fn of(loaded: &Loaded) -> ShiftFile {
        let files = loaded.scripts.iter().map(|(name, script)| Attached {
            name: name.clone(),
            content: BASE64_STANDARD.encode(&script.content),
            executable: script.executable,
        });
        ShiftFile {
            path: loaded.path.display().to_string(),
            called: Some(loaded.source.file().to_owned()),
            text: loaded.text.clone(),
            files: files.collect(),
            targets: Some(loaded.shift.spec.targets.clone()),
        }
    }

    /// Reads and checks what was sent.
    pub(crate) fn loaded(self) -> Result<Loaded, EngineError> {
        let mut scripts = Scripts::new();
        for file in self.files {
            let content = BASE64_STANDARD.decode(&file.content).map_err(|_| {
                let name = &file.name;
                EngineError::Usage(format!(
                    "the content of `{name}` is no base64\n  try: standard base64, padded"
                ))
            })?;
            scripts.insert(file.name, Script { content, executable: file.executable });
        }
        let called = self.called.as_ref().unwrap_or(&self.path);
        let loaded = Loaded::sent(Path::new(called), &self.text, &scripts, self.targets)?;
        Ok(Loaded { path: self.path.into(), ..loaded })
    }
}
