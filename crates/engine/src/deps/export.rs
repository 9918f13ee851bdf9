//! Bills of materials: what a repository, a component or the fleet is made of, as parts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use fleetwright_package::Package;
use fleetwright_sbom::{Bom, Kind, Occurrence, Part, Usage};
use fleetwright_store::Use;

use super::named::{Subject, subject};
use super::whose::Components;
use crate::error::EngineError;
use crate::fleet::Fleet;

/// What a repository (`acme/shop`) or a component (`shop`, `component:default/shop`) is made of. The version of
/// both is the tree that was read.
///
/// # Errors
/// When neither is called so, or the database fails.
pub async fn export(fleet: &Fleet, name: &str) -> Result<Bom, EngineError> {
    let (repo, reference) = match subject(fleet, name).await? {
        Subject::Repo(row) => {
            let mut read = Reading::new(Part::own(row.name, tree(fleet, row.id).await?));
            read.add(fleet.store.dependencies_of(row.id).await?, "", |_| vec![0]);
            return Ok(read.bom);
        }
        Subject::Component(repo, reference) => (repo, reference),
    };
    let own = BTreeSet::from([repo]);
    let components = Components::of(fleet, &own, &own).await?;
    let mut uses = fleet.store.dependencies_of(repo).await?;
    // Parts of the repository itself stay: they are no parts of the document, but ways lead through them.
    uses.retain(|each| each.row.scope == OWN || references(&components, each).contains(reference.as_str()));
    let mut read = Reading::new(Part::own(reference, tree(fleet, repo).await?));
    read.add(uses, "", |_| vec![0]);
    Ok(read.bom)
}

/// What the whole fleet is made of: its repositories, their components, and the packages below them. A package in
/// a version is one part, wherever it is used.
///
/// # Errors
/// When the database fails.
pub async fn export_all(fleet: &Fleet) -> Result<Bom, EngineError> {
    let mut read = Reading::new(Part::own("fleet", ""));
    let readings = fleet.store.readings().await?;
    let mut repos = fleet.store.repos().await?;
    repos.sort_by(|left, right| (&left.forge, &left.name).cmp(&(&right.forge, &right.name)));
    let all = repos.iter().map(|row| row.id).collect();
    let components = Components::of(fleet, &all, &all).await?;
    for row in repos {
        let Some(reading) = readings.get(&row.id) else { continue };
        let uses = fleet.store.dependencies_of(row.id).await?;
        if uses.is_empty() {
            continue;
        }
        let version = reading.tree.to_string();
        let name = format!("{}/{}", row.forge, row.name);
        let repo = read.below(0, Part::own(name.as_str(), version.as_str()));
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for component in uses.iter().flat_map(|each| references(&components, each)) {
            if !places.contains_key(component) {
                let part = read.below(repo, Part::own(component, version.as_str()));
                places.insert(component.to_owned(), part);
            }
        }
        read.add(uses, &format!("{name}/"), |each| {
            let inside: Vec<usize> = references(&components, each)
                .into_iter()
                .filter_map(|name| places.get(name).copied())
                .collect();
            if inside.is_empty() { vec![repo] } else { inside }
        });
    }
    Ok(read.bom)
}

/// The word of what is a part of the repository itself.
const OWN: &str = "own";
/// The word of what only sets versions for others.
const MANAGED: &str = "managed";

/// The tree that was read of a repository; empty where none was.
async fn tree(fleet: &Fleet, repo: i64) -> Result<String, EngineError> {
    Ok(fleet.store.readings().await?.get(&repo).map(|read| read.tree.to_string()).unwrap_or_default())
}

/// The references of the components that a use belongs to.
fn references<'a>(components: &'a Components, each: &Use) -> BTreeSet<&'a str> {
    components.using(each).into_iter().map(|component| component.reference.as_str()).collect()
}

/// A bill of materials while it is read.
struct Reading {
    bom: Bom,
    /// By package, version and what stands for an unknown version: the part.
    known: HashMap<(String, String, String), usize>,
}

impl Reading {
    fn new(about: Part) -> Reading {
        Reading { bom: Bom::new(about), known: HashMap::new() }
    }

    /// Something of one's own that belongs to another.
    fn below(&mut self, upper: usize, part: Part) -> usize {
        let at = self.bom.add(part);
        self.bom.needs(upper, at, Usage::Runtime);
        at
    }

    /// Adds the uses of one repository; `tops` says what a use belongs to that a manifest declares.
    fn add(&mut self, uses: Vec<Use>, prefix: &str, tops: impl Fn(&Use) -> Vec<usize>) {
        let mut files: HashMap<i64, Arc<str>> = HashMap::new();
        let mut parts: Vec<Option<usize>> = Vec::with_capacity(uses.len());
        for each in &uses {
            let file = || format!("{prefix}{}", each.file.path).into();
            let file = files.entry(each.file_id).or_insert_with(file);
            parts.push(self.place(each, file));
        }
        let by_part: HashMap<(i64, u32), usize> =
            uses.iter().enumerate().map(|(at, each)| ((each.file_id, each.row.part), at)).collect();
        for (each, part) in uses.iter().zip(&parts) {
            let Some(part) = *part else { continue };
            let usage = Usage::of_word(&each.row.scope);
            let way = upper(each, &uses, &by_part);
            if each.row.direct || way == Way::Top {
                tops(each).into_iter().for_each(|top| self.bom.needs(top, part, usage));
            }
            if let Way::Use(at) = way
                && let Some(from) = parts.get(at).copied().flatten()
            {
                self.bom.needs(from, part, usage);
            }
        }
    }

    /// The part of a use: nothing for what is none.
    fn place(&mut self, each: &Use, file: &Arc<str>) -> Option<usize> {
        let row = &each.row;
        if row.scope == OWN || row.scope == MANAGED {
            return None;
        }
        let note = if row.version.is_empty() { note(&row.requirement, &row.why) } else { String::new() };
        let usage = Usage::of_word(&row.scope);
        let key = (format!("{}:{}", row.ecosystem, row.name), row.version.clone(), note.clone());
        let at = match self.known.get(&key) {
            Some(at) => *at,
            None => {
                let kind = key.0.parse::<Package>().map_or(Kind::Own(key.0.clone()), Kind::Package);
                let version = row.version.clone();
                let at = self.bom.add(Part { kind, version, note, usage, found: BTreeSet::new() });
                self.known.insert(key, at);
                at
            }
        };
        let part = self.bom.part(at)?;
        part.usage = part.usage.min(usage);
        part.found.insert(Occurrence { file: Arc::clone(file), line: row.line });
        Some(at)
    }
}

/// What is said in place of a version.
fn note(requirement: &str, why: &str) -> String {
    match (requirement, why) {
        ("", "") => "no version is written".to_owned(),
        ("", why) => why.to_owned(),
        (requirement, "") => format!("declared as {requirement}"),
        (requirement, why) => format!("declared as {requirement}: {why}"),
    }
}

/// What a use is reached through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A part of the repository itself.
    Top,
    /// The use of this position.
    Use(usize),
    /// Nothing that is known.
    Unknown,
}

/// The nearest package on the way to a use: parts of the repository itself are stepped over.
fn upper(each: &Use, uses: &[Use], by_part: &HashMap<(i64, u32), usize>) -> Way {
    let Some(via) = each.row.via else { return Way::Unknown };
    match by_part.get(&(each.file_id, via)).and_then(|at| Some((*at, uses.get(*at)?))) {
        Some((_, upper)) if upper.row.scope == OWN => Way::Top,
        Some((at, _)) => Way::Use(at),
        None => Way::Unknown,
    }
}
