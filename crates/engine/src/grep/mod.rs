//! Grep: a question to all files of the fleet, answered by the search index and the mirrors.

mod code;
mod mirrors;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::time::Duration;

use fleetwright_index::{Globs, Index, IndexError, Pattern, Query};
use fleetwright_store::RepoRow;
use globset::GlobSet;

use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::globs;
use crate::know::{damage_mark, search_name};
use mirrors::Mirrors;

pub use fleetwright_index::{Cut, Hit, Line, Place, Reading, SnapshotId, Summary};
pub use mirrors::MAX_SEARCHED_BYTES;

/// What is looked for.
#[derive(Debug)]
pub enum Sought {
    /// Lines that match a pattern.
    Text(Pattern),
    /// Code of a language that has a shape.
    Code(fleetwright_syntax::Search),
}

impl Sought {
    /// Lines, by a regular expression or a literal.
    ///
    /// # Errors
    /// A bad pattern, with its place.
    pub fn text(pattern: &str, reading: Reading) -> Result<Sought, EngineError> {
        Pattern::lines(pattern, reading).map(Sought::Text).map_err(usage)
    }

    /// Code, by an ast-grep pattern.
    ///
    /// # Errors
    /// An unknown language, or a pattern that is not code of it.
    pub fn code(language: &str, pattern: &str) -> Result<Sought, EngineError> {
        fleetwright_syntax::Search::new(language, pattern).map(Sought::Code).map_err(usage)
    }

    /// What the index is asked, and the files that are meant where nobody names paths.
    fn indexed(&self) -> Result<(Pattern, Vec<String>), EngineError> {
        let search = match self {
            Sought::Text(pattern) => return Ok((pattern.clone(), Vec::new())),
            Sought::Code(search) => search,
        };
        let literals: Vec<&str> = search.literals().iter().map(String::as_str).collect();
        let pattern = match literals.is_empty() {
            // Every file: no shape of code is empty.
            true => Pattern::lines("(?s).", Reading::default()),
            false => Pattern::all_of(&literals),
        };
        let endings = search.language().extensions.iter();
        Ok((pattern.map_err(usage)?, endings.map(|ending| format!("**/*.{ending}")).collect()))
    }
}

/// A search over the fleet.
#[derive(Debug)]
pub struct Grep {
    /// What is looked for.
    pub sought: Sought,
    /// Globs of repositories, `owner/name` or `forge:owner/name`; all if none.
    pub repos: Vec<String>,
    /// Globs of paths; `*` stays within a folder. All if none.
    pub paths: Vec<String>,
    /// Lines shown before a matching line.
    pub before: u32,
    /// Lines shown after a matching line.
    pub after: u32,
    /// Only count: no lines are told.
    pub count_only: bool,
    /// Files above the limit of the index too.
    pub large: bool,
    /// The most matching lines.
    pub max_lines: u64,
    /// The longest time.
    pub max_time: Duration,
    /// The state of the index that is asked; the newest if none.
    pub snapshot: Option<SnapshotId>,
}

/// What a search looked at, and what not.
#[derive(Debug, Clone)]
pub struct Searched {
    /// The state of the index that answered.
    pub snapshot: SnapshotId,
    /// How many repositories are meant.
    pub repositories: usize,
    /// Those of them whose newest tree the index has not: it answered for an older one.
    pub stale: Vec<String>,
    /// Those of them that the index does not know.
    pub unknown: Vec<String>,
    /// What the index told.
    pub summary: Summary,
}

impl Searched {
    /// Whether everything that is meant and can be searched was looked at. Files that are left out by
    /// rule (binary, too large) do not count.
    pub fn is_whole(&self) -> bool {
        let summary = &self.summary;
        let read = summary.unread_count == 0 && summary.damage.is_empty() && summary.cut.is_none();
        read && self.stale.is_empty() && self.unknown.is_empty()
    }
}

