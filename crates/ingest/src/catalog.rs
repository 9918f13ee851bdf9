//! What a repository gives to the catalog: entities of its catalog files, and of the files they name.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use fleetwright_catalog::{Base, Entity, Finding, Request, Step, Substitution, Target};
use fleetwright_core::Oid;
use fleetwright_git::{Entry, Repository};
use fleetwright_store::{Document, DocumentKind, FindingRow, Reading};
use url::Url;

use crate::files::{CatalogFiles, OWNERS_FILES};
use crate::wanted::{MAX_FILE, Wanted, is_file, unread};

/// The files of a tree, by path.
type Tree<'a> = BTreeMap<&'a str, Oid>;

/// A file to read, and what led to it.
#[derive(Debug, Clone)]
struct Way {
    path: String,
    /// How many Locations lie between the first file and this one.
    depth: usize,
    /// The first file; empty when nothing leads here any more.
    origin: String,
    /// The Location that names it; empty for a first file.
    parent: String,
}

impl Way {
    fn first(path: &str) -> Way {
        Way { path: path.to_owned(), depth: 0, origin: path.to_owned(), parent: String::new() }
    }

    fn orphan(path: &str) -> Way {
        Way { origin: String::new(), ..Way::first(path) }
    }

    fn on(&self, path: &str, parent: &Entity) -> Way {
        let parent = parent.entity_ref().to_string();
        Way { path: path.to_owned(), depth: self.depth + 1, origin: self.origin.clone(), parent }
    }
}

/// What a file holds: entities, each with the files whose content it took in.
type Held = (Way, Vec<(Entity, Vec<String>)>);

/// One reading of all catalog files of a repository.
struct Walk<'a> {
    repository: &'a Repository,
    tree: Tree<'a>,
    root: Option<&'a Url>,
    repo: i64,
    queue: VecDeque<Way>,
    walk: fleetwright_catalog::Walk,
    /// What each file holds, each entity with the files whose content it took in.
    entities: BTreeMap<String, Held>,
    findings: Vec<FindingRow>,
}

