//! Ingest: every repository that moved is read from its mirror, into the database and the search index.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

use fleetwright_core::Oid;
use fleetwright_deps::Shelf;
use fleetwright_git::{Entry, GitError, Mode, RepoPath, Repository};
use fleetwright_index::{IndexError, Writer};
use fleetwright_ingest::{CatalogFiles, Wanted, Whole};
use fleetwright_store::{FindingRow, Read, Reading, RepoRow, Write};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::pages;
use super::published::Poms;
use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::progress::Progress;

/// How many readings are written together, and how many repositories the index makes durable at once.
const CHUNK: usize = 256;

/// After so long what was read is written, however little it is: so much is read again after a kill.
const MOST_UNWRITTEN: Duration = Duration::from_secs(5);

/// The largest file the index is given, in bytes; it looks at less by itself.
const MAX_FILE: u64 = fleetwright_index::limits::MAX_INDEXED_BYTES;

/// How many files that cannot be read are named, of one repository.
const MOST_UNREAD: usize = 20;

/// What an ingest did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ingested {
    /// Repositories that were read.
    pub read: usize,
    /// Those that are gone, and of which nothing is known any more.
    pub forgotten: usize,
    /// Findings in those that were read.
    pub findings: usize,
}

/// A repository that is to be read.
struct Due {
    row: RepoRow,
    read: Read,
    mirror: PathBuf,
    root: Option<reqwest::Url>,
    before: Option<Reading>,
    /// Whether the database knows it already, and only the index does not.
    indexed_only: bool,
    /// Whether it is only read for what it asks of others, which moved.
    asking: bool,
}

/// The index, shared by those who read; `None` while another process writes it. Who gives it a repository reads the
/// second lock meanwhile, and who commits writes it: a commit leaves out what was given in part.
type Shared = Arc<(Mutex<Option<Writer>>, RwLock<()>)>;

/// Reads every repository whose tree is not the one that was read last. Killed anywhere, it goes on
/// where it was.
///
/// # Errors
/// When the database or the index fails. A repository that cannot be read is a finding of it.
pub async fn ingest(fleet: &Fleet, progress: &dyn Progress) -> Result<Ingested, EngineError> {
    let writer = open(fleet, progress)?;
    let mut ingested = Ingested::default();
    let due = due(fleet, &writer, &mut ingested).await?;
    let shelf = Arc::new(Shelf::default());
    let published = pass(fleet, (due, &writer, &shelf), &mut ingested, progress).await?;
    // A parent that moved or came is in what its children depend on; they were read beside it, or long ago.
    let mut news = fleet.store.published_by(&published).await?;
    news.extend(appeared(fleet).await?);
    let due = asking(fleet, &news).await?;
    pass(fleet, (due, &writer, &shelf), &mut ingested, progress).await?;
    if lock(&writer)?.is_some() {
        let _ = std::fs::remove_file(mark(fleet));
    }
    Ok(ingested)
}

/// Reads what is due; the answer is the repositories whose manifests moved.
async fn pass(
    fleet: &Fleet,
    (due, writer, shelf): (Vec<Due>, &Shared, &Arc<Shelf>),
    ingested: &mut Ingested,
    progress: &dyn Progress,
) -> Result<Vec<i64>, EngineError> {
    let total = due.len();
    let (poms, mut published) = (Arc::new(Poms::of(fleet, Arc::clone(shelf))), Vec::new());
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let places = Arc::new(Semaphore::new(cores));
    let files = Arc::new(fleet.config.catalog_files.clone());
    let mut running = JoinSet::new();
    let (mut waiting, mut writes, mut done, mut written) = (due.into_iter(), Vec::new(), 0, Instant::now());
    loop {
        while running.len() < 4 * cores {
            let Some(mut next) = waiting.next() else { break };
            next.before = fleet.store.reading(next.row.id).await?;
            let (places, files) = (Arc::clone(&places), Arc::clone(&files));
            let (writer, poms) = (Arc::clone(writer), Arc::clone(&poms));
            running.spawn(async move {
                let _place = places.acquire_owned().await;
                tokio::task::spawn_blocking(move || one(&next, (&files, &poms), &writer)).await
            });
        }
        let Some(ended) = running.join_next().await else { break };
        let failed = |error| EngineError::Refused(format!("a reading ended badly: {error}"));
        let read = ended.and_then(|ended| ended).map_err(failed)??;
        done += 1;
        progress.read(done, total);
        if let Some(reading) = read {
            ingested.read += 1;
            ingested.findings += reading.findings.len();
            if reading.dependencies.as_ref().is_some_and(|all| !all.files.is_empty()) {
                published.push(reading.repo);
            }
            writes.push(Write::Reading(Box::new(reading)));
        }
        if writes.len() >= CHUNK || written.elapsed() > MOST_UNWRITTEN {
            keep(fleet, writer, std::mem::take(&mut writes)).await?;
            written = Instant::now();
        }
    }
    keep(fleet, writer, writes).await?;
    Ok(published)
}

