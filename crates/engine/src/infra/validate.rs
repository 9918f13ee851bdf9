//! Everything declared, held against schemas and policies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fleetwright_infra::{Declared, Finding, Schemas, Severity, file_names, patch_files};
use fleetwright_store::DeclaredRow;

use super::rules::{self, Rules};
use super::sheet::Sheet;
use super::source::Source;
use crate::error::EngineError;

/// The most findings of one repository that are told; the last says how many there are.
const MAX_FINDINGS: usize = 1_000;

/// What is wrong in one repository, or below one path.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// The repository; of files of this machine the name they were given.
    pub repo: String,
    /// What is wrong, by place.
    pub findings: Vec<Finding>,
}

/// Objects of a kind that has no schema: they were not validated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchecked {
    /// `apiVersion` and kind, such as `apps/v1 Deployment`.
    pub kind: String,
    /// How many there are.
    pub objects: usize,
    /// The files in the folder of schemas that would be its schema.
    pub names: Vec<String>,
}

/// What a validation found.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// What is wrong with schemas that repositories or the folder have.
    pub schemas: Vec<Finding>,
    /// Repositories with findings, by name.
    pub checked: Vec<Checked>,
    /// How many repositories or paths were read.
    pub repos: usize,
    /// How many files were read.
    pub files: usize,
    /// How many things they declare.
    pub declared: usize,
    /// How many objects were held against a schema.
    pub validated: usize,
    /// Kinds without a schema.
    pub unchecked: Vec<Unchecked>,
}

impl Verdict {
    /// How many findings there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        let all = self.checked.iter().flat_map(|each| &each.findings).chain(&self.schemas);
        all.filter(|finding| finding.severity == severity).count()
    }
}

/// What was found in one sheet.
struct Found {
    checked: Checked,
    files: usize,
    declared: usize,
    validated: usize,
    unchecked: BTreeMap<(String, String), usize>,
}

/// Checks everything declared. `today` is a date such as `2026-11-25`, by which exceptions end.
///
/// # Errors
/// When a path cannot be read, or the database fails. What is wrong in a repository is a finding.
pub async fn validate(source: &Source<'_>, rules: Rules, today: &str) -> Result<Verdict, EngineError> {
    let mut schemas = Schemas::default();
    let mut verdict = Verdict::default();
    let defining = source.places(defines).await?;
    let definitions = source.each(defining, own).await?;
    let mut kinds: BTreeSet<(String, String)> = BTreeSet::new();
    for (repo, declared, used) in definitions {
        for finding in schemas.add_definitions(&declared) {
            let file = match source {
                Source::Fleet(..) => format!("{repo}: {}", finding.file),
                Source::Files(..) => finding.file.clone(),
            };
            verdict.schemas.push(Finding { file, ..finding });
        }
        kinds.extend(used);
    }
    if let Source::Fleet(fleet, _) = source {
        let rows = fleet.store.declared(None).await?;
        let read = rows.iter().filter_map(|(_, row)| serde_json::from_str::<Declared>(&row.body).ok());
        kinds.extend(read.filter(|each| each.kind.is_cluster_object()).map(|each| rules::kind(&each)));
    }
    verdict.schemas.extend(rules.schemas(&mut schemas, &kinds));
    let places = source.places(|_| true).await?;
    let against = Arc::new((schemas, rules, today.to_owned()));
    let found = source.each(places, move |sheet| check(&sheet, &against)).await?;
    let mut unchecked: BTreeMap<(String, String), usize> = BTreeMap::new();
    for each in found {
        verdict.repos += 1;
        verdict.files += each.files;
        verdict.declared += each.declared;
        verdict.validated += each.validated;
        each.unchecked.into_iter().for_each(|(kind, count)| *unchecked.entry(kind).or_default() += count);
        if !each.checked.findings.is_empty() {
            verdict.checked.push(each.checked);
        }
    }
    verdict.unchecked = unchecked
        .into_iter()
        .map(|((version, kind), objects)| Unchecked {
            kind: format!("{version} {kind}"),
            objects,
            names: file_names(&version, &kind),
        })
        .collect();
    Ok(verdict)
}

/// Whether something declared defines kinds.
fn defines(row: &DeclaredRow) -> bool {
    is_definition(&row.kind)
}

fn is_definition(kind: &str) -> bool {
    matches!(kind, "CustomResourceDefinition" | "CompositeResourceDefinition")
}

/// The definitions of a sheet, and the kinds of its objects.
fn own(sheet: Sheet) -> (String, Vec<Declared>, BTreeSet<(String, String)>) {
    let objects = sheet.reading.declared.iter().filter(|each| each.kind.is_cluster_object());
    let kinds = objects.map(rules::kind).collect();
    let defining = sheet.reading.declared.iter().filter(|each| is_definition(&each.type_name));
    let defining = defining.map(|each| Declared { file: sheet.shown(&each.file), ..each.clone() }).collect();
    (sheet.repo, defining, kinds)
}

fn check(sheet: &Sheet, (schemas, rules, today): &(Schemas, Rules, String)) -> Found {
    let mut found = Found {
        checked: Checked { repo: sheet.repo.clone(), findings: sheet.reading.findings.clone() },
        files: sheet.files,
        declared: sheet.reading.declared.len(),
        validated: 0,
        unchecked: BTreeMap::new(),
    };
    // What patches hold looks like objects and is only parts of some.
    let patches = patch_files(&sheet.reading.declared);
    for each in sheet.reading.declared.iter().filter(|each| !patches.contains(&each.file)) {
        if each.kind.is_cluster_object() {
            if schemas.knows(each) {
                found.validated += 1;
                found.checked.findings.extend(schemas.validate(each));
            } else {
                *found.unchecked.entry(rules::kind(each)).or_default() += 1;
            }
        }
        for policy in &rules.policies {
            found.checked.findings.extend(policy.check(each, &sheet.facts, today));
        }
    }
    let findings = &mut found.checked.findings;
    findings.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    findings.iter_mut().for_each(|finding| finding.file = sheet.shown(&finding.file));
    shorten(findings);
    found
}

/// Leaves out what is too much to read; that there is more is as bad as the worst of it.
fn shorten(findings: &mut Vec<Finding>) {
    let count = findings.len();
    let Some(worst) = findings.iter().skip(MAX_FINDINGS).map(|finding| finding.severity).max() else {
        return;
    };
    findings.truncate(MAX_FINDINGS);
    findings.push(Finding {
        file: String::from("(all files)"),
        line: 0,
        column: 0,
        key: String::new(),
        message: format!("{count} findings, of which {MAX_FINDINGS} are told"),
        remedy: "mend these first".to_owned(),
        severity: worst,
    });
}
