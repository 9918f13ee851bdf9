//! Files to entities: every document by itself, looked at whole, each problem with its place.

use serde_json::{Map, Value};

use crate::document::{self, Part, parts};
use crate::entity::{Entity, Finding, Source, finding};
use crate::envelope::is_falsy;
use crate::relation::emitted;
use crate::schema::{Check, Problem};
use crate::yaml::{Node, Place};
use crate::{envelope, kinds};

/// The largest file that is looked at, in bytes.
pub const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;

/// The most documents of one file.
pub const MAX_DOCUMENTS: usize = 10_000;

/// The most findings of one document.
const MAX_FINDINGS: usize = 50;

/// Reads a file of YAML documents. A bad document yields an `Err` for each of its problems and hides
/// no other document; empty documents yield nothing.
///
/// Placeholders may still stand for values; [`crate::substitute`] looks again once they are resolved.
pub fn read(file: &str, text: &str) -> Vec<Result<Entity, Finding>> {
    let whole = |message: String, remedy: &str| {
        vec![Err(finding(file, Place::default(), String::new(), message, remedy))]
    };
    if text.len() > MAX_FILE_BYTES {
        let message = format!("the file has {} bytes, more than {MAX_FILE_BYTES}", text.len());
        return whole(message, "split it into files and name them in a Location");
    }
    let parts = parts(text);
    if parts.len() > MAX_DOCUMENTS {
        let message = format!("the file has {} documents, more than {MAX_DOCUMENTS}", parts.len());
        return whole(message, "split it into files and name them in a Location");
    }
    parts.into_iter().flat_map(|part| document(file, part)).collect()
}

/// Reads a file's bytes as [`read`] does.
pub fn read_bytes(file: &str, bytes: &[u8]) -> Vec<Result<Entity, Finding>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => read(file, text),
        Err(error) => {
            let good = &bytes[..error.valid_up_to()];
            let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
            let place = Place { line: u32::try_from(line).unwrap_or(u32::MAX), column: 1 };
            let message = "the file is not UTF-8 text from here on".to_owned();
            vec![Err(finding(file, place, String::new(), message, "save it as UTF-8"))]
        }
    }
}

fn document(file: &str, part: Part<'_>) -> Vec<Result<Entity, Finding>> {
    let node = match document::parse(part) {
        Ok(node) => node,
        Err(error) => {
            return vec![Err(finding(file, error.place, String::new(), error.message, error.remedy))];
        }
    };
    let begin = node.place;
    let mut rows = match node.plain() {
        Value::Object(rows) => rows,
        Value::Null => return Vec::new(),
        other => {
            let message = format!("an entity belongs here, not {}", crate::schema::seen(&other));
            let remedy = "begin with apiVersion, kind and metadata";
            return vec![Err(finding(file, begin, String::new(), message, remedy))];
        }
    };
    tidy(&mut rows);
    let entity = Entity::of(rows, Source::of(file, &node, begin));
    let problems = problems(&entity, true);
    if problems.is_empty() {
        return vec![Ok(entity)];
    }
    problems.into_iter().take(MAX_FINDINGS).map(|problem| Err(placed(file, &node, problem))).collect()
}

/// Takes an empty `annotations:` out, as Backstage replaces it by its own.
fn tidy(rows: &mut Map<String, Value>) {
    if let Some(Value::Object(metadata)) = rows.get_mut("metadata")
        && metadata.get("annotations").is_some_and(is_falsy)
    {
        metadata.shift_remove("annotations");
    }
}

/// Looks at an entity that was read before, with nothing left to substitute.
pub fn validate(entity: &Entity) -> Vec<Finding> {
    let problems = problems(entity, false).into_iter().take(MAX_FINDINGS);
    problems.map(|problem| entity.finding_at(&problem.path, problem.message, &problem.remedy)).collect()
}

/// All that is wrong with an entity; `open` while placeholders may stand for values.
fn problems(entity: &Entity, open: bool) -> Vec<Problem> {
    let mut check = Check { open, ..Check::default() };
    envelope::check(&mut check, entity.document());
    if check.problems.is_empty() {
        kinds::check(&mut check, entity.document());
    }
    if check.problems.is_empty()
        && let Err(wrong) = emitted(entity, open)
    {
        check.problems.extend(wrong);
    }
    check.problems
}

fn placed(file: &str, node: &Node, problem: Problem) -> Finding {
    let place = node.place_of(&problem.path);
    finding(file, place, problem.path.to_string(), problem.message, &problem.remedy)
}
