//! All POMs: those of this repository and those that are published elsewhere, each with its parents.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use fleetwright_package::{Files, Finding, Package, Published};

use super::model::{Coordinates, Model, package};
use super::pom::{Origin, Parent, Source, parse};
use super::shelf::Shelf;
use crate::text::{Text, beside, finding, unreadable};

/// The most parents above one POM.
const MAX_PARENTS: usize = 32;
/// The most POMs that are asked for elsewhere, for one repository.
const MAX_ASKED: usize = 50_000;
/// The largest POM that comes from elsewhere, in bytes (16 MiB).
const MAX_PUBLISHED: usize = 16 * 1024 * 1024;

/// What Maven is always started with.
const CONFIG: &str = ".mvn/maven.config";
/// The most words of that which are looked at.
const MAX_GIVEN: usize = 1000;

/// All POMs that one repository needs.
pub(crate) struct Poms<'a> {
    pub(crate) here: BTreeMap<Arc<str>, Arc<Source>>,
    pub(crate) asked: BTreeSet<(Package, String)>,
    pub(crate) findings: BTreeSet<Finding>,
    /// How many needs were looked at, over all resolutions.
    pub(crate) looked: usize,
    /// The BOMs whose imports are being followed.
    pub(crate) importing: Vec<String>,
    by_artifact: HashMap<String, Vec<Arc<Source>>>,
    there: HashMap<Coordinates, Result<Arc<Source>, Missing>>,
    models: HashMap<*const Source, Arc<Model>>,
    /// The POMs whose parents are being sought.
    climbing: Vec<*const Source>,
    published: &'a dyn Published,
    shelf: &'a Shelf,
}

/// Why a POM from elsewhere cannot be used.
#[derive(Debug, Clone)]
enum Missing {
    Absent,
    Broken(String),
    TooMany,
}

impl Source {
    pub(crate) fn is_here(&self) -> bool {
        matches!(self.origin, Origin::Here(_))
    }

    pub(crate) fn path(&self) -> Option<&str> {
        match &self.origin {
            Origin::Here(path) => Some(path),
            Origin::There(..) => None,
        }
    }
}

