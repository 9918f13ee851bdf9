//! Selecting: for every repository in scope, whether it is in, and the rule that decided.

use std::collections::BTreeSet;
use std::sync::Arc;

use fleetwright_core::event::TargetName;
use fleetwright_core::shift::Targets;
use fleetwright_core::source::{Source, SourceError};
use fleetwright_git::{Limits, Repository};
use fleetwright_selector::{Facts, Selector};
use fleetwright_store::{NewTarget, RepoRow, SelectionRow};
use globset::GlobSet;

use crate::expression::selector;
use crate::facts::MirrorFacts;
use crate::fleet::{Fleet, unknown_repo};
use crate::globs;
use crate::workshop::Subject;

/// A selection, ready to be frozen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// One row per repository in scope.
    pub rows: Vec<SelectionRow>,
    /// The targets.
    pub targets: Vec<NewTarget>,
}

/// A shift's `targets`, compiled.
pub struct Rules {
    targets: Targets,
    names: GlobSet,
    select: Option<Selector>,
    exclude: Option<Selector>,
}

/// Whether one repository is in, the directories of it, and why.
struct Decision {
    dirs: Vec<String>,
    reason: String,
}

impl Rules {
    /// Compiles a shift's `targets`.
    ///
    /// # Errors
    /// What is wrong with an expression or a glob, with its place.
    pub fn compile(targets: &Targets, source: &Source) -> Result<Rules, SourceError> {
        let compile = |key: &str, text: &Option<String>| {
            text.as_deref().map(|text| selector(source, &format!("spec.targets.{key}"), text)).transpose()
        };
        let names = globs::compile(&targets.repos).map_err(|(index, message)| {
            source.error(
                &format!("spec.targets.repos[{index}]"),
                message,
                "write a name or a glob such as `acme/*`",
            )
        })?;
        let (select, exclude) = (compile("select", &targets.select)?, compile("exclude", &targets.exclude)?);
        Ok(Rules { targets: targets.clone(), names, select, exclude })
    }

    /// Whether a repository's name is in scope at all: the others need not even be read.
    pub fn names(&self, name: &str) -> bool {
        self.targets.repos.is_empty() || self.names.is_match(name)
    }

    /// Names without a wildcard that no repository has.
    ///
    /// # Errors
    /// The first of them, with its place in the file and the nearest known name.
    pub fn check_names(&self, source: &Source, names: &[String]) -> Result<(), SourceError> {
        let known: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        let plain = |name: &&String| !name.contains(['*', '?', '[', '{']);
        let missing = self.targets.repos.iter().filter(plain).position(|name| !known.contains(name.as_str()));
        match missing {
            None => Ok(()),
            Some(index) => {
                let name = self.targets.repos.iter().filter(plain).nth(index).map_or("", String::as_str);
                let words = unknown_repo(name, names);
                let (message, remedy) = words.split_once("\n  try: ").unwrap_or((&words, ""));
                Err(source.error(&format!("spec.targets.repos[{index}]"), message, remedy))
            }
        }
    }

    /// Decides on every repository, several at a time.
    pub fn select(&self, fleet: &Fleet, shift: &str, repos: &[RepoRow]) -> Selection {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let share = repos.len().div_ceil(cores).max(1);
        let decided: Vec<(&RepoRow, Decision)> = std::thread::scope(|scope| {
            let decide = |row| (row, self.decide(fleet, shift, row));
            let threads: Vec<_> = repos
                .chunks(share)
                .map(|part| scope.spawn(move || part.iter().map(decide).collect::<Vec<_>>()))
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
        });
        self.gather(decided)
    }

