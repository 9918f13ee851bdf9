//! The search index: every key path of every entity with its values, as Backstage builds it.
//!
//! Source: `buildEntitySearch` of `@backstage/plugin-catalog-backend` 4.0.0.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;

use crate::assemble::Catalog;
use crate::entity::{Entity, Finding};
use crate::export::uid;
use crate::filter::Filter;

/// The longest key and the longest value that are indexed, in UTF-16 units.
const MAX_LENGTH: usize = 200;

/// The most rows of one entity; what is beyond is not found, and reported.
const MAX_ROWS: usize = 20_000;

/// Key paths that are not walked; names come in by their own rows.
const SPECIAL: [&str; 7] = [
    "attachments",
    "relations",
    "status",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "metadata.etag",
];

/// A value of a facet and how many entities have it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Facet {
    /// The value, letters as written.
    pub value: String,
    /// The number of entities.
    pub count: usize,
}

/// The entities of a catalog, by key and value. Entities are numbered in the order of their references.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Each entity's number in the catalog, in the order of references.
    order: Vec<usize>,
    columns: HashMap<String, Column>,
    /// Entities whose keys differ in the case of letters only, which Backstage refuses to index, or
    /// that have too many.
    pub findings: Vec<Finding>,
}

/// One key.
#[derive(Debug, Clone, Default)]
struct Column {
    /// The entities that have the key, whatever its value.
    present: Vec<u32>,
    /// Those with a value, by the value in small letters.
    values: BTreeMap<String, Vec<u32>>,
    /// The values as written, where they are not in small letters.
    written: HashMap<(String, u32), String>,
}

/// A set of entities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Set(Vec<u64>);

impl Set {
    fn none(size: usize) -> Set {
        Set(vec![0; size.div_ceil(64)])
    }

    fn add(&mut self, entity: u32) {
        if let Some(word) = self.0.get_mut(entity as usize / 64) {
            *word |= 1 << (entity % 64);
        }
    }

    pub(crate) fn has(&self, entity: u32) -> bool {
        self.0.get(entity as usize / 64).is_some_and(|word| word & (1 << (entity % 64)) != 0)
    }

    fn join(&mut self, other: &Set, with: fn(u64, u64) -> u64) {
        for (mine, other) in self.0.iter_mut().zip(&other.0) {
            *mine = with(*mine, *other);
        }
    }
}

impl Search {
    /// Indexes a catalog.
    pub fn of(catalog: &Catalog) -> Search {
        let names: Vec<String> =
            catalog.entities().iter().map(|entity| entity.entity_ref().to_string()).collect();
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by_key(|at| names.get(*at));
        let mut search = Search { order, ..Search::default() };
        for number in 0..search.order.len() {
            let at = search.order.get(number).copied().unwrap_or_default();
            if let (Some(entity), Some(name)) = (catalog.entities().get(at), names.get(at)) {
                search.add(u32::try_from(number).unwrap_or(u32::MAX), entity, name);
            }
        }
        search
    }

    /// Indexes one more entity, whose reference comes after those of all before; its position is their number.
    pub fn push(&mut self, entity: &Entity) {
        let number = self.order.len();
        self.order.push(number);
        self.add(u32::try_from(number).unwrap_or(u32::MAX), entity, &entity.entity_ref().to_string());
    }

    /// How many entities there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The positions in [`Catalog::entities`] of all entities a filter holds for, in the order of their
    /// references.
    pub fn find(&self, filter: &Filter) -> Vec<usize> {
        let set = self.set(filter);
        self.numbers().filter(|number| set.has(*number)).filter_map(|number| self.position(number)).collect()
    }

    /// The values of a key over the entities a filter holds for, sorted, with their counts.
    pub fn facet(&self, key: &str, filter: Option<&Filter>) -> Vec<Facet> {
        let set = filter.map(|filter| self.set(filter));
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let Some(column) = self.columns.get(&key.to_lowercase()) else { return Vec::new() };
        for (value, entities) in &column.values {
            for number in entities.iter().filter(|number| set.as_ref().is_none_or(|set| set.has(**number))) {
                *counts.entry(column.written(value, *number)).or_default() += 1;
            }
        }
        counts.into_iter().map(|(value, count)| Facet { value: value.to_owned(), count }).collect()
    }