impl<'a> Poms<'a> {
    pub(crate) fn new(files: &Files, published: &'a dyn Published, shelf: &'a Shelf) -> Poms<'a> {
        let mut poms = Poms {
            here: BTreeMap::new(),
            asked: BTreeSet::new(),
            findings: BTreeSet::new(),
            looked: 0,
            importing: Vec::new(),
            by_artifact: HashMap::new(),
            there: HashMap::new(),
            models: HashMap::new(),
            climbing: Vec::new(),
            published,
            shelf,
        };
        let given = files.text(CONFIG).map(command_line).unwrap_or_default();
        for (path, text) in files.iter().filter(|(path, _)| wants(path) && *path != CONFIG) {
            if let Some(finding) = unreadable(path, text) {
                poms.findings.insert(finding);
                continue;
            }
            match parse(text) {
                Ok(mut pom) => {
                    // What is given on the command line goes before what a POM says.
                    pom.body.properties.extend(given.clone());
                    let path: Arc<str> = path.into();
                    let artifact = pom.artifact.as_ref().map(|text| text.value.clone());
                    let source = Arc::new(Source { pom, origin: Origin::Here(path.clone()) });
                    poms.by_artifact.entry(artifact.unwrap_or_default()).or_default().push(source.clone());
                    poms.here.insert(path, source);
                }
                Err(broken) => {
                    let message = format!("the POM cannot be read: {}", broken.reason);
                    poms.findings.insert(finding(
                        path,
                        broken.line,
                        &message,
                        "run `mvn validate` and mend it",
                    ));
                }
            }
        }
        poms
    }

    /// Writes down what is wrong with the POM of a model, if it lies here.
    pub(crate) fn find(&mut self, model: &Model, line: u32, message: &str, remedy: &str) {
        if let Some(path) = model.lineage.first().and_then(|source| source.path()) {
            self.findings.insert(finding(path, line, message, remedy));
        }
    }

    /// A POM with its parents.
    pub(crate) fn model(&mut self, source: &Arc<Source>) -> Arc<Model> {
        if let Some(known) = self.models.get(&Arc::as_ptr(source)) {
            return known.clone();
        }
        self.climbing.push(Arc::as_ptr(source));
        let mut lineage = vec![source.clone()];
        let mut broken = None;
        while let Some(parent) = lineage.last().and_then(|last| last.pom.parent.clone()) {
            match self.parent(&lineage, &parent) {
                Ok(next) => lineage.push(next),
                Err(why) => {
                    broken = Some(why);
                    break;
                }
            }
        }
        self.climbing.pop();
        let model = Arc::new(Model::new(lineage, broken));
        self.models.insert(Arc::as_ptr(source), model.clone());
        model
    }

    fn parent(&mut self, lineage: &[Arc<Source>], parent: &Parent) -> Result<Arc<Source>, String> {
        let child = Model::new(lineage[lineage.len() - 1..].to_vec(), None);
        let [group, artifact, version] = [&parent.group, &parent.artifact, &parent.version];
        let found = match self.beside(&child, parent) {
            Some(found) => found,
            None => {
                let version = child.value(version, 0).text?;
                self.source(
                    "parent",
                    &child.string(&group.value)?,
                    &child.string(&artifact.value)?,
                    &version,
                )?
            }
        };
        if lineage.len() > MAX_PARENTS || lineage.iter().any(|known| Arc::ptr_eq(known, &found)) {
            let why = format!(
                "the parents of this POM lead back to it, or there are more than {MAX_PARENTS}, at {}:{}",
                group.value, artifact.value
            );
            let remedy = "give one of them another <parent>, or none";
            let below = Model::new(lineage.to_vec(), None);
            self.find(&below, parent.artifact.line, &why, remedy);
            return Err(why);
        }
        Ok(found)
    }

    /// The parent where `relativePath` says, if it is the one that is meant.
    fn beside(&mut self, child: &Model, parent: &Parent) -> Option<Arc<Source>> {
        let path = child.lineage.first()?.path()?.to_owned();
        let written = parent.relative.as_ref();
        let relative = written.map_or("../pom.xml", |text| text.value.as_str());
        if relative.is_empty() {
            return None;
        }
        let Some(joined) = beside(&path, relative) else {
            if let Some(text) = written {
                let message =
                    format!("<relativePath> `{relative}` leaves the repository and is not followed");
                self.findings.insert(finding(
                    &path,
                    text.line,
                    &message,
                    "write <relativePath/> if the parent is published elsewhere",
                ));
            }
            return None;
        };
        let below = if joined.is_empty() { "pom.xml".to_owned() } else { format!("{joined}/pom.xml") };
        let found = self.here.get(joined.as_str()).or_else(|| self.here.get(below.as_str()))?.clone();
        let same_artifact =
            found.pom.artifact.as_ref().map(|text| &text.value) == Some(&parent.artifact.value);
        (same_artifact && self.is(&found, &parent.group.value, &parent.version.value)).then_some(found)
    }

    /// Whether a POM of this repository has this group and version, which may be written with properties.
    fn is(&mut self, source: &Arc<Source>, group: &str, version: &str) -> bool {
        let above = source.pom.parent.as_ref();
        let raw_group = source.pom.group.as_ref().or(above.map(|parent| &parent.group));
        let raw_version = source.pom.version.as_ref().or(above.map(|parent| &parent.version));
        let equal = |raw: Option<&Text>, to: &str| raw.is_some_and(|text| text.value == to);
        if equal(raw_group, group) && equal(raw_version, version) {
            return true;
        }
        let plain = |raw: Option<&Text>| raw.is_none_or(|text| !text.value.contains("${"));
        if plain(raw_group) && plain(raw_version) || self.climbing.contains(&Arc::as_ptr(source)) {
            return false;
        }
        let model = self.model(source);
        model.about("groupId").as_deref() == Ok(group) && model.about("version").as_deref() == Ok(version)
    }

    /// The POM of these coordinates, from here or elsewhere; `role` says in an error what it is.
    pub(crate) fn source(
        &mut self,
        role: &str,
        group: &str,
        artifact: &str,
        version: &str,
    ) -> Result<Arc<Source>, String> {
        let mut near = self.by_artifact.get(artifact).cloned().unwrap_or_default().into_iter();
        if let Some(found) = near.find(|source| self.is(source, group, version)) {
            return Ok(found);
        }
        let what = format!("{role} {group}:{artifact}:{version}");
        let coordinates = [group, artifact, version].map(str::to_owned);
        let known = match self.there.get(&coordinates) {
            Some(known) => known.clone(),
            None => {
                let found = self.ask(group, artifact, version);
                self.there.insert(coordinates, found.clone());
                found
            }
        };
        known.map_err(|missing| match missing {
            Missing::Absent => format!("the {what} is not in this repository, nor in what was given"),
            Missing::Broken(why) => format!("the {what} cannot be read: {why}"),
            Missing::TooMany => format!("the {what} is not asked for: there are more than {MAX_ASKED} POMs"),
        })
    }

    fn ask(&mut self, group: &str, artifact: &str, version: &str) -> Result<Arc<Source>, Missing> {
        // These become names of folders.
        let plain = |text: &str| text.len() < 256 && !text.contains(['/', '\\']) && !text.contains("..");
        let named = package(group, artifact).filter(|_| [group, artifact, version].into_iter().all(plain));
        let Some(package) = named else {
            return Err(Missing::Broken("that is no name of a package".to_owned()));
        };
        if self.asked.len() >= MAX_ASKED {
            return Err(Missing::TooMany);
        }
        self.asked.insert((package.clone(), version.to_owned()));
        let text = self.published.pom(group, artifact, version).ok_or(Missing::Absent)?;
        if text.len() > MAX_PUBLISHED {
            return Err(Missing::Broken(format!("it has more than {MAX_PUBLISHED} bytes")));
        }
        let coordinates = [group, artifact, version].map(str::to_owned);
        if let Some(known) = self.shelf.get(&coordinates, &text) {
            return Ok(known);
        }
        let pom = parse(&text).map_err(|broken| Missing::Broken(broken.reason))?;
        let source = Arc::new(Source { pom, origin: Origin::There(package, version.to_owned()) });
        self.shelf.keep(coordinates, text, source.clone());
        Ok(source)
    }
}

/// The properties of `-Dname=value`. Their places are left out: they lie in another file than the POM.
fn command_line(text: &str) -> HashMap<String, Text> {
    let words =
        text.split_whitespace().take(MAX_GIVEN).filter_map(|word| word.strip_prefix("-D")?.split_once('='));
    words
        .map(|(name, value)| (name.to_owned(), Text { value: value.to_owned(), ..Text::default() }))
        .collect()
}

/// Whether a file is a POM, or what Maven is always started with. POMs of archetypes are templates for POMs.
pub(crate) fn wants(path: &str) -> bool {
    path == CONFIG || path.rsplit('/').next() == Some("pom.xml") && !path.contains("archetype-resources/")
}