/// The POMs that nobody had when they were asked for and the folder has by now.
async fn appeared(fleet: &Fleet) -> Result<Vec<String>, EngineError> {
    if fleet.config.maven_folder.is_none() {
        return Ok(Vec::new());
    }
    let missing = fleet.store.missing().await?;
    let poms = Poms::of(fleet, Arc::default());
    Ok(tokio::task::block_in_place(|| poms.appeared(missing)))
}

/// The repositories that ask for one of these, each written `package version`.
async fn asking(fleet: &Fleet, news: &[String]) -> Result<Vec<Due>, EngineError> {
    if news.is_empty() {
        return Ok(Vec::new());
    }
    let asking = fleet.store.asking(news).await?;
    let readings = fleet.store.readings().await?;
    let rows = fleet.store.repos_of(&asking.into_iter().collect()).await?;
    let due = rows.into_iter().filter_map(|row| {
        Some(Due {
            read: *readings.get(&row.id)?,
            mirror: fleet.mirror(&row.forge, &row.name),
            root: pages::root(fleet, &row),
            before: None,
            indexed_only: false,
            asking: true,
            row,
        })
    });
    Ok(due.collect())
}

/// Makes what was read durable: the index first, for it is asked by what the database says.
async fn keep(fleet: &Fleet, writer: &Shared, writes: Vec<Write>) -> Result<(), EngineError> {
    let writer = Arc::clone(writer);
    let committed = tokio::task::spawn_blocking(move || {
        let _nobody_gives = writer.1.write().map_err(|_| ended_badly())?;
        lock(&writer)?.as_mut().map_or(Ok(()), |writer| writer.commit().map(|_| ()).map_err(broken))
    });
    committed.await.map_err(|error| EngineError::Refused(format!("the index ended badly: {error}")))??;
    if !writes.is_empty() {
        fleet.store.write(writes, None).await?;
    }
    Ok(())
}

/// Remembers that a search came upon damage, so that the next ingest looks through the whole index.
pub(crate) fn damage_mark(fleet: &Fleet) {
    // Where it cannot be written, the next search tells the damage again.
    let _ = std::fs::write(mark(fleet), b"");
}

fn mark(fleet: &Fleet) -> PathBuf {
    fleet.search().join("damaged")
}

fn open(fleet: &Fleet, progress: &dyn Progress) -> Result<Shared, EngineError> {
    let folder = fleet.search();
    let opened = if mark(fleet).exists() { Writer::open_checked(&folder) } else { Writer::open(&folder) };
    match opened {
        Ok(writer) => {
            writer.damage().iter().for_each(|damage| progress.note(&damage.to_string()));
            Ok(Arc::new((Mutex::new(Some(writer)), RwLock::default())))
        }
        Err(IndexError::Locked { .. }) => {
            progress
                .note("another process writes the search index: what moved is searched after the next sync");
            Ok(Shared::default())
        }
        Err(error) => Err(broken(error)),
    }
}

pub(super) fn broken(error: IndexError) -> EngineError {
    EngineError::Refused(format!("{error}\n  try: remove the folder `search` in the cache, it is built anew"))
}