/// Reads entities and owners into `reading`.
pub(crate) fn read(
    repository: &Repository,
    entries: &[Entry],
    (moved, wanted): (Option<&BTreeSet<String>>, &Wanted<'_>),
    reading: &mut Reading,
) {
    let files = entries.iter().filter(|entry| is_file(entry));
    let tree: Tree<'_> = files.filter_map(|entry| Some((entry.path.as_str()?, entry.oid))).collect();
    owners(repository, &tree, reading);
    if let (Some(moved), Some(before)) = (moved, wanted.before)
        && !is_touched(moved, wanted.catalog, before)
    {
        keep(before, reading);
        return;
    }
    let starts = tree.keys().filter(|path| wanted.catalog.holds(path));
    let queue: VecDeque<_> = starts.map(|path| Way::first(path)).collect();
    let mut walk = Walk {
        repository,
        tree,
        root: wanted.root,
        repo: wanted.repo,
        queue,
        walk: fleetwright_catalog::Walk::default(),
        entities: BTreeMap::new(),
        findings: Vec::new(),
    };
    walk.go();
    // What a Location named before and no one names now is still there: it is an orphan, as in Backstage.
    let known = wanted.before.into_iter().flat_map(|before| &before.documents);
    let entities = known.filter(|document| document.kind == DocumentKind::Entity);
    walk.queue.extend(entities.map(|document| Way::orphan(&document.path)));
    walk.go();
    let bad: BTreeSet<&str> = walk.findings.iter().map(|finding| finding.path.as_str()).collect();
    let documents = documents(&walk, &bad, wanted.before);
    reading.documents.extend(documents);
    reading.findings.append(&mut walk.findings);
}

impl Walk<'_> {
    /// Reads what is queued, and what that leads to, each file once.
    fn go(&mut self) {
        while let Some(way) = self.queue.pop_front() {
            match self.walk.enter(&way.path, way.depth) {
                Ok(Step::Seen) => {}
                Ok(Step::Read) => self.file(&way),
                Err(error) => {
                    let remedy = "name the files in one Location".to_owned();
                    self.findings.push(about(&way.path, 0, error.to_string(), remedy));
                }
            }
        }
    }

    /// A file's name over all repositories, by which the catalog names it.
    fn label(&self, path: &str) -> String {
        format!("{}:{path}", self.repo)
    }

    fn file(&mut self, way: &Way) {
        let path = way.path.as_str();
        let Some(blob) = self.tree.get(path).copied() else { return };
        let bytes = match self.repository.blob(blob, MAX_FILE) {
            Ok(bytes) => bytes,
            Err(error) => return self.findings.push(unread("catalog", path, &error)),
        };
        let base = Base::File { path: path.to_owned(), root: self.root.cloned() };
        let read = fleetwright_catalog::read_bytes(&self.label(path), &bytes);
        if is_template(&bytes) && read.iter().any(Result::is_err) {
            return;
        }
        let mut entities = Vec::new();
        for read in read {
            match read.map_err(|finding| vec![finding]).and_then(|entity| self.whole(entity, &base)) {
                Ok((entity, taken)) => {
                    self.follow(&entity, &base, way);
                    entities.push((entity, taken));
                }
                Err(findings) => self.findings.extend(findings.iter().map(row)),
            }
        }
        self.entities.insert(path.to_owned(), (way.clone(), entities));
    }

    /// The entity with what its placeholders stand for, and the files that came from.
    fn whole(&mut self, entity: Entity, base: &Base) -> Result<(Entity, Vec<String>), Vec<Finding>> {
        let (wanted, mut findings) = fleetwright_catalog::substitutions(&entity, base);
        let mut answers: Vec<(Substitution, String)> = Vec::new();
        let mut taken = Vec::new();
        for asked in wanted {
            match self.content(&asked.target) {
                Ok((path, content)) => {
                    taken.push(path);
                    answers.push((asked, content));
                }
                Err(why) => {
                    let place = entity.place();
                    findings.push(Finding {
                        file: entity.file().to_owned(),
                        line: place.line as usize,
                        column: place.column as usize,
                        key: asked.key(),
                        message: format!("{}: {why}", asked.target),
                        remedy: "commit the file, or correct the path".to_owned(),
                    });
                }
            }
        }
        if findings.is_empty() && answers.is_empty() {
            return Ok((entity, taken));
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        Ok((fleetwright_catalog::substitute(entity, &answers)?, taken))
    }

    fn content(&self, target: &Target) -> Result<(String, String), String> {
        let Target::File(path) = target else {
            return Err("only files of this repository's default branch are taken in".to_owned());
        };
        let blob = self.tree.get(path.as_str()).ok_or("there is no such file")?;
        let bytes = self.repository.blob(*blob, MAX_FILE).map_err(|error| error.to_string())?;
        let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
        Ok((path.clone(), text))
    }

    /// Queues the files of this repository that a Location names. Addresses are for who may fetch.
    fn follow(&mut self, entity: &Entity, base: &Base, way: &Way) {
        let (requests, findings) = fleetwright_catalog::requests(entity, base);
        self.findings.extend(findings.iter().map(row));
        for Request { target, optional, key, row: index } in requests {
            let found: Vec<String> = match &target {
                Target::File(path) => self
                    .tree
                    .get_key_value(path.as_str())
                    .map(|(path, _)| (*path).to_owned())
                    .into_iter()
                    .collect(),
                Target::Glob(pattern) => match fleetwright_catalog::glob(pattern) {
                    Ok(glob) => self
                        .tree
                        .keys()
                        .filter(|path| glob.is_match(path))
                        .map(|path| (*path).to_owned())
                        .collect(),
                    Err(error) => {
                        let finding = entity.finding(key, index, error.to_string(), error.remedy());
                        self.findings.push(row(&finding));
                        continue;
                    }
                },
                Target::Url(_) => continue,
            };
            if found.is_empty() && !optional {
                let message = format!("`{target}` is not in this repository");
                let finding = entity.finding(key, index, message, "commit it, or write `presence: optional`");
                self.findings.push(row(&finding));
            }
            self.queue.extend(found.iter().map(|path| way.on(path, entity)));
        }
    }
}

/// Whether a file may become one only when somebody fills it in, as the skeletons of software templates
/// do: if it is not good as it is, it is neither read nor called wrong.
fn is_template(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|two| two == b"{{" || two == b"{%")
}

fn about(path: &str, line: usize, message: String, remedy: String) -> FindingRow {
    let line = u32::try_from(line).unwrap_or_default();
    FindingRow { area: "catalog".to_owned(), path: path.to_owned(), line, message, remedy }
}

