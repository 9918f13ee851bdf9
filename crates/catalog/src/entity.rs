//! An entity: its document as it was written, where it stands, and what the catalog adds to it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::path::Path;
use crate::reference::{DEFAULT_NAMESPACE, EntityRef};
use crate::yaml::{Node, Place};

/// What is wrong with a document or an entity: file, line, column, key, message and remedy.
pub use fleetwright_core::source::SourceError as Finding;

/// An entity whose envelope holds: `apiVersion`, `kind` and `metadata.name` are texts.
///
/// The document is kept as it was written, since Backstage hands unknown keys on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    document: Map<String, Value>,
    source: Source,
    relations: Vec<Relation>,
    status: Vec<StatusRow>,
    /// Annotations that a file may have itself and this one has not: they were added.
    #[serde(skip)]
    supplied: Vec<&'static str>,
}

/// Where an entity was read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Source {
    /// The file's path as it was given.
    pub(crate) file: String,
    /// Where the document begins.
    pub(crate) place: Place,
    /// Where `metadata.name`, the keys of `spec` and the rows of their lists stand.
    pub(crate) places: Vec<(Path, Place)>,
}

/// A relation as Backstage serves it, from the entity that carries it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Relation {
    /// The type, such as `ownedBy`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The other entity in small letters, such as `group:default/payments`.
    #[serde(rename = "targetRef")]
    pub target: String,
}

/// A processing error in the shape of Backstage's `status.items`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusRow {
    /// Always [`StatusRow::PROCESSING`].
    #[serde(rename = "type")]
    pub kind: String,
    /// `info`, `warning` or `error`.
    pub level: String,
    /// `name: message` of the error.
    pub message: String,
    /// The error's `name` and `message`.
    pub error: StatusError,
}

/// The error of a [`StatusRow`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusError {
    /// The class, such as `InputError`.
    pub name: String,
    /// What is wrong, and where.
    pub message: String,
}

impl StatusRow {
    /// The type of a row that processing wrote.
    pub const PROCESSING: &'static str = "backstage.io/catalog-processing";

    /// A row of level `error`.
    pub fn error(name: &str, message: &str) -> StatusRow {
        StatusRow {
            kind: StatusRow::PROCESSING.to_owned(),
            level: "error".to_owned(),
            message: format!("{name}: {message}"),
            error: StatusError { name: name.to_owned(), message: message.to_owned() },
        }
    }
}

impl Entity {
    /// An entity of a document that passed the envelope.
    pub(crate) fn of(document: Map<String, Value>, source: Source) -> Entity {
        Entity { document, source, relations: Vec::new(), status: Vec::new(), supplied: Vec::new() }
    }

    /// An entity as [`crate::stored`] kept it, with its relations, sorted; nothing else is added to it.
    /// `None` for what is no mapping. Where it was written is not known any more.
    pub fn restored(body: Value, mut relations: Vec<Relation>) -> Option<Entity> {
        let Value::Object(mut document) = body else { return None };
        let status = document.shift_remove("status").and_then(|status| status.get("items").cloned());
        let status = status.and_then(|rows| serde_json::from_value(rows).ok()).unwrap_or_default();
        relations.sort();
        let mut entity = Entity::of(document, Source::default());
        (entity.relations, entity.status) = (relations, status);
        Some(entity)
    }

    /// The version of the kind, such as `backstage.io/v1alpha1`.
    pub fn api_version(&self) -> &str {
        text(self.document.get("apiVersion"))
    }

    /// The kind as it was written, such as `Component`.
    pub fn kind(&self) -> &str {
        text(self.document.get("kind"))
    }

    /// `metadata.name`.
    pub fn name(&self) -> &str {
        self.metadata_text("name").unwrap_or_default()
    }

    /// `metadata.namespace`, or `default`.
    pub fn namespace(&self) -> &str {
        self.metadata_text("namespace").filter(|text| !text.is_empty()).unwrap_or(DEFAULT_NAMESPACE)
    }

    /// `metadata.title`.
    pub fn title(&self) -> Option<&str> {
        self.metadata_text("title")
    }

    /// `metadata.description`.
    pub fn description(&self) -> Option<&str> {
        self.metadata_text("description")
    }