fn lock(writer: &Shared) -> Result<std::sync::MutexGuard<'_, Option<Writer>>, EngineError> {
    writer.0.lock().map_err(|_| ended_badly())
}

fn ended_badly() -> EngineError {
    EngineError::Refused("the index writer ended badly\n  try: sync again".to_owned())
}

/// What must be read; what is gone is forgotten at once.
async fn due(fleet: &Fleet, writer: &Shared, ingested: &mut Ingested) -> Result<Vec<Due>, EngineError> {
    let readings = fleet.store.readings().await?;
    let rows = fleet.store.repos().await?;
    let (due, gone) = sorted_out(fleet, rows, &readings, lock(writer)?.as_mut());
    ingested.forgotten = gone.len();
    if !gone.is_empty() {
        fleet.store.write(gone.into_iter().map(Write::Unread).collect(), None).await?;
    }
    Ok(due)
}

/// What is due, and the rows of what is gone; the index forgets the latter.
fn sorted_out(
    fleet: &Fleet,
    rows: Vec<RepoRow>,
    readings: &BTreeMap<i64, Read>,
    mut index: Option<&mut Writer>,
) -> (Vec<Due>, Vec<i64>) {
    let reader = fleet.config.catalog_files.reader();
    let (mut due, mut gone) = (Vec::new(), Vec::new());
    for row in rows {
        let known = readings.get(&row.id);
        let name = search_name(&row.forge, &row.name);
        let (Some(tip), Some(tree)) = (row.head, row.tree) else {
            // One that cannot be reached now stays known as it was; one that is empty or gone does not.
            if known.is_some() && (row.fault.is_none() || row.is_gone()) {
                gone.push(row.id);
                index.iter_mut().for_each(|writer| writer.remove(&name));
            }
            continue;
        };
        let is_read = known.is_some_and(|known| known.tree == tree && known.reader == reader);
        let is_indexed = index.as_ref().is_none_or(|writer| writer.tree(&name) == Some(tree));
        if is_read && is_indexed {
            continue;
        }
        let (mirror, root) = (fleet.mirror(&row.forge, &row.name), pages::root(fleet, &row));
        let read = Read { tip, tree, reader };
        due.push(Due { row, read, mirror, root, before: None, indexed_only: is_read, asking: false });
    }
    (due, gone)
}

/// The name by which the index knows a repository.
pub(crate) fn search_name(forge: &str, repo: &str) -> String {
    format!("{forge}:{repo}")
}

/// Reads one repository; `None` when only the index had to know it.
fn one(
    due: &Due,
    (files, poms): (&CatalogFiles, &Poms),
    writer: &Shared,
) -> Result<Option<Reading>, EngineError> {
    let wanted = Wanted {
        repo: due.row.id,
        read: due.read,
        catalog: files,
        root: due.root.as_ref(),
        before: due.before.as_ref(),
        dependencies_anew: due.asking,
        shelf: &poms.shelf,
    };
    let read = || {
        let repository = Repository::open(&due.mirror)?;
        let whole = fleetwright_ingest::read(&repository, &wanted, poms)?;
        Ok::<_, fleetwright_git::GitError>((repository, whole))
    };
    match read() {
        Ok((repository, Whole { mut reading, entries })) => {
            reading.findings.extend(index(due, (&repository, &entries), writer)?);
            // What could not be searched before may be whole again.
            let is_news = due.before.as_ref().is_none_or(|before| unsearched(before) != unsearched(&reading));
            Ok((!due.indexed_only || is_news).then_some(reading))
        }
        Err(error) => Ok(Some(unreadable(due, &error.to_string()))),
    }
}

/// What stays of a repository whose tree cannot be read: what was known, and why it is old.
fn unreadable(due: &Due, why: &str) -> Reading {
    let nothing = Reading {
        repo: due.row.id,
        read: due.read,
        files: 0,
        languages: Default::default(),
        documents: Vec::new(),
        marks: Vec::new(),
        declared: Vec::new(),
        dependencies: None,
        findings: Vec::new(),
    };
    let mut reading = due.before.clone().unwrap_or(nothing);
    reading.read = due.read;
    reading.documents.iter_mut().for_each(|document| document.stale = true);
    reading.findings = vec![finding(format!("the repository could not be read: {why}"))];
    reading
}

