//! A POM with its parents: what its properties stand for.

use std::sync::{Arc, OnceLock};

use fleetwright_package::{Ecosystem, Package};

use super::management::{Managed, Need};
use super::pom::{Origin, Source};
use super::value::Value;
use crate::text::Text;

/// The longest way from a property to the next.
const MAX_CHAIN: u32 = 32;
/// The most properties that are looked up for one text.
const MAX_LOOKUPS: u32 = 1000;
/// The longest text that properties may make, in bytes.
const MAX_TEXT: usize = 4096;

/// A POM with its parents, the nearest first.
#[derive(Debug)]
pub(crate) struct Model {
    /// The POM itself, its parent, and so on; never empty.
    pub(crate) lineage: Vec<Arc<Source>>,
    /// Why there should be more parents.
    pub(crate) broken: Option<String>,
    pub(crate) managed: OnceLock<Arc<Managed>>,
    pub(crate) needs: OnceLock<Arc<Vec<Need>>>,
}

/// Group, artifact and version.
pub(crate) type Coordinates = [String; 3];

pub(crate) fn package(group: &str, artifact: &str) -> Option<Package> {
    Package::new(Ecosystem::Maven, &format!("{group}:{artifact}")).ok()
}

impl Model {
    pub(crate) fn new(lineage: Vec<Arc<Source>>, broken: Option<String>) -> Model {
        Model { lineage, broken, managed: OnceLock::new(), needs: OnceLock::new() }
    }

    /// What a text in the POM `at` steps up the lineage stands for.
    pub(crate) fn value(&self, text: &Text, at: usize) -> Value {
        let (mut text, mut at, mut property) = (text, at, None);
        for _ in 0..MAX_CHAIN {
            let Some(name) = whole_reference(&text.value) else { break };
            property = Some(name.to_owned());
            match self.lookup(name) {
                Ok(found) => (text, at) = found,
                Err(why) => return Value { text: Err(why), set: None, property },
            }
        }
        if !refers(&text.value) {
            let set = self.lineage.get(at).and_then(|source| match &source.origin {
                Origin::Here(path) => Some((path.clone(), text.clone())),
                Origin::There(..) => None,
            });
            return Value { text: known(&text.value), set, property };
        }
        let name =
            text.value.split_once("${").and_then(|(_, rest)| rest.split_once('}')).map(|(name, _)| name);
        Value {
            text: self.string(&text.value),
            set: None,
            property: property.or_else(|| name.map(str::to_owned)),
        }
    }

    /// A string with its properties put in, or why that cannot be done.
    pub(crate) fn string(&self, raw: &str) -> Result<String, String> {
        if !refers(raw) {
            return known(raw);
        }
        let mut lookups = 0;
        let mut into = String::new();
        self.expand(raw, &mut into, &mut lookups, 0)?;
        known(&into)
    }

    fn expand(&self, raw: &str, into: &mut String, lookups: &mut u32, depth: u32) -> Result<(), String> {
        let mut rest = raw;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, after)) = after.split_once('}') else { break };
            into.push_str(before);
            *lookups += 1;
            if depth >= MAX_CHAIN || *lookups > MAX_LOOKUPS {
                return Err(format!(
                    "`${{{name}}}` leads back to itself, or through more than {MAX_LOOKUPS} properties"
                ));
            }
            self.expand(&self.lookup(name)?.0.value, into, lookups, depth + 1)?;
            rest = after;
        }
        into.push_str(rest);
        if into.len() > MAX_TEXT {
            return Err(format!("its properties make a text of more than {MAX_TEXT} bytes"));
        }
        Ok(())
    }

    /// What stands for a name, and how many steps up the lineage that is written.
    fn lookup(&self, name: &str) -> Result<(&Text, usize), String> {
        let own = name.strip_prefix("project.").or_else(|| name.strip_prefix("pom."));
        if let Some(text) = own.and_then(|own| self.own(own)) {
            return Ok((text, 0));
        }
        for (at, source) in self.lineage.iter().enumerate() {
            if let Some(text) = source.pom.body.properties.get(name) {
                return Ok((text, at));
            }
        }
        if let Some(text) = self.own(name) {
            return Ok((text, 0));
        }
        let machine = ["env.", "java.", "os.", "user.", "settings.", "maven.", "basedir", "file.", "path."];
        if own.is_some() || machine.iter().any(|prefix| name.starts_with(prefix)) {
            return Err(format!("`${{{name}}}` is told only when Maven runs"));
        }
        Err(self.broken.clone().unwrap_or_else(|| {
            format!("`${{{name}}}` is set in no POM here; it may be given on the command line")
        }))
    }

    /// What the POM says about itself or inherits.
    fn own(&self, name: &str) -> Option<&Text> {
        let pom = &self.lineage.first()?.pom;
        let parent = pom.parent.as_ref();
        match name {
            "groupId" => pom.group.as_ref().or(parent.map(|parent| &parent.group)),
            "artifactId" => pom.artifact.as_ref(),
            "version" => pom.version.as_ref().or(parent.map(|parent| &parent.version)),
            "parent.groupId" => parent.map(|parent| &parent.group),
            "parent.artifactId" => parent.map(|parent| &parent.artifact),
            "parent.version" => parent.map(|parent| &parent.version),
            _ => None,
        }
    }

    /// What it says about itself under `groupId`, `artifactId` or `version`.
    pub(crate) fn about(&self, name: &str) -> Result<String, String> {
        let text = self.own(name).ok_or_else(|| format!("the POM has no <{name}>"))?;
        self.value(text, 0).text
    }

    /// Group, artifact and version.
    pub(crate) fn coordinates(&self) -> Result<Coordinates, String> {
        Ok([self.about("groupId")?, self.about("artifactId")?, self.about("version")?])
    }

    /// The first parent that lies elsewhere.
    pub(crate) fn outer(&self) -> Option<(Package, String)> {
        self.lineage.iter().find_map(|source| match &source.origin {
            Origin::There(package, version) => Some((package.clone(), version.clone())),
            Origin::Here(_) => None,
        })
    }
}

/// `name` of a text that is exactly `${name}`.
fn whole_reference(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${")?.strip_suffix('}')?;
    (!name.contains(['{', '}', '$'])).then_some(name)
}

/// Whether there is a property in a text. Most have none, and this is asked more often than anything else.
fn refers(text: &str) -> bool {
    text.as_bytes().contains(&b'$') && text.contains("${")
}

fn known(text: &str) -> Result<String, String> {
    if text.bytes().any(|byte| matches!(byte, b'&' | b'<')) {
        return Err(format!("`{text}` holds an XML entity that is not one of XML's own"));
    }
    Ok(text.to_owned())
}