    /// Each entity with a value of a key, by value and then by number; of several values the least.
    pub(crate) fn ordered(&self, key: &str) -> Vec<(&str, u32)> {
        let mut seen = Set::none(self.len());
        let mut found = Vec::new();
        for (value, entities) in self.columns.get(key).iter().flat_map(|column| &column.values) {
            for number in entities.iter().filter(|number| !seen.has(**number)).copied().collect::<Vec<_>>() {
                seen.add(number);
                found.push((value.as_str(), number));
            }
        }
        found
    }

    /// The entities that have a text within the values of one of these keys.
    pub(crate) fn containing(&self, text: &str, keys: &[String]) -> Set {
        let mut set = Set::none(self.len());
        for column in keys.iter().filter_map(|key| self.columns.get(&key.to_lowercase())) {
            for entities in column.values.iter().filter(|(value, _)| value.contains(text)).map(|(_, all)| all)
            {
                entities.iter().for_each(|number| set.add(*number));
            }
        }
        set
    }

    /// The entities a filter holds for.
    pub(crate) fn set(&self, filter: &Filter) -> Set {
        match filter {
            Filter::All(filters) => {
                let mut set = self.all();
                filters.iter().for_each(|filter| set.join(&self.set(filter), |one, other| one & other));
                set
            }
            Filter::Any(filters) => {
                let mut set = Set::none(self.len());
                filters.iter().for_each(|filter| set.join(&self.set(filter), |one, other| one | other));
                set
            }
            Filter::Not(filter) => {
                let mut set = self.all();
                set.join(&self.set(filter), |one, other| one & !other);
                set
            }
            Filter::Has(key) => self.gathered(self.column(key).map(|column| &column.present)),
            Filter::In(key, values) => {
                let column = self.column(key);
                let each = values.iter().filter_map(|value| column?.values.get(&value.to_lowercase()));
                self.gathered(each)
            }
            Filter::Prefix(key, prefix) => {
                let prefix = prefix.to_lowercase();
                let values =
                    self.column(key).into_iter().flat_map(|column| column.values.range(prefix.clone()..));
                self.gathered(values.take_while(|(value, _)| value.starts_with(&prefix)).map(|(_, all)| all))
            }
        }
    }

    /// All numbers, in order.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> + use<> {
        0..u32::try_from(self.order.len()).unwrap_or(u32::MAX)
    }

    /// An entity's position in the catalog.
    pub(crate) fn position(&self, number: u32) -> Option<usize> {
        self.order.get(number as usize).copied()
    }

    fn all(&self) -> Set {
        let mut set = Set::none(self.len());
        self.numbers().for_each(|number| set.add(number));
        set
    }

    fn column(&self, key: &str) -> Option<&Column> {
        self.columns.get(&key.to_lowercase())
    }

    fn gathered<'a>(&self, lists: impl IntoIterator<Item = &'a Vec<u32>>) -> Set {
        let mut set = Set::none(self.len());
        lists.into_iter().flatten().for_each(|number| set.add(*number));
        set
    }

    fn add(&mut self, number: u32, entity: &Entity, name: &str) {
        let rows = rows(entity, name);
        if let Some(message) = wrong(&rows) {
            self.findings.push(entity.finding_here(message, "write a key one way only, and fewer of them"));
        }
        for row in kept(rows) {
            self.columns.entry(row.key).or_default().add(number, row.value, row.written);
        }
    }
}

impl Column {
    fn add(&mut self, number: u32, value: Option<String>, written: Option<String>) {
        if self.present.last() != Some(&number) {
            self.present.push(number);
        }
        let Some(value) = value else { return };
        if let Some(written) = written.filter(|written| *written != value) {
            self.written.insert((value.clone(), number), written);
        }
        self.values.entry(value).or_default().push(number);
    }

