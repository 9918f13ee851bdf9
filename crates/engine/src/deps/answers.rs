//! What selectors ask of dependencies, answered once for all repositories.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use fleetwright_core::Oid;
use fleetwright_selector::Asked;

use super::advisories::advisories;
use super::asking::question;
use super::fresh;
use super::who::{Found, Who, who};
use crate::error::EngineError;
use crate::fleet::Fleet;

/// The answers to some questions.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// The tree that was read of each repository, by forge and name.
    read: HashMap<(String, String), Oid>,
    by_question: BTreeMap<Asked, HashMap<(String, String), Places>>,
}

/// Where a repository does, and where it cannot be told.
#[derive(Debug, Default)]
struct Places {
    files: Vec<String>,
    untold: Vec<(String, String)>,
}

/// Whether a question can be asked at all.
///
/// # Errors
/// What is wrong with the package or the range.
pub(crate) fn check(asked: &Asked) -> Result<(), String> {
    match asked {
        Asked::AffectedBy(_) => Ok(()),
        Asked::DependsOn { package, range } => question(package, range).map(|_| ()),
    }
}

impl Answers {
    /// Answers every question.
    ///
    /// # Errors
    /// When one cannot be asked, advisories are asked for and not configured, or the database fails.
    pub(crate) async fn of(fleet: &Fleet, asked: &BTreeSet<Asked>) -> Result<Answers, EngineError> {
        let mut answers = Answers::default();
        if asked.is_empty() {
            return Ok(answers);
        }
        let readings = fleet.store.readings().await?;
        for row in fleet.store.repos().await? {
            if let Some(read) = readings.get(&row.id) {
                answers.read.insert((row.forge, row.name), read.tree);
            }
        }
        for each in asked {
            let told = match each {
                Asked::DependsOn { package, range } => {
                    let (package, range) = question(package, range).map_err(EngineError::Usage)?;
                    who(fleet, &package, range.as_ref()).await?
                }
                Asked::AffectedBy(name) => affected(fleet, name).await?,
            };
            answers.by_question.insert(each.clone(), places(told));
        }
        Ok(answers)
    }

    /// Whether it is so of a repository with this tree, in a folder of it (empty for all of it). Where another tree was
    /// read, because it moved since, the tree itself is asked in its mirror, if that is given.
    ///
    /// # Errors
    /// Why it cannot be told: it was not read, or a version is not known. Never no instead.
    pub(crate) fn holds(
        &self,
        asked: &Asked,
        (forge, repo): (&str, &str),
        (mirror, tree, dir): (Option<&Path>, Oid, &str),
    ) -> Result<bool, String> {
        let Some(answers) = self.by_question.get(asked) else {
            return Err("dependencies are not known here".to_owned());
        };
        let name = (forge.to_owned(), repo.to_owned());
        if self.read.get(&name) != Some(&tree) {
            let unread = || "its dependencies were not read yet: `fleetwright repo sync`".to_owned();
            return fresh::holds(asked, mirror.ok_or_else(unread)?, (tree, dir));
        }
        let Some(places) = answers.get(&name) else { return Ok(false) };
        let inside =
            |path: &str| dir.is_empty() || path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'));
        if places.files.iter().any(|path| inside(path)) {
            return Ok(true);
        }
        match places.untold.iter().find(|(path, _)| inside(path)) {
            Some((path, why)) => Err(format!("{path}: {why}")),
            None => Ok(false),
        }
    }
}

async fn affected(fleet: &Fleet, name: &str) -> Result<Who, EngineError> {
    let path = fleet.config.advisories.clone().ok_or_else(|| {
        EngineError::Usage(
            "`repo.affectedBy` needs advisories\n  try: set `dependencies.advisories` in fleetwright.yaml to a folder or zip of OSV's"
                .to_owned(),
        )
    })?;
    let told = advisories(fleet, &path, Some(name)).await?;
    Ok(Who { found: told.hits.into_iter().map(|hit| hit.found).collect(), untold: told.untold, repos: 0 })
}

fn places(told: Who) -> HashMap<(String, String), Places> {
    let mut places: HashMap<(String, String), Places> = HashMap::new();
    let why = |found: &Found| match found.why.is_empty() {
        true => format!("{} {} has no place in that range", found.package, found.version),
        false => found.why.clone(),
    };
    for found in told.untold {
        let why = why(&found);
        places.entry((found.forge, found.repo)).or_default().untold.push((found.file, why));
    }
    for found in told.found {
        places.entry((found.forge, found.repo)).or_default().files.push(found.file);
    }
    places
}