    fn gather(&self, decided: Vec<(&RepoRow, Decision)>) -> Selection {
        let limit = self.targets.limit.unwrap_or(usize::MAX);
        let mut selection = Selection::default();
        let mut taken = 0;
        for (row, Decision { dirs, mut reason }) in decided {
            let selected = !dirs.is_empty() && taken < limit;
            if selected {
                taken += 1;
                selection.targets.extend(dirs.into_iter().map(|dir| NewTarget { repo: row.id, dir }));
            } else if !dirs.is_empty() {
                reason = format!("beyond targets.limit of {limit}");
            }
            selection.rows.push(SelectionRow { repo: row.id, selected, reason });
        }
        selection
    }

    fn decide(&self, fleet: &Fleet, shift: &str, row: &RepoRow) -> Decision {
        let out = |reason: String| Decision { dirs: Vec::new(), reason };
        if !self.names(&row.name) {
            return out("not named by targets.repos".to_owned());
        }
        if let Some(fault) = &row.fault {
            return out(format!("it cannot be read: {fault}"));
        }
        if row.facts.archived {
            return out("it is archived".to_owned());
        }
        if let Some(says) = row.facts.refuses(shift) {
            return out(format!("its own .fleetwright.yml says no: {says}"));
        }
        let Some(tree) = row.tree.filter(|_| row.head.is_some()) else {
            return out("it is empty: the default branch has no commit".to_owned());
        };
        let mirror = fleet.mirror(&row.forge, &row.name);
        let dirs = match self.dirs(&mirror, tree) {
            Ok(dirs) if dirs.is_empty() => {
                let file = self.targets.workspaces.as_ref().map_or("", |w| w.root_at_location_of.as_str());
                return out(format!("no directory has a {file}"));
            }
            Ok(dirs) => dirs,
            Err(why) => return out(format!("it cannot be read: {why}")),
        };
        let mut last = String::new();
        let mut kept = Vec::new();
        for dir in dirs {
            let name = TargetName { repo: row.name.clone(), dir };
            let Some(subject) = Subject::of(shift, &name, row, &mirror) else { break };
            match self.judge(&subject) {
                Ok(why) => {
                    last = why;
                    kept.push(name.dir);
                }
                Err(why) if kept.is_empty() => last = why,
                Err(_) => {}
            }
        }
        Decision { dirs: kept, reason: last }
    }

    /// `Ok` with the rule that took it in, or `Err` with the rule that left it out.
    fn judge(&self, subject: &Subject<'_>) -> Result<String, String> {
        let facts: Arc<dyn Facts> = Arc::new(MirrorFacts::new(subject));
        let mut reason = match self.targets.repos.is_empty() {
            true => "every repository is in scope".to_owned(),
            false => "named by targets.repos".to_owned(),
        };
        if let Some(select) = &self.select {
            match select.matches(&facts) {
                Ok(true) => reason = format!("targets.select is true: {}", select.text()),
                Ok(false) => {
                    return Err(format!("targets.select is false: {}", select.explain_false(&facts)));
                }
                Err(error) => return Err(format!("targets.select has no answer: {error}")),
            }
        }
        if let Some(exclude) = &self.exclude {
            match exclude.matches(&facts) {
                Ok(false) => {}
                Ok(true) => return Err(format!("targets.exclude is true: {}", exclude.explain_true(&facts))),
                Err(error) => return Err(format!("targets.exclude has no answer: {error}")),
            }
        }
        Ok(reason)
    }

    /// The directories that are targets: the repository itself, or every one that holds the file.
    fn dirs(&self, mirror: &std::path::Path, tree: fleetwright_core::Oid) -> Result<Vec<String>, String> {
        let Some(workspaces) = &self.targets.workspaces else { return Ok(vec![String::new()]) };
        let read = || Repository::open(mirror)?.list(tree, Limits::default());
        let entries = read().map_err(|error| error.to_string())?;
        let file = &workspaces.root_at_location_of;
        let dir = |path: &str| match path.rsplit_once('/') {
            Some((dir, name)) if name == file => Some(dir.to_owned()),
            None if path == file => Some(String::new()),
            _ => None,
        };
        Ok(entries.iter().filter_map(|entry| dir(entry.path.as_str()?)).collect())
    }
}