    fn written<'a>(&'a self, lower: &'a str, number: u32) -> &'a str {
        if self.written.is_empty() {
            return lower;
        }
        self.written.get(&(lower.to_owned(), number)).map_or(lower, String::as_str)
    }
}

type Row = (String, Option<String>);

/// A row of the search index, as Backstage keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRow {
    /// The key path in small letters.
    pub key: String,
    /// The value in small letters; `None` for null and for what is too long.
    pub value: Option<String>,
    /// The value as written.
    pub written: Option<String>,
}

/// The rows an entity is found by, each key and value once.
pub fn search_rows(entity: &Entity) -> Vec<SearchRow> {
    kept(rows(entity, &entity.entity_ref().to_string()))
}

/// Rows as they are kept: small letters, nothing too long, the first of each key and value.
fn kept(rows: Vec<Row>) -> Vec<SearchRow> {
    let long = |text: &str| text.len() > MAX_LENGTH && text.encode_utf16().count() > MAX_LENGTH;
    let mut seen = HashSet::new();
    let mut found = Vec::with_capacity(rows.len());
    for (key, written) in rows.into_iter().take(MAX_ROWS) {
        let key = key.to_lowercase();
        if long(&key) {
            continue;
        }
        let lower = written.as_ref().map(|text| text.to_lowercase()).filter(|text| !long(text));
        if seen.insert((key.clone(), lower.clone())) {
            found.push(SearchRow { key, written: written.filter(|_| lower.is_some()), value: lower });
        }
    }
    found
}

/// All rows of an entity: key as written, value as written; `None` for null.
fn rows(entity: &Entity, name: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut named = BTreeSet::new();
    for (key, value) in entity.document() {
        visit(key, value, &mut rows, &mut named);
    }
    rows.push(("metadata.name".to_owned(), Some(entity.name().to_owned())));
    rows.push(("metadata.namespace".to_owned(), Some(entity.namespace().to_owned())));
    rows.push(("metadata.uid".to_owned(), Some(uid(name))));
    for relation in entity.relations() {
        rows.push((format!("relations.{}", relation.kind), Some(relation.target.clone())));
    }
    rows
}

fn visit(path: &str, value: &Value, rows: &mut Vec<Row>, named: &mut BTreeSet<String>) {
    if SPECIAL.contains(&path) || rows.len() > MAX_ROWS {
        return;
    }
    match value {
        Value::Null => rows.push((path.to_owned(), None)),
        Value::Bool(value) => rows.push((path.to_owned(), Some(value.to_string()))),
        Value::Number(value) => rows.push((path.to_owned(), Some(number(value)))),
        Value::String(text) => rows.push((path.to_owned(), Some(text.clone()))),
        Value::Array(list) => {
            for row in list {
                visit(path, row, rows, named);
                if let Value::String(text) = row {
                    let key = format!("{path}.{text}");
                    if named.insert(key.to_lowercase()) {
                        rows.push((key, Some("true".to_owned())));
                    }
                }
            }
        }
        Value::Object(table) => {
            for (key, value) in table {
                visit(&format!("{path}.{key}"), value, rows, named);
            }
        }
    }
}

/// A number as JavaScript writes it.
pub(crate) fn number(value: &serde_json::Number) -> String {
    match value.as_f64() {
        Some(float) if value.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => format!("{float:.0}"),
        _ => value.to_string(),
    }
}

/// What is wrong with an entity's rows.
fn wrong(rows: &[Row]) -> Option<String> {
    if rows.len() > MAX_ROWS {
        return Some(format!("the entity has more than {MAX_ROWS} values; what is beyond is not found"));
    }
    let mut written: HashMap<String, &str> = HashMap::new();
    for (key, _) in rows {
        let first = written.entry(key.to_lowercase()).or_insert(key);
        if *first != key.as_str() {
            return Some(format!("the keys `{first}` and `{key}` differ in the case of letters only"));
        }
    }
    None
}
