//! One JSON Schema, compiled.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jsonschema::paths::Location;
use jsonschema::{Draft, Keyword, PatternOptions, ValidationError, Validator};
use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value};

use crate::finding::{Finding, Severity};
use crate::schema::guard::{MAX_SCHEMA_BYTES, guard};
use crate::schema::strict::GO_PATTERN;
use crate::schema::words::{Said, say};
use crate::schema::work::work;
use crate::tree::{Node, Tree};

/// The most findings one schema makes of one object; they are mostly one mistake.
pub const MAX_FINDINGS: usize = 50;

/// The most a check may take: how often a schema is applied to a value of the object. Each may leave
/// an error of about 200 bytes behind.
pub const MAX_WORK: u64 = 2_000_000;

/// With a `$ref` a validator recurses deeper than a worker's stack; only what is used is paid for.
const STACK_BYTES: usize = 64 << 20;

/// The largest compiled form of one regular expression of a schema, in bytes.
const MAX_PATTERN_BYTES: usize = 2 * 1024 * 1024;

/// A compiled JSON Schema. Nothing it refers to is fetched.
pub struct JsonSchema {
    validator: Validator,
    branches: usize,
    refers: bool,
    /// The schema itself, to count the work.
    schema: Value,
}

impl JsonSchema {
    /// Compiles the text of a schema of any draft; one that names none is draft 7.
    ///
    /// # Errors
    /// Why it is not used: no JSON, too large, no schema, a `$ref` out of the file or in a circle.
    pub fn compile(text: &str) -> Result<JsonSchema, String> {
        if text.len() > MAX_SCHEMA_BYTES {
            return Err(format!("it has {} bytes, more than {MAX_SCHEMA_BYTES}", text.len()));
        }
        let mut schema: Value =
            serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
        let named = schema.get("$schema").and_then(Value::as_str).unwrap_or_default();
        let draft = match named {
            named if named.contains("draft-04") => Draft::Draft4,
            named if named.contains("draft-06") => Draft::Draft6,
            named if named.contains("2019-09") => Draft::Draft201909,
            named if named.contains("2020-12") => Draft::Draft202012,
            _ => Draft::Draft7,
        };
        // Many name `http://json-schema.org/schema#`, which is no draft.
        if let Value::Object(map) = &mut schema {
            map.shift_remove("$schema");
        }
        JsonSchema::of(&schema, draft)
    }

    /// Compiles a schema that is a value already.
    pub(crate) fn of(schema: &Value, draft: Draft) -> Result<JsonSchema, String> {
        let guarded = guard(schema)?;
        let build = || {
            jsonschema::options()
                .with_draft(draft)
                .offline()
                // The engine without backtracking: a pattern may be hostile.
                .with_pattern_options(PatternOptions::regex().size_limit(MAX_PATTERN_BYTES))
                .with_keyword(GO_PATTERN, GoPattern::of)
                .build(schema)
                .map_err(|error| {
                    // Without the schema's own text, which may be long, but with the place in it.
                    let place = error.instance_path().as_str().to_owned();
                    let why = error.masked_with("the value").to_string();
                    format!("at `{place}`: {}", why.chars().take(300).collect::<String>())
                })
        };
        let built = catch_unwind(AssertUnwindSafe(build));
        let validator = built.unwrap_or_else(|_| Err("the compiler of schemas gave up on it".to_owned()))?;
        Ok(JsonSchema {
            validator,
            branches: guarded.branches,
            refers: guarded.refers,
            schema: schema.clone(),
        })
    }

    /// What is wrong in an object of a file. A key without a value counts as one that is not there, as
    /// it does for Kubernetes.
    pub fn check(&self, file: &str, object: &Tree) -> Vec<Finding> {
        let value = without_nulls(object);
        let mut said = match self.said(&value) {
            Ok(said) => said,
            Err(why) => {
                let message = format!("it was not validated: {why}");
                let finding = Finding::of_file(
                    file,
                    Severity::Warning,
                    message,
                    "split the object, or simplify the schema",
                );
                return vec![finding.at((object.line, object.column))];
            }
        };
        said.truncate(MAX_FINDINGS);
        let finding = |said: Said| Finding {
            key: said.place.clone(),
            remedy: said.remedy,
            ..Finding::of_file(file, Severity::Error, said.message, "").at(object.place(&said.place))
        };
        said.into_iter().map(finding).collect()
    }

    fn said(&self, value: &Value) -> Result<Vec<Said>, &'static str> {
        // Without a `$ref` no branch is applied twice to a value.
        if !self.refers && (self.branches as u64).saturating_mul(size(value)) <= MAX_WORK {
            return self.look(value);
        }
        let thread = std::thread::Builder::new().name("schema".to_owned()).stack_size(STACK_BYTES);
        let deep = std::thread::scope(|scope| {
            let looking = thread.spawn_scoped(scope, || match work(&self.schema, value) {
                Some(work) if work <= MAX_WORK => self.look(value),
                _ => Err(TOO_LONG),
            });
            looking.ok().and_then(|thread| thread.join().ok())
        });
        deep.unwrap_or(Err(GAVE_UP))
    }

    fn look(&self, value: &Value) -> Result<Vec<Said>, &'static str> {
        let errors =
            || self.validator.iter_errors(value).take(MAX_FINDINGS).flat_map(|error| say(&error)).collect();
        catch_unwind(AssertUnwindSafe(errors)).map_err(|_| GAVE_UP)
    }
}

const TOO_LONG: &str = "object and schema are so large that it would take too long";
const GAVE_UP: &str = "the validator gave up on it";

/// A pattern as Go reads it: the regex crate has the same syntax, and no backtracking either.
struct GoPattern(Regex);

impl GoPattern {
    fn of<'a>(
        _parent: &'a Map<String, Value>,
        pattern: &'a Value,
        _path: Location,
    ) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
        let text = pattern.as_str().unwrap_or_default();
        let regex = RegexBuilder::new(text).size_limit(MAX_PATTERN_BYTES).build();
        let refused = |error: regex::Error| {
            let error = error.to_string();
            let reason = error.lines().last().unwrap_or_default().to_owned();
            ValidationError::custom(format!("the pattern cannot be used: {reason}"))
        };
        regex.map(|regex| Box::new(GoPattern(regex)) as Box<dyn for<'i> Keyword<'i>>).map_err(refused)
    }
}

impl<'i> Keyword<'i> for GoPattern {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) {
            return Ok(());
        }
        Err(ValidationError::custom(format!("{instance} does not match the pattern {}", self.0.as_str())))
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        instance.as_str().is_none_or(|text| self.0.is_match(text))
    }
}

impl fmt::Debug for JsonSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonSchema").field("branches", &self.branches).finish_non_exhaustive()
    }
}

fn size(value: &Value) -> u64 {
    1 + match value {
        Value::Array(list) => list.iter().map(size).sum(),
        Value::Object(map) => map.values().map(size).sum(),
        _ => 0,
    }
}

fn without_nulls(tree: &Tree) -> Value {
    match &tree.node {
        Node::Leaf(value) => value.clone(),
        Node::List(list) => list.iter().map(without_nulls).collect(),
        Node::Table(rows) => {
            let rows = rows.iter().filter(|(_, tree)| !tree.is_null());
            Value::Object(rows.map(|(key, tree)| (key.text.clone(), without_nulls(tree))).collect())
        }
    }
}
