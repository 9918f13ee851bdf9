//! Looking at every repository: what is there, where its tip is, and a mirror of it.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fleetwright_core::Oid;
use fleetwright_core::opt_out::{self, OptOut};
use fleetwright_core::repo::RepoFacts;
use fleetwright_forge::{Fetched, Forge, Listed, Tip};
use fleetwright_git::{Limits, Repository, mirror_bytes};
use fleetwright_store::{RepoRow, Write};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::progress::Progress;

/// How many repositories are fetched at a time.
const WIDTH: usize = 8;

/// The largest `.fleetwright.yml` that is read, in bytes.
const MAX_OPT_OUT: u64 = 64 << 10;

/// How many rows are written together.
const CHUNK: usize = 512;

/// After so long the rows that are there are written, however few: so much is fetched again after a kill.
const MOST_UNWRITTEN: Duration = Duration::from_secs(5);

/// What a sync found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Synced {
    /// Repositories the forges list.
    pub listed: usize,
    /// Those that moved since the last time and were fetched.
    pub fetched: usize,
    /// Those that cannot be read.
    pub faults: usize,
}

/// Looks at every repository in scope, and fetches those that moved.
///
/// # Errors
/// When a forge cannot be listed or the database fails. A repository that cannot be read is a
/// row with a fault.
pub async fn sync(
    fleet: &Fleet,
    in_scope: impl Fn(&str) -> bool,
    progress: &dyn Progress,
) -> Result<Synced, EngineError> {
    let known = fleet.store.repos().await?;
    let mut known: HashMap<(String, String), RepoRow> =
        known.into_iter().map(|row| ((row.forge.clone(), row.name.clone()), row)).collect();
    let mut synced = Synced::default();
    for forge in fleet.forges() {
        let mut moved = Vec::new();
        let all = forge.repos().await?;
        follow_names(fleet, forge.name(), &known, &all);
        for listed in all {
            let old = known.remove(&(forge.name().to_owned(), listed.name.clone()));
            if !in_scope(&listed.name) {
                continue;
            }
            synced.listed += 1;
            synced.faults += usize::from(listed.fault.is_some());
            let mirror = fleet.mirror(forge.name(), &listed.name);
            if differs(old.as_ref(), &listed, &mirror) {
                moved.push(Due { listed, old });
            }
        }
        // What is left of the known is gone, or has another name now: then its row has its place already.
        let ids: HashSet<&str> = known.values().map(|row| row.facts.forge_id.as_str()).collect();
        let is_new = |due: &&Due| {
            let id = due.listed.facts.forge_id.as_str();
            due.old.is_none() && (id.is_empty() || !ids.contains(id))
        };
        announce(fleet, forge.name(), moved.iter().filter(is_new)).await?;
        synced.fetched += fetch_all(fleet, forge, moved, progress).await?;
    }
    let gone = known.into_values().filter(|row| row.fault.is_none());
    for row in gone {
        let write = Write::Gone { forge: row.forge, names: vec![row.name] };
        fleet.store.write(vec![write], None).await?;
    }
    Ok(synced)
}

/// Takes the mirrors of repositories that have another name now with them. Where there is one of that name,
/// the old one goes: nobody asks for it any more.
fn follow_names(fleet: &Fleet, forge: &str, known: &HashMap<(String, String), RepoRow>, listed: &[Listed]) {
    let ids: HashMap<&str, &str> = known
        .values()
        .filter(|row| row.forge == forge && !row.facts.forge_id.is_empty())
        .map(|row| (row.facts.forge_id.as_str(), row.name.as_str()))
        .collect();
    let names: HashSet<&str> = listed.iter().map(|listed| listed.name.as_str()).collect();
    for Listed { name, facts, .. } in listed {
        let Some(from) = ids.get(facts.forge_id.as_str()).filter(|from| !names.contains(*from)) else {
            continue;
        };
        let (from, to) = (fleet.mirror(forge, from), fleet.mirror(forge, name));
        if to.exists() {
            // A mirror is a cache: one that cannot be removed is only in the way of others.
            let _ = std::fs::remove_dir_all(from);
        } else {
            move_mirror(&from, &to);
        }
    }
}

