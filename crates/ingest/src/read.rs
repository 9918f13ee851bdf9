//! Reading a repository: its tree, and of its files those that tell something.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_git::{Entry, GitError, Limits, Repository};
use fleetwright_infra::{Declared, Finding, Severity};
use fleetwright_package::Published;
use fleetwright_store::{DeclaredRow, FileMark, FindingRow, Reading};

use crate::catalog;
use crate::dependencies;
use crate::marks;
use crate::wanted::{MAX_FILE, Wanted, is_file, unread};

/// The most findings that are kept of one repository; the last of them says how many there were.
const MAX_FINDINGS: usize = 500;

/// What a repository's tree holds, and what it tells.
#[derive(Debug, Clone)]
pub struct Whole {
    /// What is stored of it.
    pub reading: Reading,
    /// Every file, for the search index.
    pub entries: Vec<Entry>,
}

/// Reads a repository. Files that are what they were at the last reading are not looked into again.
///
/// # Errors
/// When the tree cannot be read, or is over the limits of [`Limits`]. A bad file is a finding.
pub fn read(
    repository: &Repository,
    wanted: &Wanted<'_>,
    published: &dyn Published,
) -> Result<Whole, GitError> {
    let entries = repository.list(wanted.read.tree, Limits::default())?;
    let moved = moved(repository, wanted)?;
    let mut reading = blank(wanted, &entries);
    infra(repository, &entries, (moved.as_ref(), wanted), &mut reading);
    catalog::read(repository, &entries, (moved.as_ref(), wanted), &mut reading);
    dependencies::read(repository, &entries, (moved.as_ref(), wanted, published), &mut reading);
    reading.findings.sort();
    reading.findings.dedup();
    let found = reading.findings.len();
    if found > MAX_FINDINGS {
        reading.findings.truncate(MAX_FINDINGS);
        let message = format!("{found} findings, of which {MAX_FINDINGS} are kept");
        let remedy = "mend these first".to_owned();
        reading.findings.push(FindingRow {
            area: "catalog".into(),
            path: String::new(),
            line: 0,
            message,
            remedy,
        });
    }
    Ok(Whole { reading, entries })
}

/// The paths that are not what they were at the last reading; `None` when all must be looked into.
fn moved(repository: &Repository, wanted: &Wanted<'_>) -> Result<Option<BTreeSet<String>>, GitError> {
    let Some(before) = wanted.before.filter(|before| before.read.reader == wanted.read.reader) else {
        return Ok(None);
    };
    // A mirror that made room, or was fetched anew, has lost the tree of before.
    if !repository.has(before.read.tree)? {
        return Ok(None);
    }
    match repository.edits_between(Some(before.read.tree), Some(wanted.read.tree)) {
        Ok(edits) => Ok(Some(edits.iter().map(|edit| written(&edit.path)).collect())),
        Err(_) => Ok(None),
    }
}

/// A path as it is stored: as text, and as `/hex/...` when it is none.
pub(crate) fn written(path: &fleetwright_git::RepoPath) -> String {
    match path.as_str() {
        Some(text) => text.to_owned(),
        None => serde_json::to_value(path)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default(),
    }
}

/// What the names alone tell.
fn blank(wanted: &Wanted<'_>, entries: &[Entry]) -> Reading {
    let mut languages: BTreeMap<String, u64> = BTreeMap::new();
    let mut marks = Vec::new();
    for entry in entries.iter().filter(|entry| is_file(entry)) {
        let Some(path) = entry.path.as_str() else { continue };
        if marks::is_foreign(path) {
            continue;
        }
        if let Some(language) = marks::language(path) {
            *languages.entry(language.to_owned()).or_default() += 1;
        }
        if let Some((kind, tool)) = marks::mark(path) {
            marks.push(FileMark { path: path.to_owned(), kind: kind.to_owned(), tool: tool.to_owned() });
        }
    }
    Reading {
        repo: wanted.repo,
        read: wanted.read,
        files: entries.len() as u64,
        languages,
        documents: Vec::new(),
        marks,
        declared: Vec::new(),
        dependencies: None,
        findings: Vec::new(),
    }
}

/// Declared infrastructure: of files that moved, or that nothing is known of, read anew.
fn infra(
    repository: &Repository,
    entries: &[Entry],
    (moved, wanted): (Option<&BTreeSet<String>>, &Wanted<'_>),
    reading: &mut Reading,
) {
    let stays = |path: &str| moved.is_some_and(|moved| !moved.contains(path));
    if let Some(before) = wanted.before {
        reading.declared.extend(before.declared.iter().filter(|row| stays(&row.path)).cloned());
        let kept = before.findings.iter().filter(|row| row.area == "infra" && stays(&row.path));
        reading.findings.extend(kept.cloned());
    }
    for entry in entries.iter().filter(|entry| is_file(entry)) {
        let Some(path) = entry.path.as_str().filter(|path| !stays(path)) else { continue };
        if wanted.catalog.holds(path) || fleetwright_infra::recognise(path).is_none() {
            continue;
        }
        match repository.blob(entry.oid, MAX_FILE) {
            Ok(bytes) => {
                let found = fleetwright_infra::read_bytes(path, &bytes);
                let rows = found.declared.iter().zip(0..).map(|(declared, part)| row(declared, part));
                reading.declared.extend(rows);
                let findings = found.findings.iter().filter(|finding| finding.severity >= Severity::Warning);
                reading.findings.extend(findings.map(finding));
            }
            Err(error) => reading.findings.push(unread("infra", path, &error)),
        }
    }
    reading.declared.sort_by(|a, b| (&a.path, a.part).cmp(&(&b.path, b.part)));
}

fn finding(finding: &Finding) -> FindingRow {
    let key = if finding.key.is_empty() { String::new() } else { format!("{}: ", finding.key) };
    FindingRow {
        area: "infra".to_owned(),
        path: finding.file.clone(),
        line: u32::try_from(finding.line).unwrap_or_default(),
        message: format!("{key}{}", finding.message),
        remedy: finding.remedy.clone(),
    }
}

fn row(declared: &Declared, part: u32) -> DeclaredRow {
    DeclaredRow {
        path: declared.file.clone(),
        line: u32::try_from(declared.line).unwrap_or_default(),
        part,
        format: declared.kind.name().to_owned(),
        kind: declared.type_name.clone(),
        namespace: declared.namespace.clone().unwrap_or_default(),
        name: declared.name.clone(),
        body: serde_json::to_string(declared).unwrap_or_default(),
    }
}
