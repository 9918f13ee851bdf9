//! What the catalog is put together of: files with their entities, of all repositories or of some.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use fleetwright_catalog::{Entity, EntityRef, RefContext, SourceFile};
use fleetwright_infra::Declared;
use fleetwright_owners::{Flavour, Owners};
use fleetwright_store::{Document, DocumentKind, Read, RepoRow};

use super::beside::Beside;
use super::fetched;
use super::followed::Followed;
use super::pages;
use super::places::{place, undeclared};
use super::resources::{NO_RESOURCES, note};
use super::teams::Teams;
use crate::config::{ForgeConfig, Kind};
use crate::error::EngineError;
use crate::fleet::Fleet;

/// Declared infrastructure that may be in the catalog, by repository.
pub(super) type Notable = BTreeMap<i64, Vec<Declared>>;

/// What the catalog is made of.
pub(super) struct Parts {
    /// Repositories, by their rows.
    pub(super) repos: BTreeMap<i64, RepoRow>,
    /// What was read of each.
    pub(super) read: HashMap<i64, Read>,
    /// What people wrote beside the configuration.
    pub(super) beside: Beside,
    /// What Locations name by address.
    pub(super) followed: Followed,
    /// The teams of forges; of some repositories only where one of them needs them to name its owner.
    pub(super) teams: Teams,
    documents: Vec<(i64, Document)>,
}

impl Parts {
    /// Everything.
    pub(super) async fn all(fleet: &Fleet, beside: Beside) -> Result<(Parts, Notable), EngineError> {
        let mut declared = Notable::new();
        fleet.store.each_declared(&NO_RESOURCES, |repo, row| note(&mut declared, repo, &row)).await?;
        let repos: BTreeMap<_, _> = fleet.store.repos().await?.into_iter().map(|row| (row.id, row)).collect();
        let parts = Parts {
            followed: fetched::followed(fleet, &repos, &beside).await?,
            repos,
            documents: fleet.store.documents(None).await?,
            read: fleet.store.readings().await?.into_iter().collect(),
            beside,
            teams: Teams::read(fleet).await?,
        };
        Ok((parts, declared))
    }

    /// What some repositories give.
    pub(super) async fn of(fleet: &Fleet, some: &BTreeSet<i64>) -> Result<(Parts, Notable), EngineError> {
        let repos = fleet.store.repos_of(some).await?;
        let mut parts = Parts {
            repos: repos.into_iter().map(|row| (row.id, row)).collect(),
            documents: Vec::new(),
            read: HashMap::new(),
            beside: Beside::default(),
            followed: Followed::default(),
            teams: Teams::default(),
        };
        let mut declared = Notable::new();
        for repo in some {
            let Some(reading) = fleet.store.reading(*repo).await? else { continue };
            parts.read.insert(*repo, reading.read);
            parts.documents.extend(reading.documents.into_iter().map(|document| (*repo, document)));
            reading.declared.iter().for_each(|row| note(&mut declared, *repo, row));
        }
        if parts.undeclared().next().is_some() {
            parts.teams = Teams::read(fleet).await?;
        }
        Ok((parts, declared))
    }

    /// The repositories that were read and declare nothing, in the order of their rows.
    pub(super) fn undeclared(&self) -> impl Iterator<Item = &RepoRow> {
        let entities = self.documents.iter().filter(|(_, document)| document.kind == DocumentKind::Entity);
        let declared: HashSet<i64> = entities.map(|(repo, _)| *repo).collect();
        self.repos.values().filter(move |row| self.read.contains_key(&row.id) && !declared.contains(&row.id))
    }