/// A mirror is a cache: one that cannot be moved is fetched again.
pub(crate) fn move_mirror(from: &Path, to: &Path) {
    if let Some(parent) = to.parent() {
        let _ = std::fs::create_dir_all(parent);
    }
    let _ = std::fs::rename(from, to);
}

/// A repository that must be looked at again, and what was known of it.
struct Due {
    listed: Listed,
    old: Option<RepoRow>,
}

/// Whether a repository must be read again: its tip moved or is not told, what the forge says
/// changed, it could not be read the last time, or its mirror had to make room.
fn differs(old: Option<&RepoRow>, listed: &Listed, mirror: &Path) -> bool {
    let Some(old) = old else { return true };
    let head = match listed.tip {
        Tip::At(head) => Some(head),
        Tip::Unborn => None,
        Tip::NotTold => return true,
    };
    let told = |facts: &RepoFacts| {
        // Another repository may have this name now, and be at the same commit.
        let id = facts.forge_id.clone();
        (id, facts.owner.clone(), facts.topics.clone(), facts.archived, facts.default_branch.clone())
    };
    old.head != head
        || old.fault != listed.fault
        || told(&old.facts) != told(&listed.facts)
        || (head.is_some() && (old.tree.is_none() || !mirror.join("HEAD").exists()))
}

/// Writes what was never seen in the order of the listing, whichever is fetched first: of two entities of one name
/// that of the earlier row is kept, and that must be the same in every sync of the same fleet.
async fn announce<'d>(
    fleet: &Fleet,
    forge: &str,
    new: impl Iterator<Item = &'d Due>,
) -> Result<(), EngineError> {
    let row = |due: &Due| RepoRow {
        id: 0,
        forge: forge.to_owned(),
        name: due.listed.name.clone(),
        facts: due.listed.facts.clone(),
        head: None,
        tree: None,
        fault: Some("it was not fetched yet".to_owned()),
    };
    let rows: Vec<RepoRow> = new.map(row).collect();
    // A single one has no order.
    if rows.len() > 1 {
        fleet.store.write(vec![Write::Repos(rows)], None).await?;
    }
    Ok(())
}

async fn fetch_all(
    fleet: &Fleet,
    forge: &Arc<dyn Forge>,
    moved: Vec<Due>,
    progress: &dyn Progress,
) -> Result<usize, EngineError> {
    let places = Arc::new(Semaphore::new(WIDTH));
    let (total, mut done, mut fetched) = (moved.len(), 0, 0);
    let mut running = JoinSet::new();
    for due in moved {
        let mirror = fleet.mirror(forge.name(), &due.listed.name);
        let (forge, places) = (Arc::clone(forge), Arc::clone(&places));
        running.spawn(async move {
            let _place = places.acquire().await;
            look_at(forge.as_ref(), due, &mirror).await
        });
    }
    let (mut rows, mut written) = (Vec::new(), Instant::now());
    while let Some(ended) = running.join_next().await {
        let row = ended.map_err(|error| EngineError::Refused(format!("a fetch ended badly: {error}")))?;
        done += 1;
        progress.fetched(done, total);
        fetched += usize::from(row.is_some());
        rows.extend(row);
        let is_time = rows.len() >= CHUNK || done == total || written.elapsed() > MOST_UNWRITTEN;
        if is_time && !rows.is_empty() {
            fleet.store.write(vec![Write::Repos(std::mem::take(&mut rows))], None).await?;
            written = Instant::now();
        }
    }
    Ok(fetched)
}

/// Reads a repository, unless its forge, asked for the tip it did not list, tells that nothing moved.
async fn look_at(forge: &dyn Forge, due: Due, mirror: &Path) -> Option<RepoRow> {
    let Due { mut listed, old } = due;
    if listed.tip == Tip::NotTold && listed.fault.is_none() {
        match forge.head(&listed.name).await {
            Ok(head) => listed.tip = head.map_or(Tip::Unborn, Tip::At),
            Err(error) => listed.fault = Some(error.to_string()),
        }
        if !differs(old.as_ref(), &listed, mirror) {
            return None;
        }
    }
    Some(read(forge, listed, mirror).await)
}

