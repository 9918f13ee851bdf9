//! `Pipfile.lock`, version 6. It says nothing of what needs what.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};

use super::graph::{Entry, unknown_version};
use crate::source::Source;

/// Reads a `Pipfile.lock`: the format and the packages.
pub(crate) fn read(source: &mut Source<'_>) -> Option<(String, Vec<Entry>)> {
    let text = source.text;
    let lock: Whole<'_> = match serde_json::from_str(text) {
        Ok(lock) => lock,
        Err(error) => {
            let line = u32::try_from(error.line()).unwrap_or_default();
            source.finding(line, format!("it cannot be read: {error}"), "run `pipenv lock`");
            return None;
        }
    };
    if lock.spec != Some(6) {
        let version = lock.spec.map_or_else(|| "none".to_owned(), |spec| spec.to_string());
        unknown_version(source, &version, "6");
        return None;
    }
    let entries = lock.packages.into_iter().map(|(name, package)| entry(source, &name, package));
    Some(("Pipfile.lock 6".to_owned(), entries.collect()))
}

fn entry(source: &Source<'_>, name: &str, package: Pinned<'_>) -> Entry {
    let version = package.version.unwrap_or_default();
    Entry {
        name: name.to_owned(),
        version: version.trim_start_matches('=').trim().to_owned(),
        line: offset(source.text, name).map_or(0, |at| source.line(at)),
        own: package.path.is_some(),
        needs: Vec::new(),
    }
}

/// Where a part of a text stands in it; a text with escapes is a copy and stands nowhere.
fn offset(text: &str, part: &str) -> Option<usize> {
    let at = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    (at < text.len()).then_some(at)
}

#[derive(Default)]
struct Whole<'a> {
    spec: Option<u64>,
    packages: Vec<(Cow<'a, str>, Pinned<'a>)>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(rename = "pipfile-spec")]
    spec: Option<u64>,
}

#[derive(Deserialize)]
struct Pinned<'a> {
    #[serde(borrow)]
    version: Option<Cow<'a, str>>,
    path: Option<IgnoredAny>,
}

impl<'de> Deserialize<'de> for Whole<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Categories(Whole::default()))
    }
}

struct Categories<'a>(Whole<'a>);

impl<'de> Visitor<'de> for Categories<'de> {
    type Value = Whole<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Pipfile.lock")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Whole<'de>, A::Error> {
        while let Some(Name(key)) = map.next_key::<Name<'de>>()? {
            if key == "_meta" {
                self.0.spec = map.next_value::<Meta>()?.spec;
            } else {
                let Group(packages) = map.next_value()?;
                self.0.packages.extend(packages);
            }
        }
        Ok(self.0)
    }
}

struct Group<'a>(Vec<(Cow<'a, str>, Pinned<'a>)>);

impl<'de> Deserialize<'de> for Group<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Group<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("packages by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Group<'de>, A::Error> {
        let mut found = Vec::new();
        while let Some(Name(name)) = map.next_key()? {
            found.push((name, map.next_value()?));
        }
        Ok(Group(found))
    }
}

/// A key that borrows where it can.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
