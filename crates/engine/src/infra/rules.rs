//! What declared things are held against: schemas from a folder, and policies from another.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fleetwright_core::source::Source;
use fleetwright_infra::{Declared, Finding, MAX_SCHEMA_BYTES, Policy, Schemas, file_names};

use super::checkout::{below, bytes};
use crate::config::read_text;
use crate::error::EngineError;

/// The largest policy file, in bytes.
pub const MAX_RULE_FILE: u64 = 1 << 20;

/// Files of OpenAPI definitions, which hold many kinds: the names by which they are looked for.
const DEFINITIONS: [&str; 4] = ["_definitions.json", "definitions.json", "swagger.json", "openapi.json"];

/// Kinds of ours that may lie beside policies.
const OTHER_KINDS: [&str; 7] = ["Shift", "Check", "Track", "Campaign", "GoldenPath", "Radar", "Bom"];

/// Where schemas are, and the policies.
#[derive(Debug, Default)]
pub struct Rules {
    schemas: Option<PathBuf>,
    pub(super) policies: Vec<Policy>,
}

impl Rules {
    /// Reads the policies; schemas are read when it is known of which kinds they are needed.
    ///
    /// # Errors
    /// When a folder is not there, has no policy, or a policy is wrong: with its place.
    pub fn read(schemas: Option<&Path>, policies: Option<&Path>) -> Result<Rules, EngineError> {
        let found = policies.map(read_policies).transpose()?.unwrap_or_default();
        if let Some(folder) = schemas {
            folder_of(folder, "schemas")?;
        }
        Ok(Rules { schemas: schemas.map(Path::to_owned), policies: found })
    }

    /// How many policies there are.
    pub fn policies(&self) -> usize {
        self.policies.len()
    }

    /// Whether there is a folder of schemas.
    pub fn has_schemas(&self) -> bool {
        self.schemas.is_some()
    }

    /// Adds the schemas of these kinds, each as `apiVersion` and kind. Those of the folder go before what
    /// repositories declare: the folder is the operator's own.
    pub(super) fn schemas(&self, schemas: &mut Schemas, kinds: &BTreeSet<(String, String)>) -> Vec<Finding> {
        let Some(folder) = &self.schemas else { return Vec::new() };
        let names = kinds.iter().flat_map(|(version, kind)| file_names(version, kind));
        let names: BTreeSet<String> = names.collect();
        let mut findings = Vec::new();
        // One kind's own file comes after those that hold many, and so goes before them.
        for name in DEFINITIONS.into_iter().chain(names.iter().map(String::as_str)) {
            let path = folder.join(name);
            // What objects say of themselves must not lead out of the folder.
            let leads_out =
                Path::new(name).components().any(|part| !matches!(part, std::path::Component::Normal(_)));
            if leads_out || !path.is_file() {
                continue;
            }
            let text = bytes(&path, MAX_SCHEMA_BYTES as u64)
                .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned()));
            let shown = path.display().to_string();
            let found = match text {
                Ok(text) => schemas.add(name, &text),
                Err(why) => vec![refused(&why)],
            };
            findings.extend(found.into_iter().map(|finding| Finding { file: shown.clone(), ..finding }));
        }
        findings
    }
}

fn refused(why: &str) -> Finding {
    Finding {
        file: String::new(),
        line: 0,
        column: 0,
        key: String::new(),
        message: format!("this schema is not used: {why}"),
        remedy: "mend or remove the file".to_owned(),
        severity: fleetwright_infra::Severity::Warning,
    }
}

fn folder_of(folder: &Path, what: &str) -> Result<(), EngineError> {
    match folder.is_dir() {
        true => Ok(()),
        false => Err(EngineError::Usage(format!(
            "the folder of {what} {} is not there\n  try: check `--{what}`, or `infra.{what}` in fleetwright.yaml",
            folder.display()
        ))),
    }
}

fn read_policies(folder: &Path) -> Result<Vec<Policy>, EngineError> {
    folder_of(folder, "policies")?;
    let mut policies = Vec::new();
    for path in below(folder)? {
        let ending = path.extension().and_then(|ending| ending.to_str());
        if !matches!(ending, Some("yaml" | "yml")) {
            continue;
        }
        if path.metadata().is_ok_and(|facts| facts.len() > MAX_RULE_FILE) {
            let message = format!("it has more than {MAX_RULE_FILE} bytes\n  try: split it");
            return Err(EngineError::Usage(format!("{}: {message}", path.display())));
        }
        let text = read_text(&path)?;
        let shown = path.display().to_string();
        let source = Source::parse(&shown, &text)?;
        let value = source.value();
        let word = |key: &str| value.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
        if word("apiVersion") == "fleetwright/v1" && OTHER_KINDS.contains(&word("kind")) {
            continue;
        }
        policies.push(Policy::parse(&shown, &text)?);
    }
    if policies.is_empty() {
        return Err(EngineError::Usage(format!(
            "the folder of policies {} has none\n  try: write one as docs/infra.md shows, or leave the folder out",
            folder.display()
        )));
    }
    Ok(policies)
}

/// A kind as schemas are looked for.
pub(super) fn kind(declared: &Declared) -> (String, String) {
    (declared.api_version.clone(), declared.type_name.clone())
}
