//! One difference between what is declared and what runs.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::declared::Declared;
use crate::finding::{Finding, Severity};

/// How what runs differs from what is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DriftKind {
    /// It is declared and does not run.
    Missing,
    /// It runs where git manages its kind, and is not declared.
    Extra,
    /// A field that git declares has another value, or an element is there that git does not declare.
    Different,
    /// It could not be found out.
    Unclear,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// How it differs.
    pub kind: DriftKind,
    /// The object as `Kind namespace/name`, or `Kind name`.
    pub object: String,
    /// The file of the declaration; empty for what is not declared.
    pub file: String,
    /// 1-based line of the key that differs, or of the declaration; 0 for what is not declared.
    pub line: usize,
    /// 1-based column.
    pub column: usize,
    /// The key that differs as a JSON pointer into the declaration.
    pub key: String,
    /// The value git declares; never of a Secret.
    pub declared: Option<Value>,
    /// The value that runs; never of a Secret.
    pub live: Option<Value>,
    /// Why it is unclear, or more to say.
    pub reason: String,
}

impl Drift {
    pub(crate) fn of(kind: DriftKind, declared: &Declared, namespace: Option<&str>) -> Drift {
        Drift {
            kind,
            object: named(&declared.type_name, namespace, &declared.name),
            file: declared.file.clone(),
            line: declared.line,
            column: 1,
            key: String::new(),
            declared: None,
            live: None,
            reason: String::new(),
        }
    }

    /// The difference as a finding.
    pub fn finding(&self) -> Finding {
        let (severity, remedy) = match self.kind {
            DriftKind::Missing => (Severity::Error, "apply it, or remove the declaration"),
            DriftKind::Extra => (Severity::Warning, "declare it, or delete it"),
            DriftKind::Different => (Severity::Error, "apply the declaration, or declare what runs"),
            DriftKind::Unclear => (Severity::Warning, "export more, or write `metadata.namespace`"),
        };
        let finding = Finding::of_file(&self.file, severity, self.to_string(), remedy);
        Finding { key: self.key.clone(), ..finding.at((self.line, self.column)) }
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = &self.object;
        match self.kind {
            DriftKind::Missing => write!(f, "{object} is declared and does not run"),
            DriftKind::Extra => write!(f, "{object} runs and is not declared"),
            DriftKind::Unclear => write!(f, "{object}: {}", self.reason),
            DriftKind::Different => {
                write!(f, "{object}: {}", if self.reason.is_empty() { "differs" } else { &self.reason })?;
                match (&self.declared, &self.live) {
                    (Some(declared), Some(live)) => {
                        write!(f, ": git says {}, it is {}", short(declared), short(live))
                    }
                    (Some(declared), None) => write!(f, ": git says {}, it is not there", short(declared)),
                    (None, Some(live)) => write!(f, ": {}", short(live)),
                    (None, None) => Ok(()),
                }
            }
        }
    }
}

fn short(value: &Value) -> String {
    const MOST: usize = 100;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text,
    }
}

/// An object as `Kind namespace/name`.
pub(crate) fn named(kind: &str, namespace: Option<&str>, name: &str) -> String {
    match namespace {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    }
}
