//! What is around declared things: the components of their repository, and who is known.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_infra::{Component, Surroundings};
use fleetwright_store::EntityRow;

/// What is around declared things, for all repositories.
#[derive(Debug, Default)]
pub(crate) struct Around {
    known: BTreeSet<String>,
    components: BTreeMap<i64, Vec<Component>>,
    written: BTreeMap<i64, BTreeSet<String>>,
    nothing: BTreeSet<String>,
}

/// An entity as far as it matters to what is around it.
pub(crate) struct Neighbour<'a> {
    /// The row of the repository that declares it.
    pub(crate) repo: Option<i64>,
    /// Its file; empty when no file declares it.
    pub(crate) path: &'a str,
    /// Its kind as it is written.
    pub(crate) kind: &'a str,
    /// Its reference in small letters.
    pub(crate) reference: String,
    /// The reference of its owner; empty when it names none.
    pub(crate) owner: String,
}

impl Around {
    /// Of the catalog as it was last put together.
    pub(crate) fn of(entities: Vec<EntityRow>) -> Around {
        let mut around = Around::default();
        for row in entities {
            let EntityRow { repo, path, kind, reference, owner, .. } = row;
            around.add(Neighbour { repo, path: &path, kind: &kind, reference, owner });
        }
        around
    }

    /// Adds the reference of a group, user or system.
    pub(crate) fn know(&mut self, reference: String) {
        self.known.insert(reference);
    }

    /// Adds an entity. Only the first of a reference counts, as in the catalog.
    pub(crate) fn add(&mut self, entity: Neighbour<'_>) {
        let Neighbour { repo, path, kind, reference, owner } = entity;
        match (kind.to_ascii_lowercase().as_str(), repo) {
            ("group" | "user" | "system", _) => {
                self.known.insert(reference);
            }
            ("component", Some(repo)) => {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
                let all = self.components.entry(repo).or_default();
                if all.iter().all(|each| each.reference != reference) {
                    all.push(Component { reference, owner, folder });
                }
            }
            ("resource", Some(repo)) => {
                self.written.entry(repo).or_default().insert(reference);
            }
            _ => {}
        }
    }

    /// What is around the things of one repository.
    pub(crate) fn of_repo<'a>(&'a self, repo: i64, name: &'a str, browse: &'a str) -> Surroundings<'a> {
        Surroundings {
            repo: name,
            browse,
            components: self.components.get(&repo).map_or(&[], Vec::as_slice),
            known: &self.known,
            written: self.written.get(&repo).unwrap_or(&self.nothing),
        }
    }
}
