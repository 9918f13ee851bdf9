//! Placeholders: `$text`, `$json` and `$yaml` stand for what a file holds. What an entity asks for
//! is planned here; the caller reads; the answers are put in place here.
//!
//! Source: `PlaceholderProcessor` of `@backstage/plugin-catalog-backend` 4.0.0.

use serde_json::Value;

use crate::address::{Base, Target, TargetError, resolve};
use crate::document::{self, parts};
use crate::entity::{Entity, Finding};
use crate::path::{Path, Step};
use crate::placeholder::{Form, placeholder};
use crate::read::validate;

/// The most placeholders of one entity.
pub const MAX_SUBSTITUTIONS: usize = 100;

/// A file that an entity wants in a place of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Substitution {
    path: Path,
    /// How its content is to be put in.
    pub form: Form,
    /// The file.
    pub target: Target,
}

impl Substitution {
    /// The key whose value it is, such as `spec.definition`.
    pub fn key(&self) -> String {
        self.path.to_string()
    }
}

/// What an entity asks for, relative to where it stands, and what it may not ask for.
pub fn substitutions(entity: &Entity, base: &Base) -> (Vec<Substitution>, Vec<Finding>) {
    let mut wanted = Vec::new();
    for (key, value) in entity.document() {
        collect(&Path::of(key), value, &mut wanted);
    }
    let (mut found, mut findings) = (Vec::new(), Vec::new());
    for (path, form, target) in wanted {
        if found.len() == MAX_SUBSTITUTIONS {
            let message = format!("the entity asks for more than {MAX_SUBSTITUTIONS} files");
            findings.push(entity.finding_at(&path, message, "write the content out, or join the files"));
            break;
        }
        match aim(target, base) {
            Ok(target) => found.push(Substitution { path, form, target }),
            Err(error) => findings.push(entity.finding_at(&path, error.to_string(), error.remedy())),
        }
    }
    (found, findings)
}

fn aim(target: &Value, base: &Base) -> Result<Target, TargetError> {
    let text = target.as_str().ok_or(TargetError::NoText)?;
    resolve(base, text).and_then(|target| target.within(base))
}

/// Walks as Backstage does: a mapping that has a key with `$` is a placeholder or left alone whole.
fn collect<'a>(path: &Path, value: &'a Value, found: &mut Vec<(Path, Form, &'a Value)>) {
    match value {
        Value::Array(rows) => {
            for (index, row) in rows.iter().enumerate() {
                collect(&path.index(index), row, found);
            }
        }
        Value::Object(rows) if !rows.keys().any(|key| key.starts_with('$')) => {
            for (key, row) in rows {
                collect(&path.key(key), row, found);
            }
        }
        _ => {
            if let Some((form, target)) = placeholder(value) {
                found.push((path.clone(), form, target));
            }
        }
    }
}

/// Puts the contents of files in their places, and looks at the entity again.
///
/// # Errors
/// One finding for every content that does not fit its form, or for what the entity then is.
pub fn substitute(mut entity: Entity, answers: &[(Substitution, String)]) -> Result<Entity, Vec<Finding>> {
    let mut findings = Vec::new();
    for (asked, content) in answers {
        match understand(asked.form, content) {
            Ok(value) => put(&mut entity, &asked.path, value),
            Err(message) => {
                let message = format!("{}: {message}", asked.target);
                findings.push(entity.finding_at(&asked.path, message, "correct that file"));
            }
        }
    }
    if findings.is_empty() {
        findings = validate(&entity);
    }
    if findings.is_empty() { Ok(entity) } else { Err(findings) }
}

fn understand(form: Form, content: &str) -> Result<Value, String> {
    if content.len() > document::MAX_DOCUMENT_BYTES {
        return Err(format!("it has {} bytes, more than {}", content.len(), document::MAX_DOCUMENT_BYTES));
    }
    match form {
        Form::Text => Ok(content.into()),
        Form::Json => serde_json::from_str(content).map_err(|error| format!("it is no JSON: {error}")),
        Form::Yaml => match parts(content)[..] {
            [part] => {
                let read = document::parse(part);
                read.map(|node| node.plain())
                    .map_err(|error| format!("line {}: {}", error.place.line, error.message))
            }
            ref parts => Err(format!("it has {} YAML documents, not one", parts.len())),
        },
    }
}

fn put(entity: &mut Entity, path: &Path, value: Value) {
    let mut steps = path.steps().iter();
    let Some(Step::Key(first)) = steps.next() else { return };
    let Some(mut at) = entity.document_mut().get_mut(first) else { return };
    for step in steps {
        let next = match step {
            Step::Key(key) => at.get_mut(key),
            Step::Index(index) => at.get_mut(*index),
        };
        match next {
            Some(next) => at = next,
            None => return,
        }
    }
    *at = value;
}
