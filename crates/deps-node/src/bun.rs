//! bun's `bun.lock`: JSON with commas behind the last entries.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use fleetwright_package::Finding;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::json::{Entries, Text};
use crate::lock::{Direct, Members, ReadLock};
use crate::text::{Source, finding, folder, join, name_and_rest};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    lockfile_version: Option<u32>,
    #[serde(borrow, default)]
    workspaces: Entries<'a, Lists<'a>>,
    #[serde(borrow, default)]
    packages: Entries<'a, Resolved<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Lists<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    version: Text<'a>,
    #[serde(borrow)]
    dependencies: Entries<'a, Text<'a>>,
    #[serde(borrow)]
    dev_dependencies: Entries<'a, Text<'a>>,
    #[serde(borrow)]
    optional_dependencies: Entries<'a, Text<'a>>,
    #[serde(borrow)]
    peer_dependencies: Entries<'a, Text<'a>>,
}

impl<'a> Lists<'a> {
    fn all(&self) -> impl Iterator<Item = &(Text<'a>, Text<'a>)> {
        [&self.dependencies, &self.dev_dependencies, &self.optional_dependencies, &self.peer_dependencies]
            .into_iter()
            .flat_map(|list| list.0.iter())
    }
}

/// `["name@version", …, {lists}, …]`.
struct Resolved<'a> {
    what: Text<'a>,
    lists: Lists<'a>,
}

/// A part of it: only a map counts.
struct Part<'a>(Option<Lists<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Part<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct PartVisitor;
        impl<'de> Visitor<'de> for PartVisitor {
            type Value = Part<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a map")
            }

            fn visit_str<E>(self, _: &str) -> Result<Part<'de>, E> {
                Ok(Part(None))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Part<'de>, A::Error> {
                Lists::deserialize(serde::de::value::MapAccessDeserializer::new(map))
                    .map(|lists| Part(Some(lists)))
            }
        }
        from.deserialize_any(PartVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Resolved<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ResolvedVisitor;
        impl<'de> Visitor<'de> for ResolvedVisitor {
            type Value = Resolved<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list that begins with `name@version`")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Resolved<'de>, A::Error> {
                let what = seq.next_element()?.unwrap_or_default();
                let mut lists = Lists::default();
                while let Some(part) = seq.next_element::<Part<'de>>()? {
                    if let Some(found) = part.0 {
                        lists = found;
                        break;
                    }
                }
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Resolved { what, lists })
            }
        }
        from.deserialize_seq(ResolvedVisitor)
    }
}

/// Reads one.
pub(crate) fn read(source: &Source<'_>, members: &Members) -> Result<ReadLock, Finding> {
    let text = without_last_commas(source.text);
    let file: File<'_> = serde_json::from_str(&text).map_err(|error| {
        let line = u32::try_from(error.line()).unwrap_or(0);
        finding(
            source.path,
            line,
            format!("this is no lockfile of bun: {error}"),
            "run `bun install --lockfile-only`",
        )
    })?;
    let Some(version @ 0..=2) = file.lockfile_version else {
        let version =
            file.lockfile_version.map_or_else(|| "(none)".to_owned(), |version| version.to_string());
        let message = format!("lockfileVersion {version} is not known; known are 0 to 2");
        return Err(finding(source.path, 1, message, "run `bun install --lockfile-only`"));
    };
    Ok(link(source, &text, version, &file, members))
}

/// The text with a space for each comma before a closing bracket, so that every byte stays at its place.
fn without_last_commas(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let (mut comma, mut inside, mut escaped) = (None, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => (inside, comma) = (!inside, None),
            _ if inside => {}
            b',' => comma = Some(at),
            b'}' | b']' => {
                if let Some(at) = comma.take() {
                    bytes[at] = b' ';
                }
            }
            b' ' | b'\n' | b'\r' | b'\t' => {}
            _ => comma = None,
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

fn link(source: &Source<'_>, text: &str, version: u32, file: &File<'_>, members: &Members) -> ReadLock {
    let mut read = ReadLock::new(source.path, format!("bun {version}"));
    let line = |part: &str| {
        let at = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize);
        at.filter(|at| *at < text.len()).map_or(0, |at| source.line(at))
    };
    let mut at: HashMap<&str, u32> = HashMap::new();
    let mut own: HashMap<&str, u32> = HashMap::new();
    for (key, resolved) in &file.packages.0 {
        let (name, version) = name_and_rest(&resolved.what.0).unwrap_or((&resolved.what.0, ""));
        let place = version.strip_prefix("workspace:");
        let member = place.and_then(|place| members.get(&join(folder(source.path), place)?));
        let listed = place
            .and_then(|place| file.workspaces.0.iter().find(|(key, _)| key.0 == place))
            .map_or("", |(_, lists)| &*lists.version.0);
        let version = if place.is_some() {
            member.and_then(|(_, version)| version.known()).unwrap_or(listed)
        } else {
            version
        };
        if let Some(position) = read.add(name, version, line(&key.0), place.is_some()) {
            at.insert(&key.0, position);
            place.and_then(|place| own.insert(place, position));
        }
    }
    for (key, resolved) in &file.packages.0 {
        let needs = resolved.lists.all().filter_map(|(name, _)| upwards(&at, &key.0, &name.0)).collect();
        if let Some(position) = at.get(&*key.0) {
            read.needs(*position, needs);
        }
    }
    for (place, lists) in &file.workspaces.0 {
        let from = if place.0.is_empty() { "" } else { &*lists.name.0 };
        let mut direct = BTreeMap::new();
        for (name, asked) in lists.all() {
            let found = Direct { asked: Some(asked.0.to_string()), at: upwards(&at, from, &name.0) };
            // A peer may be a development dependency as well, which is what is installed.
            direct.entry(name.0.to_string()).or_insert(found);
        }
        if let Some(position) = own.get(&*place.0) {
            read.needs(*position, direct.values().filter_map(|direct| direct.at).collect());
        }
        join(folder(source.path), &place.0).and_then(|place| read.importers.insert(place, direct));
    }
    read
}

/// What is found for `name` from the package at `from`: below it, else below what it is in.
fn upwards(at: &HashMap<&str, u32>, from: &str, name: &str) -> Option<u32> {
    let mut place = from;
    while !place.is_empty() && place.len() <= 4096 {
        if let Some(found) = at.get(format!("{place}/{name}").as_str()) {
            return Some(*found);
        }
        place = around(place);
    }
    at.get(name).copied()
}

/// What the package at a place is in; a scope alone is no package.
fn around(place: &str) -> &str {
    let outer = folder(place);
    let last = outer.rsplit('/').next().unwrap_or(outer);
    if last.starts_with('@') { folder(outer) } else { outer }
}
