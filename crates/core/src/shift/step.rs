//! One step of a shift: a change of a tree.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One change of a tree, with the words every kind shares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Step {
    /// A name for messages and for `{{ steps.NAME.outputs.x }}`.
    #[serde(default)]
    pub name: Option<String>,
    /// A CEL expression; false makes the step not applicable.
    #[serde(default, rename = "if")]
    pub condition: Option<String>,
    /// Values for later steps and texts, as templates over `step.stdout`.
    #[serde(default)]
    pub outputs: BTreeMap<String, String>,
    /// Edits of YAML files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yaml: Option<DocumentStep>,
    /// Edits of JSON files, with comments or without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<DocumentStep>,
    /// Edits of TOML files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toml: Option<DocumentStep>,
    /// Edits of XML files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xml: Option<DocumentStep>,
    /// Text replaced by text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replace: Option<ReplaceStep>,
    /// Code rewritten by its syntax tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rewrite: Option<RewriteStep>,
    /// A file written, deleted, renamed, or given another mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileStep>,
    /// A package brought to a version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dependency: Option<DependencyStep>,
    /// A command in the sandbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunStep>,
}

/// What one step does; the answer of [`Step::kind`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StepKind<'a> {
    /// Edits of YAML files.
    Yaml(&'a DocumentStep),
    /// Edits of JSON files.
    Json(&'a DocumentStep),
    /// Edits of TOML files.
    Toml(&'a DocumentStep),
    /// Edits of XML files.
    Xml(&'a DocumentStep),
    /// Text replaced by text.
    Replace(&'a ReplaceStep),
    /// Code rewritten by its syntax tree.
    Rewrite(&'a RewriteStep),
    /// A file written, deleted, renamed, or given another mode.
    File(&'a FileStep),
    /// A package brought to a version.
    Dependency(&'a DependencyStep),
    /// A command in the sandbox.
    Run(&'a RunStep),
}

impl StepKind<'_> {
    /// The key of the step file that names this kind.
    pub fn word(&self) -> &'static str {
        match self {
            StepKind::Yaml(_) => "yaml",
            StepKind::Json(_) => "json",
            StepKind::Toml(_) => "toml",
            StepKind::Xml(_) => "xml",
            StepKind::Replace(_) => "replace",
            StepKind::Rewrite(_) => "rewrite",
            StepKind::File(_) => "file",
            StepKind::Dependency(_) => "dependency",
            StepKind::Run(_) => "run",
        }
    }
}

impl Step {
    /// Every kind the step names: exactly one in a step that was read from a file.
    pub fn kinds(&self) -> Vec<StepKind<'_>> {
        [
            self.yaml.as_ref().map(StepKind::Yaml),
            self.json.as_ref().map(StepKind::Json),
            self.toml.as_ref().map(StepKind::Toml),
            self.xml.as_ref().map(StepKind::Xml),
            self.replace.as_ref().map(StepKind::Replace),
            self.rewrite.as_ref().map(StepKind::Rewrite),
            self.file.as_ref().map(StepKind::File),
            self.dependency.as_ref().map(StepKind::Dependency),
            self.run.as_ref().map(StepKind::Run),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What the step does; `None` only for a step that was never validated.
    pub fn kind(&self) -> Option<StepKind<'_>> {
        self.kinds().into_iter().next()
    }

    /// The name in messages: its own, or its place and kind, such as `step 2 (yaml)`.
    pub fn label(&self, index: usize) -> String {
        let word = self.kind().map_or("empty", |kind| kind.word());
        self.name.clone().unwrap_or_else(|| format!("step {} ({word})", index + 1))
    }
}

/// Edits of structured documents: paths to values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DocumentStep {
    /// Globs of the files to edit.
    pub files: Vec<String>,
    /// What a document must hold to be edited: path to value.
    #[serde(default, rename = "where", skip_serializing_if = "Map::is_empty")]
    pub pick: Map<String, Value>,
    /// Values to set, created when missing.
    #[serde(default)]
    pub set: Map<String, Value>,
    /// Paths to remove.
    #[serde(default)]
    pub delete: Vec<String>,
    /// A tree to merge in; null removes (RFC 7396).
    #[serde(default)]
    pub merge: Option<Value>,
    /// Elements to add to lists that do not hold them yet.
    #[serde(default)]
    pub append: Map<String, Value>,
}

/// Text replaced by text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplaceStep {
    /// Globs of the files to edit.
    pub files: Vec<String>,
    /// A regular expression, or the text itself when `literal`.
    pub pattern: String,
    /// The replacement; `$1` and `${name}` are captures unless `literal`.
    pub with: String,
    /// Takes `pattern` and `with` by the letter.
    #[serde(default)]
    pub literal: bool,
}

/// Code rewritten by its syntax tree, with an ast-grep pattern or rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RewriteStep {
    /// The language; a rule may name its own.
    #[serde(default)]
    pub language: Option<String>,
    /// Globs of the files to edit; the language's own endings when empty.
    #[serde(default)]
    pub files: Vec<String>,
    /// A code pattern such as `foo($A)`.
    #[serde(default)]
    pub pattern: Option<String>,
    /// What the pattern becomes.
    #[serde(default)]
    pub fix: Option<String>,
    /// An ast-grep rule: a mapping, or text with one rule per YAML document.
    #[serde(default)]
    pub rule: Option<Value>,
}

/// A file written, deleted, renamed, or given another mode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileStep {
    /// The file; a glob where files are deleted or given a mode.
    pub path: String,
    /// The whole new content, a template.
    #[serde(default)]
    pub content: Option<String>,
    /// Removes it.
    #[serde(default)]
    pub delete: bool,
    /// Its new path.
    #[serde(default)]
    pub rename: Option<String>,
    /// `"755"` or `"644"`: git keeps no other modes.
    #[serde(default)]
    pub mode: Option<String>,
}

/// A package brought to a version, where it is really declared, and never lowered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DependencyStep {
    /// The package, such as `maven:org.apache.logging.log4j:log4j-core`, or a purl without a version.
    pub package: String,
    /// Only where it is on a version of this range, such as `<2.17.1`; everywhere when absent.
    #[serde(default)]
    pub from: Option<String>,
    /// The version it is to be on, a template; of an image `tag`, `digest` or `tag@digest`; of an action a ref.
    pub to: String,
    /// Whether a package that comes through others only gets an entry that sets its version.
    #[serde(default)]
    pub overrides: bool,
    /// Whether a version is raised, too, of which a comment says that it must stay.
    #[serde(default)]
    pub pinned: bool,
    /// What becomes of the lockfiles that the change leaves behind.
    #[serde(default)]
    pub lockfile: Lockfiles,
}

/// What becomes of lockfiles that do not fit their manifests any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lockfiles {
    /// They are brought up to date: by editing where that is right, else by the ecosystem's own tool.
    #[default]
    Update,
    /// They stay as they are, for somebody else to update.
    Leave,
    /// The target fails, and nothing is changed.
    Refuse,
}

/// A command in the sandbox, over a plain copy of the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunStep {
    /// Program and arguments; a plain `run: text` is given to `sh -c`.
    pub command: Vec<String>,
    /// More files beside the shift file that travel with it.
    #[serde(default)]
    pub files: Vec<String>,
    /// Which network the command sees.
    #[serde(default)]
    pub network: Network,
    /// The longest it may run, such as `90s` or `10m`.
    #[serde(default)]
    pub timeout: Option<String>,
    /// Variables for the command; values are templates.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

impl RunStep {
    /// The timeout in seconds; `None` when absent or not a length of time.
    pub fn timeout_seconds(&self) -> Option<u64> {
        seconds(self.timeout.as_deref()?)
    }
}

/// Reads a length of time such as `90s`, `10m` or `1h`; `None` for anything else, and for nothing.
pub fn seconds(text: &str) -> Option<u64> {
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(factor).filter(|seconds| *seconds > 0)
}

/// Which network a command sees.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// None, not even the host's loopback.
    #[default]
    None,
    /// The host's.
    Host,
    /// These hosts, as [`Hosts`](crate::hosts::Hosts) reads them, over HTTP and HTTPS.
    Hosts(Vec<String>),
}