/// What a reading says of the search.
fn unsearched(reading: &Reading) -> BTreeSet<&FindingRow> {
    reading.findings.iter().filter(|row| row.area == "search").collect()
}

fn finding(message: String) -> FindingRow {
    let remedy = "sync again once its cause is gone".to_owned();
    FindingRow { area: "search".to_owned(), path: String::new(), line: 0, message, remedy }
}

/// Gives the index what a repository holds; the answer is what it could not take. One with files that cannot
/// be read is searched without them, under no tree: so it proves nothing, and is read again next time.
fn index(
    due: &Due,
    (repository, entries): (&Repository, &[Entry]),
    writer: &Shared,
) -> Result<Vec<FindingRow>, EngineError> {
    let name = search_name(&due.row.forge, &due.row.name);
    let tell = |tree, listed: &[_]| {
        lock(writer)?.as_mut().map_or(Ok(None), |writer| match writer.repository(&name, tree, listed) {
            Ok(missing) => Ok(Some(Ok(missing))),
            Err(error @ (IndexError::Path { .. } | IndexError::TooManyFiles { .. })) => Ok(Some(Err(error))),
            Err(error) => Err(broken(error)),
        })
    };
    let _no_commit = writer.1.read().map_err(|_| ended_badly())?;
    let mut listed: Vec<_> = entries.iter().map(listed).collect();
    let missing = match tell(due.read.tree, &listed)? {
        None => return Ok(Vec::new()),
        Some(Err(error)) => return Ok(vec![finding(error.to_string())]),
        Some(Ok(missing)) => missing,
    };
    let (mut large, mut unread) = (HashSet::new(), BTreeMap::new());
    for oid in missing {
        match repository.blob(oid, MAX_FILE) {
            Ok(bytes) => {
                lock(writer)?.as_mut().map_or(Ok(()), |writer| writer.add(oid, &bytes)).map_err(broken)?;
            }
            Err(GitError::TooLarge { .. }) => drop(large.insert(oid)),
            Err(error) => drop(unread.insert(oid, error.to_string())),
        }
    }
    if large.is_empty() && unread.is_empty() {
        return Ok(Vec::new());
    }
    // What is too large to read is too large to index: its size says so.
    listed
        .iter_mut()
        .filter(|entry| large.contains(&entry.oid))
        .for_each(|entry| entry.size = Some(u64::MAX));
    listed.retain(|entry| !unread.contains_key(&entry.oid));
    tell(if unread.is_empty() { due.read.tree } else { Oid::ZERO }, &listed)?;
    Ok(unreadable_files(due, entries, &unread))
}

/// The files that could not be read.
fn unreadable_files(due: &Due, entries: &[Entry], unread: &BTreeMap<Oid, String>) -> Vec<FindingRow> {
    let files = entries.iter().filter_map(|entry| Some((&entry.path, unread.get(&entry.oid)?)));
    let told = |(path, why): (&RepoPath, &String)| FindingRow {
        area: "search".to_owned(),
        path: path.to_string(),
        line: 0,
        message: format!("it cannot be read, and so it is not searched: {why}"),
        remedy: format!(
            "remove {}, and the next sync fetches it anew; if this stays, mend the repository itself",
            due.mirror.display()
        ),
    };
    let mut findings: Vec<_> = files.clone().take(MOST_UNREAD).map(told).collect();
    let more = files.count().saturating_sub(MOST_UNREAD);
    findings.extend((more > 0).then(|| finding(format!("{more} more files cannot be read"))));
    findings
}

fn listed(entry: &Entry) -> fleetwright_index::Entry<'_> {
    let mode = match entry.mode {
        Mode::File => fleetwright_index::Mode::File,
        Mode::Executable => fleetwright_index::Mode::Executable,
        Mode::Symlink => fleetwright_index::Mode::Link,
        Mode::Submodule => fleetwright_index::Mode::Submodule,
    };
    fleetwright_index::Entry { path: entry.path.as_bytes(), mode, oid: entry.oid, size: None }
}
