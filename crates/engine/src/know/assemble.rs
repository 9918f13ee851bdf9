//! Putting the catalog together: of the documents of all repositories, one catalog. Where only some moved,
//! only what they touch is put together ([`super::partial`]); the outcome is the same.

use std::collections::HashSet;
use std::sync::Arc;

use fleetwright_catalog::{Catalog, Finding, Search};
use fleetwright_store::{CatalogDelta, Write};

use super::beside::{BESIDE, Beside};
use super::made::Made;
use super::partial;
use super::parts::{Notable, Parts};
use super::places::readable;
use super::resources::{Resources, resources_of};
use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::shelf::Shelf;

/// What putting the catalog together did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Assembled {
    /// Whether there was something to do.
    pub anew: bool,
    /// Whether all repositories were put together, not only those that moved.
    pub whole: bool,
    /// Entities that are new or changed.
    pub put: usize,
    /// Entities that are gone.
    pub gone: usize,
}

/// The catalog as it is now. It is put together when something moved; otherwise it is the one of before.
///
/// # Errors
/// When the database or a file beside the configuration cannot be read.
pub async fn catalog(fleet: &Fleet) -> Result<Arc<Shelf>, EngineError> {
    let beside = Beside::read(&fleet.config.catalog_folder)?;
    let mut kept = fleet.shelf.lock().await;
    let made_of = (fleet.store.catalog_version().await?, beside.digest.clone());
    if let Some((of, shelf)) = kept.as_ref()
        && *of == made_of
    {
        return Ok(Arc::clone(shelf));
    }
    let (parts, declared) = Parts::all(fleet, beside).await?;
    let shelf = tokio::task::block_in_place(|| {
        let catalog = whole(fleet, &parts, declared).0;
        Arc::new(Shelf { search: Search::of(&catalog), catalog })
    });
    *kept = Some((made_of, Arc::clone(&shelf)));
    Ok(shelf)
}

/// What is wrong in the files beside the configuration, and with what their Locations name, as far as it is
/// known without anything being fetched. No repository can be told of it.
///
/// # Errors
/// When the database or a file beside the configuration cannot be read.
pub async fn wrong_beside(fleet: &Fleet) -> Result<Vec<Finding>, EngineError> {
    let beside = Beside::read(&fleet.config.catalog_folder)?;
    if beside.is_empty() {
        return Ok(Vec::new());
    }
    let targets = beside.wrong_targets(&fleet.config.catalog_folder);
    let (parts, declared) = Parts::all(fleet, beside).await?;
    let catalog = tokio::task::block_in_place(|| whole(fleet, &parts, declared).0);
    let told = catalog.findings.iter().chain(&targets).filter_map(|finding| {
        let finding = parts.followed.at_home(finding);
        let file = finding.file.strip_prefix(BESIDE)?.strip_prefix(':')?.to_owned();
        Some(Finding { file, message: readable(&finding.message, &parts.repos), ..finding })
    });
    Ok(told.collect())
}

/// Puts the catalog together anew, if what it is made of changed.
///
/// # Errors
/// When the database fails.
pub async fn assemble(fleet: &Fleet) -> Result<Assembled, EngineError> {
    let (seen, assembled, folder) = fleet.store.catalog_version().await?;
    let beside = Beside::read(&fleet.config.catalog_folder)?;
    if seen == assembled && folder == beside.digest {
        return Ok(Assembled::default());
    }
    let digest = beside.digest.clone();
    let part = if folder == digest { partial::delta(fleet, assembled).await? } else { None };
    let whole = part.is_none();
    let delta = match part {
        Some(delta) => delta,
        None => of_all(fleet, beside).await?,
    };
    let told = Assembled { anew: true, whole, put: delta.put.len(), gone: delta.gone.len() };
    let delta = CatalogDelta { seen, folder: digest, ..delta };
    fleet.store.write(vec![Write::Catalog(Box::new(delta))], None).await?;
    Ok(told)
}

/// What must be written after everything was put together.
async fn of_all(fleet: &Fleet, beside: Beside) -> Result<CatalogDelta, EngineError> {
    let (parts, declared) = Parts::all(fleet, beside).await?;
    let mut made = tokio::task::block_in_place(|| {
        let (catalog, resources) = whole(fleet, &parts, declared);
        Made::of(catalog, resources, &parts)
    });
    drop(parts);
    fleet.store.each_entity(|row| made.meet(row)).await?;
    fleet.store.each_relation(|row| made.meet_relation(row)).await?;
    Ok(made.delta(fleet.store.findings(None).await?))
}

/// The catalog of all files, and what declared infrastructure gave to it.
fn whole(fleet: &Fleet, parts: &Parts, declared: Notable) -> (Catalog, Resources) {
    let mut files = parts.files(fleet, HashSet::new());
    // What files declare stands, and of a team of that name nothing is used.
    files.append(&mut parts.teams.files(&files));
    let mut resources = resources_of(fleet, &parts.repos, declared, &files, Vec::new());
    // After all catalog files: of two entities of one name the first is kept.
    files.append(&mut resources.files);
    (fleetwright_catalog::assemble(files), resources)
}