    /// `metadata.labels`, in the file's order.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        pairs(self.metadata().get("labels"))
    }

    /// `metadata.annotations`, in the file's order; those the catalog added come last.
    pub fn annotations(&self) -> impl Iterator<Item = (&str, &str)> {
        pairs(self.metadata().get("annotations"))
    }

    /// One annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.metadata().get("annotations")?.get(key)?.as_str()
    }

    /// `metadata.tags`.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.metadata().get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// `metadata.links`: mappings with `url`, and perhaps `title`, `icon` and `type`.
    pub fn links(&self) -> impl Iterator<Item = &Value> {
        self.metadata().get("links").and_then(Value::as_array).into_iter().flatten()
    }

    /// All of `metadata`, unknown keys too.
    pub fn metadata(&self) -> &Map<String, Value> {
        match self.document.get("metadata") {
            Some(Value::Object(rows)) => rows,
            _ => &NOTHING,
        }
    }

    /// `spec`, empty when there is none.
    pub fn spec(&self) -> &Map<String, Value> {
        match self.document.get("spec") {
            Some(Value::Object(rows)) => rows,
            _ => &NOTHING,
        }
    }

    /// A text of `spec`, such as `owner`.
    pub fn spec_text(&self, key: &str) -> Option<&str> {
        self.spec().get(key)?.as_str()
    }

    /// The document as it was written, with what the catalog added to `metadata`.
    pub fn document(&self) -> &Map<String, Value> {
        &self.document
    }

    /// The entity's own reference, letters as written.
    pub fn entity_ref(&self) -> EntityRef {
        EntityRef::new(self.kind(), self.namespace(), self.name())
    }

    /// The file's path as it was given when it was read.
    pub fn file(&self) -> &str {
        &self.source.file
    }

    /// Where the document begins in its file.
    pub fn place(&self) -> Place {
        self.source.place
    }

    /// Where a key of `spec` stands, such as `owner`, or one row of its list.
    pub fn place_of(&self, key: &str, row: Option<usize>) -> Place {
        let path = Path::of("spec").key(key);
        let exact = row.map(|row| path.index(row));
        let find =
            |path: &Path| self.source.places.iter().find(|(at, _)| at == path).map(|(_, place)| *place);
        exact.as_ref().and_then(find).or_else(|| find(&path)).unwrap_or(self.source.place)
    }

    /// A finding at a key of `spec`.
    pub fn finding(&self, key: &str, row: Option<usize>, message: String, remedy: &str) -> Finding {
        let place = self.place_of(key, row);
        let row = row.map(|row| format!("[{row}]")).unwrap_or_default();
        finding(&self.source.file, place, format!("spec.{key}{row}"), message, remedy)
    }

    /// A finding at any path; below `spec` with its place, else with that of the document.
    pub(crate) fn finding_at(&self, path: &Path, message: String, remedy: &str) -> Finding {
        let at = self.source.places.iter().filter(|(at, _)| path.steps().starts_with(at.steps()));
        let nearest = at.max_by_key(|(at, _)| at.steps().len()).map(|(_, place)| *place);
        finding(&self.source.file, nearest.unwrap_or(self.source.place), path.to_string(), message, remedy)
    }

    /// A finding about the entity as a whole.
    pub(crate) fn finding_here(&self, message: String, remedy: &str) -> Finding {
        finding(&self.source.file, self.source.place, String::new(), message, remedy)
    }

    /// The relations the catalog stitched on, sorted; none before that.
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// The processing errors, none for a good entity.
    pub fn status(&self) -> &[StatusRow] {
        &self.status
    }

    /// Adds a processing error.
    pub fn add_status(&mut self, row: StatusRow) {
        self.status.push(row);
    }

    /// Sets an annotation.
    pub fn annotate(&mut self, key: &str, value: &str) {
        let Some(Value::Object(metadata)) = self.document.get_mut("metadata") else { return };
        let annotations = metadata.entry("annotations").or_insert_with(|| Value::Object(Map::new()));
        if !annotations.is_object() {
            *annotations = Value::Object(Map::new());
        }
        if let Value::Object(rows) = annotations {
            rows.insert(key.to_owned(), value.into());
        }
    }

    /// Sets an annotation that the file does not have itself.
    pub(crate) fn supply(&mut self, key: &'static str, value: &str) {
        if self.annotation(key).is_none() {
            self.annotate(key, value);
            self.supplied.push(key);
        }
    }

    /// Whether an annotation was supplied, and is not the file's own.
    pub(crate) fn is_supplied(&self, key: &str) -> bool {
        self.supplied.contains(&key)
    }

    /// Replaces the relations.
    pub(crate) fn stitch(&mut self, relations: Vec<Relation>) {
        self.relations = relations;
    }

    /// The document, to replace what it asks for.
    pub(crate) fn document_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.document
    }

    fn metadata_text(&self, key: &str) -> Option<&str> {
        self.metadata().get(key)?.as_str()
    }
}

impl Source {
    /// The places of a document that later findings may name.
    pub(crate) fn of(file: &str, root: &Node, begin: Place) -> Source {
        let mut places = root.places_below("spec");
        let name = Path::of("metadata").key("name");
        places.push((name.clone(), root.place_of(&name)));
        Source { file: file.to_owned(), place: begin, places }
    }
}

/// A finding of its parts.
pub(crate) fn finding(file: &str, place: Place, key: String, message: String, remedy: &str) -> Finding {
    Finding {
        file: file.to_owned(),
        line: place.line as usize,
        column: place.column as usize,
        key,
        message,
        remedy: remedy.to_owned(),
    }
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

fn pairs(value: Option<&Value>) -> impl Iterator<Item = (&str, &str)> {
    let rows = value.and_then(Value::as_object).into_iter().flatten();
    rows.filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
}

/// What a missing mapping reads as.
static NOTHING: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