fn row(finding: &Finding) -> FindingRow {
    let message = match finding.key.as_str() {
        "" => finding.message.clone(),
        key => format!("{key}: {}", finding.message),
    };
    let (_, path) = finding.file.split_once(':').unwrap_or(("", &finding.file));
    about(path, finding.line, message, finding.remedy.clone())
}

/// Whether the catalog may be another: one of its files moved, or files it names by a pattern or by
/// placeholders may have.
fn is_touched(moved: &BTreeSet<String>, files: &CatalogFiles, before: &Reading) -> bool {
    let reaches_out = |document: &Document| {
        document.kind == DocumentKind::Entity
            && (document.name.starts_with("location:") || document.stale || !files.holds(&document.path))
    };
    let known: BTreeSet<&str> = before.documents.iter().map(|document| document.path.as_str()).collect();
    // What is wrong may be mended by a file that is named nowhere yet, such as one that a placeholder missed.
    let is_wrong = before.findings.iter().any(|row| row.area == "catalog");
    (is_wrong && !moved.is_empty())
        || moved.iter().any(|path| files.holds(path) || known.contains(path.as_str()))
        || before.documents.iter().any(reaches_out)
        || before.documents.iter().any(|document| takes_in(document, moved))
}

/// Whether an entity took in the content of a file that moved.
fn takes_in(document: &Document, moved: &BTreeSet<String>) -> bool {
    document.kind == DocumentKind::Entity
        && !document.taken.is_empty()
        && document.taken.iter().any(|path| moved.contains(path))
}

fn keep(before: &Reading, reading: &mut Reading) {
    let entities = before.documents.iter().filter(|document| document.kind == DocumentKind::Entity);
    reading.documents.extend(entities.cloned());
    reading.findings.extend(before.findings.iter().filter(|row| row.area == "catalog").cloned());
}

fn owners(repository: &Repository, tree: &Tree<'_>, reading: &mut Reading) {
    for path in OWNERS_FILES {
        let Some(blob) = tree.get(path) else { continue };
        match repository.blob(*blob, MAX_FILE) {
            Ok(bytes) => reading.documents.push(Document {
                path: path.to_owned(),
                part: 0,
                kind: DocumentKind::CodeOwners,
                name: String::new(),
                line: 1,
                blob: *blob,
                stale: false,
                body: String::from_utf8_lossy(&bytes).into_owned(),
                origin: path.to_owned(),
                parent: String::new(),
                taken: Vec::new(),
            }),
            Err(error) => reading.findings.push(unread("owners", path, &error)),
        }
    }
}

/// The documents that are stored: what was read, and for bad files what was good in them before.
fn documents(walk: &Walk<'_>, bad: &BTreeSet<&str>, before: Option<&Reading>) -> Vec<Document> {
    let mut documents = Vec::new();
    for (way, entities) in walk.entities.values() {
        let Some(blob) = walk.tree.get(way.path.as_str()) else { continue };
        documents.extend(entities.iter().map(|(entity, taken)| document(entity, (*blob, taken), way)));
    }
    let names: BTreeSet<String> = documents.iter().map(|document: &Document| document.name.clone()).collect();
    let old = before.into_iter().flat_map(|before| &before.documents);
    let lost = old.filter(|old| {
        old.kind == DocumentKind::Entity && bad.contains(old.path.as_str()) && !names.contains(&old.name)
    });
    documents.extend(lost.map(|old| Document { stale: true, ..old.clone() }));
    documents.sort_by(|a, b| (&a.path, a.stale, a.line).cmp(&(&b.path, b.stale, b.line)));
    let mut parts: BTreeMap<String, u32> = BTreeMap::new();
    for document in &mut documents {
        let part = parts.entry(document.path.clone()).or_default();
        document.part = *part;
        *part += 1;
    }
    documents
}

fn document(entity: &Entity, (blob, taken): (Oid, &[String]), way: &Way) -> Document {
    Document {
        path: way.path.clone(),
        part: 0,
        kind: DocumentKind::Entity,
        name: entity.entity_ref().to_string(),
        line: entity.place().line,
        blob,
        stale: false,
        origin: way.origin.clone(),
        parent: way.parent.clone(),
        body: serde_json::to_string(entity).unwrap_or_default(),
        taken: taken.to_vec(),
    }
}