    /// Every file with its entities, in the order of repositories and paths, and what has no file. What
    /// stands for a repository that declares nothing is named after it, by its whole name where the short
    /// one is among the names that are `taken` already.
    pub(super) fn files(&self, fleet: &Fleet, taken: HashSet<String>) -> Vec<SourceFile> {
        // What the people who keep the fleet wrote themselves comes first: of two, theirs is kept.
        let mut files: Vec<SourceFile> = self.beside.files();
        let mut names = taken;
        let beside = files.iter().flat_map(|file| &file.rows).filter_map(|row| row.as_ref().ok());
        names.extend(beside.map(|entity| entity.entity_ref().to_string()));
        let mut last = None;
        for (repo, document) in &self.documents {
            let Some(row) = self.repos.get(repo).filter(|_| document.kind == DocumentKind::Entity) else {
                continue;
            };
            names.insert(document.name.clone());
            let key = (*repo, &document.path, document.stale);
            if last != Some(key) {
                files.push(file(fleet, row, document));
                last = Some(key);
            }
            let Ok(entity) = serde_json::from_str::<Entity>(&document.body) else { continue };
            if let Some(file) = files.last_mut() {
                file.rows.push(Ok(entity));
            }
        }
        let mut declared: HashSet<i64> = HashSet::new();
        for file in self.followed.beside(&files) {
            for entity in file.rows.iter().flatten() {
                names.insert(entity.entity_ref().to_string());
                declared.extend(place(entity.file()).map(|(repo, _)| repo));
            }
            files.push(file);
        }
        let undeclared = self.undeclared().filter(|row| !declared.contains(&row.id));
        files.extend(undeclared.map(|row| self.stand_in(fleet, row, &mut names)));
        files
    }

    /// The component that stands for a repository which declares none.
    fn stand_in(&self, fleet: &Fleet, row: &RepoRow, names: &mut HashSet<String>) -> SourceFile {
        let owner = self.owner(fleet, row);
        let mut entity = fleetwright_catalog::discovered(&undeclared(row, &row.name), owner.as_deref());
        if !names.insert(entity.entity_ref().to_string()) {
            // Another repository of this name is there: the whole name tells them apart.
            let whole = undeclared(row, &row.name.replace('/', "-"));
            entity = fleetwright_catalog::discovered(&whole, entity.spec_text("owner"));
            names.insert(entity.entity_ref().to_string());
        }
        let location = pages::location(pages::root(fleet, row).as_ref(), row, "");
        SourceFile { origin: location.clone(), location, rows: vec![Ok(entity)], ..SourceFile::default() }
    }

    /// Who owns a repository as a whole, by the CODEOWNERS file its forge would take.
    fn owner(&self, fleet: &Fleet, row: &RepoRow) -> Option<String> {
        let kind =
            fleet.config.forges.iter().find(|config| config.name() == row.forge).map(
                |config| match config {
                    ForgeConfig::Local(_) => Kind::GitHub,
                    ForgeConfig::Hosted(config) => config.kind,
                },
            )?;
        // Each service looks into these folders, in this order.
        let (flavour, places) = match kind {
            Kind::GitHub => (Flavour::GitHub, [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"]),
            Kind::GitLab => (Flavour::GitLab, ["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"]),
            Kind::Gitea => (Flavour::Gitea, ["CODEOWNERS", "docs/CODEOWNERS", ".gitea/CODEOWNERS"]),
        };
        let begin = self.documents.partition_point(|(repo, _)| *repo < row.id);
        let mine = self.documents.get(begin..)?.iter().take_while(|(repo, _)| *repo == row.id);
        let mine: Vec<&Document> = mine.map(|(_, document)| document).collect();
        let file = places.iter().find_map(|place| mine.iter().find(|document| document.path == *place))?;
        let owners = Owners::read(flavour, &file.path, &file.body);
        owners
            .of_root()
            .into_iter()
            .find_map(|owner| self.teams.group(&row.forge, owner).or(owner.entity_ref()))
    }
}

fn file(fleet: &Fleet, row: &RepoRow, document: &Document) -> SourceFile {
    let root = pages::root(fleet, row);
    let location = |path: &str| pages::location(root.as_ref(), row, path);
    let orphan = document.origin.is_empty();
    let own = location(&document.path);
    SourceFile {
        links: pages::links(fleet, row, &own),
        location: own,
        origin: location(if orphan { &document.path } else { &document.origin }),
        parent: EntityRef::parse(&document.parent, RefContext::default()).ok(),
        orphan,
        stale: document.stale,
        rows: Vec::new(),
    }
}