async fn read(forge: &dyn Forge, listed: Listed, mirror: &Path) -> RepoRow {
    let mut row = RepoRow {
        id: 0,
        forge: forge.name().to_owned(),
        name: listed.name,
        facts: listed.facts,
        head: match listed.tip {
            Tip::At(head) => Some(head),
            Tip::Unborn | Tip::NotTold => None,
        },
        tree: None,
        fault: listed.fault,
    };
    if row.fault.is_some() || row.head.is_none() {
        return row;
    }
    match forge.fetch(&row.name, mirror).await {
        Ok(Fetched { head, tree }) => {
            (row.head, row.tree) = (head, tree);
            let (mirror, mut facts) = (mirror.to_owned(), row.facts.clone());
            let told = tokio::task::spawn_blocking(move || look(&mirror, &mut facts).map(|()| facts)).await;
            match told {
                Ok(Ok(facts)) => row.facts = facts,
                Ok(Err(error)) => row.fault = Some(error.to_string()),
                Err(error) => row.fault = Some(error.to_string()),
            }
        }
        Err(error) => row.fault = Some(error.to_string()),
    }
    row
}

/// Fills in what the tree tells: language, size, time of the newest commit.
fn look(mirror: &Path, facts: &mut RepoFacts) -> fleetwright_git::Result<()> {
    let repository = Repository::open(mirror)?;
    facts.size = mirror_bytes(mirror)?;
    let Some(commit) = repository.head()?.commit else { return Ok(()) };
    let info = repository.commit_info(commit)?;
    let time = jiff::Timestamp::from_second(info.time);
    facts.pushed_at = time.map(|time| time.to_string()).unwrap_or_default();
    let mut counts: HashMap<&'static str, usize> = HashMap::new();
    (facts.opt_out, facts.opt_out_fault) = (None, None);
    for entry in repository.list(info.tree, Limits::default())? {
        if entry.path.as_str() == Some(opt_out::PATH) {
            read_opt_out(&repository, entry.oid, facts);
        }
        if let Some(language) = entry.path.as_str().and_then(fleetwright_ingest::language) {
            *counts.entry(language).or_default() += 1;
        }
    }
    let most = counts.into_iter().max_by_key(|(name, count)| (*count, std::cmp::Reverse(*name)));
    facts.language = most.map(|(name, _)| name.to_owned()).unwrap_or_default();
    Ok(())
}

/// Reads what the repository's owners do not want; what cannot be read is taken for a no.
fn read_opt_out(repository: &Repository, blob: Oid, facts: &mut RepoFacts) {
    let read = || {
        let bytes = repository.blob(blob, MAX_OPT_OUT).map_err(|error| error.to_string())?;
        let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
        OptOut::read(&text).map_err(|error| format!("line {}: {}", error.line, error.message))
    };
    match read() {
        Ok(own) => facts.opt_out = Some(own),
        Err(why) => facts.opt_out_fault = Some(format!("it cannot be read: {why}")),
    }
}

/// Removes the mirrors that were longest not refreshed, until the rest fits the quota. A mirror
/// is a cache: whoever needs it again fetches it again. Done when a command ends, because a
/// selection may ask for the files of every repository.
///
/// # Errors
/// When the database fails or a mirror cannot be removed.
pub async fn trim(fleet: &Fleet) -> Result<(), EngineError> {
    let quota = fleet.config.cache_bytes;
    let rows = fleet.store.repos().await?;
    let mut held: u64 = rows.iter().map(|row| row.facts.size).sum();
    if held <= quota {
        return Ok(());
    }
    let mut aged: Vec<_> = rows
        .iter()
        .map(|row| (fleet.mirror(&row.forge, &row.name), row.facts.size))
        .filter_map(|(path, size)| Some((std::fs::metadata(&path).ok()?.modified().ok()?, path, size)))
        .collect();
    held = aged.iter().map(|(_, _, size)| size).sum();
    aged.sort();
    for (_, path, size) in aged {
        if held <= quota {
            break;
        }
        std::fs::remove_dir_all(&path).map_err(|error| EngineError::files(&path, error))?;
        held = held.saturating_sub(size);
    }
    Ok(())
}