/// Searches, and tells each file that matches as it is found, in the order of repository and path.
///
/// # Errors
/// Bad globs, a snapshot that is no longer kept, a database or disk that fails. A file that cannot be
/// read is told in the summary.
pub async fn grep(
    fleet: &Fleet,
    asked: &Grep,
    each: &mut (dyn FnMut(Hit) -> ControlFlow<()> + Send),
) -> Result<Searched, EngineError> {
    let rows = meant(fleet, &asked.repos).await?;
    let (pattern, endings) = asked.sought.indexed()?;
    let globs = if asked.paths.is_empty() { &endings } else { &asked.paths };
    let paths = Globs::compile(globs).map_err(usage)?;
    let index = open(fleet, asked.snapshot)?;
    let mirrors = rows.iter().map(|(name, row)| (name.clone(), fleet.mirror(&row.forge, &row.name)));
    let mirrors = Mirrors::new(mirrors.collect());
    let is_meant = |name: &str| rows.contains_key(name);
    let query = Query {
        repos: Some(&is_meant),
        before: asked.before,
        after: asked.after,
        count_only: asked.count_only,
        large: asked.large,
        max_lines: asked.max_lines,
        max_time: asked.max_time,
        ..Query::new(&pattern, &paths)
    };
    let mut summary = tokio::task::block_in_place(|| match &asked.sought {
        Sought::Text(_) => index.search(&query, &mirrors, each),
        Sought::Code(search) => code::search(&index, (&query, search), &mirrors, each),
    });
    summary.damage.extend(index.damage().iter().cloned());
    if !summary.damage.is_empty() && asked.snapshot.is_none() {
        damage_mark(fleet);
    }
    let (stale, unknown) = freshness(&index, &rows, asked.snapshot.is_some());
    Ok(Searched { snapshot: index.snapshot(), repositories: rows.len(), stale, unknown, summary })
}

/// The repositories that are meant and hold something, by the names the index has for them.
async fn meant(fleet: &Fleet, named: &[String]) -> Result<HashMap<String, RepoRow>, EngineError> {
    let named: Option<GlobSet> = match named.is_empty() {
        true => None,
        false => Some(globs::compile(named).map_err(|(at, why)| {
            let glob = named.get(at).map_or("", String::as_str);
            EngineError::Usage(format!(
                "bad glob `{glob}` of repositories: {why}\n  try: a name, or `acme/*`"
            ))
        })?),
    };
    let rows = fleet.store.repos().await?.into_iter().filter(|row| row.tree.is_some() && !row.is_gone());
    let rows = rows.map(|row| (search_name(&row.forge, &row.name), row));
    let fits = |name: &String, row: &RepoRow| {
        named.as_ref().is_none_or(|globs| globs.is_match(&row.name) || globs.is_match(name))
    };
    Ok(rows.filter(|(name, row)| fits(name, row)).collect())
}

fn open(fleet: &Fleet, snapshot: Option<SnapshotId>) -> Result<Index, EngineError> {
    let folder = fleet.search();
    let opened = match snapshot {
        Some(snapshot) => Index::open_at(&folder, snapshot),
        None => Index::open(&folder),
    };
    opened.map_err(|error| match error {
        error @ IndexError::NoSnapshot { .. } => usage(error),
        error => EngineError::files(&folder, error),
    })
}

/// The repositories whose newest tree the index has not, and those it does not know. An earlier state
/// that was asked for is as old as it is.
fn freshness(index: &Index, rows: &HashMap<String, RepoRow>, earlier: bool) -> (Vec<String>, Vec<String>) {
    let (mut stale, mut unknown) = (Vec::new(), Vec::new());
    for (name, row) in rows.iter().filter(|_| !earlier) {
        match index.tree(name) {
            None => unknown.push(name.clone()),
            found if found != row.tree => stale.push(name.clone()),
            _ => {}
        }
    }
    stale.sort();
    unknown.sort();
    (stale, unknown)
}

fn usage(error: impl std::fmt::Display) -> EngineError {
    EngineError::Usage(error.to_string())
}
