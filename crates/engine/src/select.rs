//! Selecting: for every repository in scope, whether it is in, and the rule that decided.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;

use fleetwright_core::Oid;
use fleetwright_core::event::TargetName;
use fleetwright_core::shift::Targets;
use fleetwright_core::source::{Source, SourceError};
use fleetwright_git::{Limits, Repository};
use fleetwright_index::Globs;
use fleetwright_selector::{Asked, Facts, Selector};
use fleetwright_store::{NewTarget, RepoRow, SelectionRow};
use globset::GlobSet;

use crate::error::EngineError;
use crate::expression::selector;
use crate::facts::{MirrorFacts, Opened};
use crate::fleet::{Fleet, unknown_repo};
use crate::globs;
use crate::know::Known;
use crate::workshop::Subject;

/// A selection, ready to be frozen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// One row per repository in scope.
    pub rows: Vec<SelectionRow>,
    /// The targets.
    pub targets: Vec<NewTarget>,
    /// Repositories whose mirror had to be opened to decide, each as `forge:name`.
    pub opened: HashSet<String>,
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

    /// Decides on every repository by what is known of the fleet now.
    ///
    /// # Errors
    /// When the database or the index cannot be read. A repository that cannot be judged is out, with
    /// the reason.
    pub async fn known(
        &self,
        fleet: &Fleet,
        shift: &str,
        repos: &[RepoRow],
    ) -> Result<Selection, EngineError> {
        let known = Arc::new(Known::load(fleet, self.asks_catalog(), &self.asks()).await?);
        Ok(tokio::task::block_in_place(|| self.select((fleet, &known), shift, repos)))
    }

    /// Whether an expression asks the catalog.
    pub(crate) fn asks_catalog(&self) -> bool {
        [&self.select, &self.exclude].into_iter().flatten().any(Selector::reads_catalog)
    }

    /// What the expressions ask of dependencies.
    pub(crate) fn asks(&self) -> BTreeSet<Asked> {
        [&self.select, &self.exclude].into_iter().flatten().flat_map(Selector::asks).cloned().collect()
    }

    /// Decides on every repository, several at a time.
    pub(crate) fn select(
        &self,
        (fleet, known): (&Fleet, &Arc<Known>),
        shift: &str,
        repos: &[RepoRow],
    ) -> Selection {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let share = repos.len().div_ceil(cores).max(1);
        let decided: Vec<(&RepoRow, Decision)> = std::thread::scope(|scope| {
            let decide = |row| (row, self.decide((fleet, known), shift, row));
            let threads: Vec<_> = repos
                .chunks(share)
                .map(|part| scope.spawn(move || part.iter().map(decide).collect::<Vec<_>>()))
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
        });
        Selection { opened: known.all_opened(), ..self.gather(decided) }
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

    fn decide(&self, (fleet, known): (&Fleet, &Arc<Known>), shift: &str, row: &RepoRow) -> Decision {
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
        let dirs = match self.dirs((row, known), &mirror, tree) {
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
            match self.judge(&subject, (row.id, known)) {
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
    /// Of several components one is enough to be in, and one is enough to be excluded.
    fn judge(&self, subject: &Subject<'_>, (repo, known): (i64, &Arc<Known>)) -> Result<String, String> {
        let components = known.components(repo, &subject.name.dir);
        let opened = Opened::default();
        let facts = components.into_iter().map(|owned| MirrorFacts::known(subject, owned, (known, &opened)));
        let all: Vec<Arc<dyn Facts>> = facts.map(|facts| Arc::new(facts) as Arc<dyn Facts>).collect();
        let mut reason = match self.targets.repos.is_empty() {
            true => "every repository is in scope".to_owned(),
            false => "named by targets.repos".to_owned(),
        };
        if let Some(select) = &self.select {
            let answers: Vec<_> = all.iter().map(|facts| (facts, select.matches(facts))).collect();
            let yes = answers.iter().find(|(_, answer)| *answer == Ok(true));
            match (yes, answers.iter().find_map(|(_, answer)| answer.as_ref().err()), all.first()) {
                (Some((facts, _)), ..) => {
                    reason = format!("targets.select is true{}: {}", of(facts, &all), select.text());
                }
                (None, Some(error), _) => return Err(format!("targets.select has no answer: {error}")),
                (None, None, first) => {
                    let why = first.map_or(String::new(), |facts| select.explain_false(facts));
                    return Err(format!("targets.select is false: {why}"));
                }
            }
        }
        if let Some(exclude) = &self.exclude {
            for facts in &all {
                match exclude.matches(facts) {
                    Ok(false) => {}
                    Ok(true) => {
                        let (of, why) = (of(facts, &all), exclude.explain_true(facts));
                        return Err(format!("targets.exclude is true{of}: {why}"));
                    }
                    Err(error) => return Err(format!("targets.exclude has no answer: {error}")),
                }
            }
        }
        Ok(reason)
    }

    /// The directories that are targets: the repository itself, or every one that holds the file.
    fn dirs(
        &self,
        (row, known): (&RepoRow, &Known),
        mirror: &Path,
        tree: Oid,
    ) -> Result<Vec<String>, String> {
        let Some(workspaces) = &self.targets.workspaces else { return Ok(vec![String::new()]) };
        let glob = format!("**/{}", workspaces.root_at_location_of);
        let anywhere = Globs::compile(&[glob]).map_err(|error| error.to_string())?;
        if known.has_file((&row.forge, &row.name), tree, &anywhere) == Some(false) {
            return Ok(Vec::new());
        }
        known.opened((&row.forge, &row.name));
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

/// Which component it is about, where there are several.
fn of(facts: &Arc<dyn Facts>, all: &[Arc<dyn Facts>]) -> String {
    if all.len() > 1 { format!(" of {}", facts.component().name) } else { String::new() }
}
