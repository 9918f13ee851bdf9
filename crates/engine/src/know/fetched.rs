//! What Locations name by address is brought up to date: files of the fleet from their mirrors, others
//! from the hosts that the configuration allows. What cannot be had stays as it last was.

use std::collections::{BTreeMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use fleetwright_catalog::{Base, Entity, SourceFile, UrlPolicy};
use fleetwright_fetch::{Fetcher, Names, Settings, SystemNames, TIME};
use fleetwright_store::{Document, FetchedRow, RepoRow, Write};

use super::asking::Asking;
use super::beside::Beside;
use super::due::{Due, Room};
use super::followed::{Address, Followed};
use super::following::{Ground, Start, follow};
use super::mirrored;
use super::pages::{self, Pages};
use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::progress::Progress;

/// How the network is reached.
#[derive(Clone)]
pub struct Reach {
    /// Who looks names up.
    pub names: Arc<dyn Names>,
    /// Addresses that may be connected to although they are not public.
    pub private: Vec<IpAddr>,
}

impl Default for Reach {
    fn default() -> Self {
        Reach { names: Arc::new(SystemNames), private: Vec::new() }
    }
}

/// The Locations to begin with: those of the files beside the configuration, then of repositories.
fn starts(
    fleet: &Fleet,
    repos: &BTreeMap<i64, RepoRow>,
    (beside, within): (&Beside, Vec<(i64, Document)>),
) -> Vec<Start> {
    let mut starts = Vec::new();
    for SourceFile { location, rows, .. } in beside.files_with_locations() {
        for entity in rows.into_iter().flatten().filter(|entity| entity.kind() == "Location") {
            let base = Base::File { path: String::new(), root: None };
            starts.push(Start { entity, base, repo: None, location: location.clone() });
        }
    }
    for (repo, document) in within {
        let Some(row) = repos.get(&repo) else { continue };
        let Ok(entity) = serde_json::from_str::<Entity>(&document.body) else { continue };
        let root = pages::root(fleet, row);
        let location = pages::location(root.as_ref(), row, &document.path);
        let base = Base::File { path: document.path, root };
        starts.push(Start { entity, base, repo: Some(repo), location });
    }
    starts
}

/// What addresses give to the catalog, as far as they were fetched.
///
/// # Errors
/// When the database fails.
pub(super) async fn followed(
    fleet: &Fleet,
    repos: &BTreeMap<i64, RepoRow>,
    beside: &Beside,
) -> Result<Followed, EngineError> {
    let starts = starts(fleet, repos, (beside, fleet.store.locations().await?));
    if starts.is_empty() {
        return Ok(Followed::default());
    }
    let held = by_address(fleet.store.fetched().await?);
    let (pages, policy) = (Pages::of(fleet, repos), UrlPolicy::of(&fleet.config.catalog_hosts));
    Ok(follow(&Ground { fleet, repos, pages: &pages, policy: &policy, held: &held }, &starts))
}

fn by_address(rows: Vec<FetchedRow>) -> BTreeMap<String, FetchedRow> {
    rows.into_iter().map(|row| (row.address.clone(), row)).collect()
}

/// Brings every address that is named up to date. Of one that did not change a small request is all.
///
/// # Errors
/// When the database fails, or a file of the configuration cannot be read. An address that cannot be
/// had is a finding of the Location that names it.
pub async fn fetch(fleet: &Fleet, reach: &Reach, progress: &dyn Progress) -> Result<(), EngineError> {
    let beside = Beside::read(&fleet.config.catalog_folder)?;
    let within = fleet.store.locations().await?;
    let old = by_address(fleet.store.fetched().await?);
    if within.is_empty() && old.is_empty() && beside.files_with_locations().is_empty() {
        return Ok(());
    }
    let repos: BTreeMap<_, _> = fleet.store.repos().await?.into_iter().map(|row| (row.id, row)).collect();
    let starts = starts(fleet, &repos, (&beside, within));
    let policy = UrlPolicy::of(&fleet.config.catalog_hosts);
    let pages = Pages::of(fleet, &repos);
    let (mut held, mut asked, mut asking) = (old.clone(), HashSet::new(), None);
    let mut room = Room::default();
    let followed = loop {
        let ground = Ground { fleet, repos: &repos, pages: &pages, policy: &policy, held: &held };
        let followed = tokio::task::block_in_place(|| follow(&ground, &starts));
        let named = followed.named.iter().filter(|(key, _)| !asked.contains(*key));
        let due: Vec<Due> = named
            .map(|(key, (address, purpose))| Due {
                key: key.clone(),
                address: address.clone(),
                purpose: *purpose,
                old: held.get(key).cloned(),
            })
            .collect();
        if due.is_empty() {
            break followed;
        }
        asked.extend(due.iter().map(|due| due.key.clone()));
        let (net, own): (Vec<_>, Vec<_>) =
            due.into_iter().partition(|due| matches!(due.address, Address::Net(_)));
        held.extend(by_address(mirrored::read(fleet, &repos, own, &mut room).await?));
        if !net.is_empty() {
            let asking = match &mut asking {
                Some(asking) => asking,
                none => none.insert(Asking::new(fetcher(fleet, policy.clone(), reach)?)),
            };
            held.extend(by_address(asking.ask(net, &mut room).await?));
        }
    };
    keep(fleet, (old, held), &followed).await?;
    let targets = beside.wrong_targets(&fleet.config.catalog_folder);
    followed.homeless().chain(targets).for_each(|finding| progress.note(&finding.to_string()));
    Ok(())
}

/// Writes what is another now, and forgets what nobody names any more.
async fn keep(
    fleet: &Fleet,
    (old, held): (BTreeMap<String, FetchedRow>, BTreeMap<String, FetchedRow>),
    followed: &Followed,
) -> Result<(), EngineError> {
    let gone: Vec<String> = old.keys().filter(|key| !followed.named.contains_key(*key)).cloned().collect();
    let differs = |row: &FetchedRow| {
        followed.named.contains_key(&row.address) && old.get(&row.address).is_none_or(|old| old != row)
    };
    let put: Vec<FetchedRow> = held.into_values().filter(differs).collect();
    if !put.is_empty() || !gone.is_empty() {
        fleet.store.write(vec![Write::Fetched { put, gone }], None).await?;
    }
    Ok(())
}

fn fetcher(fleet: &Fleet, policy: UrlPolicy, reach: &Reach) -> Result<Fetcher, EngineError> {
    let file = fleet.config.catalog_certificates.as_deref();
    let authority = file.map(|path| std::fs::read(path).map_err(|error| EngineError::files(path, error)));
    let settings = Settings {
        policy: policy.with_addresses(reach.private.iter().copied()),
        names: Arc::clone(&reach.names),
        authority: authority.transpose()?,
        time: TIME,
    };
    Fetcher::new(settings).map_err(|why| {
        let remedy = "correct `catalog.certificates` in fleetwright.yaml: certificates in PEM";
        EngineError::Refused(format!("addresses of the catalog cannot be fetched: {why}\n  try: {remedy}"))
    })
}
