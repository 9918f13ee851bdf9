//! A file that is read: its text, its lines, what it declares, and what is wrong with it.

use std::ops::Range;

pub(crate) use fleetwright_package::text::{merge_marker, number};
use fleetwright_package::{Declared, Ecosystem, Finding, Manifest, Package, Place, Scope, Through, Version};

/// The most findings one file makes.
const MAX_FINDINGS: usize = 50;
/// The most dependencies one file may declare.
const MAX_DECLARED: usize = 50_000;
/// How far behind a version its comment may end, in bytes.
const MAX_COMMENT: usize = 1_000;

/// A file that is being read.
pub(crate) struct Source<'a> {
    pub(crate) path: &'a str,
    pub(crate) text: &'a str,
    starts: Vec<usize>,
    pub(crate) findings: Vec<Finding>,
    /// What it declares, each with the ecosystem of its package.
    pub(crate) declared: Vec<Declared>,
}

/// A dependency and where its parts are written.
pub(crate) struct Named<'t> {
    pub(crate) ecosystem: Ecosystem,
    pub(crate) name: &'t str,
    pub(crate) requirement: &'t str,
    pub(crate) version: Version,
    pub(crate) scope: Scope,
    /// Where the dependency is named.
    pub(crate) at: Range<usize>,
    pub(crate) set: Option<Range<usize>>,
    pub(crate) through: Through,
}

impl<'a> Source<'a> {
    pub(crate) fn new(path: &'a str, text: &'a str) -> Source<'a> {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(ends).collect();
        Source { path, text, starts, findings: Vec::new(), declared: Vec::new() }
    }

    /// The line of a byte, from 1.
    pub(crate) fn line(&self, at: usize) -> u32 {
        number(self.starts.partition_point(|start| *start <= at))
    }

    /// The text of these bytes; empty where there are none.
    pub(crate) fn slice(&self, span: &Range<usize>) -> &'a str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    pub(crate) fn finding(&mut self, line: u32, message: impl Into<String>, remedy: &str) {
        if self.findings.len() < MAX_FINDINGS {
            let (path, message, remedy) = (self.path.to_owned(), message.into(), remedy.to_owned());
            self.findings.push(Finding { path, line, message, remedy });
        }
    }

    /// Adds a dependency, unless its name is none.
    pub(crate) fn declare(&mut self, named: Named<'_>) {
        let line = self.line(named.at.start);
        if self.declared.len() == MAX_DECLARED {
            let message = format!("it declares over {MAX_DECLARED} dependencies; the rest is not read");
            return self.finding(line, message, "split the file");
        }
        match Package::new(named.ecosystem, named.name) {
            Ok(package) => self.declared.push(Declared {
                package,
                requirement: named.requirement.to_owned(),
                version: named.version,
                scope: named.scope,
                comment: self.comment(named.set.as_ref().unwrap_or(&named.at)),
                place: self.place(named.at),
                set: named.set.map(|span| self.place(span)),
                through: named.through,
                locked: None,
            }),
            Err(why) => self.finding(line, why.to_string(), "correct the name"),
        }
    }

    /// One manifest for each ecosystem that the file declares packages of.
    pub(crate) fn manifests(&mut self) -> Vec<Manifest> {
        let mut found: Vec<Manifest> = Vec::new();
        for declared in std::mem::take(&mut self.declared) {
            let ecosystem = declared.package.ecosystem();
            match found.iter_mut().find(|manifest| manifest.ecosystem == ecosystem) {
                Some(manifest) => manifest.declared.push(declared),
                None => found.push(Manifest {
                    path: self.path.to_owned(),
                    ecosystem,
                    package: None,
                    version: None,
                    declared: vec![declared],
                }),
            }
        }
        found
    }

    fn place(&self, span: Range<usize>) -> Place {
        Place { path: self.path.to_owned(), line: self.line(span.start), span }
    }

    /// The comment on the line of these bytes behind them, or else the whole line directly above.
    fn comment(&self, span: &Range<usize>) -> Option<String> {
        let line = self.starts.partition_point(|start| *start <= span.start);
        let end = self.starts.get(line).map_or(self.text.len(), |next| next - 1);
        if end > span.end + MAX_COMMENT {
            return None;
        }
        let rest = self.text.get(span.end..end.max(span.end))?;
        let beside = rest.split_once(" #").map(|(_, comment)| comment.trim().to_owned());
        beside.or_else(|| self.above(line)).filter(|comment| !comment.is_empty())
    }

    fn above(&self, line: usize) -> Option<String> {
        let (from, to) = (*self.starts.get(line.checked_sub(2)?)?, *self.starts.get(line.checked_sub(1)?)?);
        Some(self.text.get(from..to)?.trim().strip_prefix('#')?.trim().to_owned())
    }
}

/// A piece of a file, short enough for a message.
pub(crate) fn shown(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).take(120).collect()
}
