//! The formats, and what they have in common: read values, write changes.

use serde_json::Value;

use crate::change::{Change, Segment};
use crate::error::{EditError, Position};
use crate::json::{self, JsonWriter};
use crate::limits::MAX_DEPTH;
use crate::locate::element;
use crate::path::{Path, Step};
use crate::splice;
use crate::tree::{self, Node, Refusal, Shape, Style};
use crate::yaml::{self, YamlWriter};
use crate::{toml, xml};

/// A format that can be edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// YAML 1.2, one or several documents in a file.
    Yaml,
    /// JSON; comments and trailing commas are allowed.
    Json,
    /// TOML 1.0.
    Toml,
    /// XML 1.0 without external entities.
    Xml,
}

/// A file as it was read: the value of each document, and where it is written.
pub(crate) struct Reading {
    pub(crate) values: Vec<Value>,
    tree: Tree,
}

enum Tree {
    Json(Node),
    Yaml(Vec<Node>),
    Toml(toml_edit::DocumentMut),
    Xml(xml::Element),
}

impl Format {
    pub(crate) fn read(self, text: &str) -> Result<Reading, EditError> {
        Ok(match self {
            Format::Json => {
                let (node, value) = json::read(text)?;
                Reading { values: vec![value], tree: Tree::Json(node) }
            }
            Format::Yaml => {
                let mut documents = yaml::read(text)?;
                if documents.is_empty() {
                    let node = Node { span: text.len()..text.len(), shape: Shape::Scalar(Style::Plain) };
                    documents.push((node, Value::Null));
                }
                let (nodes, values) = documents.into_iter().unzip();
                Reading { values, tree: Tree::Yaml(nodes) }
            }
            Format::Toml => {
                let (document, value) = toml::read(text)?;
                Reading { values: vec![value], tree: Tree::Toml(document) }
            }
            Format::Xml => {
                let (document, value) = xml::read(text)?;
                Reading { values: vec![value], tree: Tree::Xml(document) }
            }
        })
    }

    /// The value as documents of this format hold it.
    pub(crate) fn normal(self, path: &Path, value: &Value) -> Result<Value, EditError> {
        let bad = |reason: String| EditError::Value { path: path.to_string(), reason };
        if is_deeper(value, MAX_DEPTH) {
            return Err(bad(format!("it is nested deeper than {MAX_DEPTH} levels")));
        }
        match self {
            Format::Xml => xml::normal(value).map_err(bad),
            Format::Toml => toml::unwritable(value)
                .map_or_else(|| Ok(value.clone()), |reason| Err(bad(reason.to_owned()))),
            Format::Json | Format::Yaml => Ok(value.clone()),
        }
    }

    /// The value as an element of a list.
    pub(crate) fn normal_element(self, path: &Path, value: &Value) -> Result<Value, EditError> {
        match (self, self.normal(path, value)?) {
            (Format::Xml, Value::String(text)) => Ok(element(text)),
            (_, value) => Ok(value),
        }
    }

    /// Refuses paths that could not be created.
    pub(crate) fn check(self, path: &Path) -> Result<(), EditError> {
        let keys =
            path.steps.iter().filter_map(|step| if let Step::Key(key) = step { Some(key) } else { None });
        if self != Format::Xml {
            return Ok(());
        }
        let mut bad = keys.filter_map(|key| xml::check_name(key).err());
        bad.next().map_or(Ok(()), |reason| Err(EditError::Value { path: path.to_string(), reason }))
    }
}

impl Reading {
    /// The text after the changes of each document.
    pub(crate) fn write(
        &self,
        text: &str,
        changes: &[Vec<Change>],
        path: &Path,
    ) -> Result<String, EditError> {
        let refused = |refusal: Refusal| EditError::Unsupported {
            path: path.to_string(),
            position: Position::of(text, refusal.at),
            reason: refusal.reason,
        };
        let first = changes.first().map_or(&[][..], Vec::as_slice);
        let splices = match &self.tree {
            Tree::Json(node) => tree::write(node, first, &JsonWriter::new(text, node)).map_err(refused)?,
            Tree::Xml(document) => xml::write(text, document, first).map_err(refused)?,
            Tree::Toml(document) => return toml::write(text, document, first).map_err(refused),
            Tree::Yaml(nodes) => {
                let mut splices = Vec::new();
                for (node, changes) in nodes.iter().zip(changes).filter(|(_, changes)| !changes.is_empty()) {
                    splices
                        .extend(tree::write(node, changes, &YamlWriter::new(text, node)).map_err(refused)?);
                }
                splices
            }
        };
        splice::apply(text, splices).ok_or_else(|| EditError::Guard {
            path: path.to_string(),
            reason: "its changes overlap: name the places one by one".to_owned(),
        })
    }

    /// Where a place of a document is written, or the part of it that is; not known in TOML.
    pub(crate) fn position(&self, text: &str, document: usize, at: &[Segment]) -> Option<Position> {
        let start = match &self.tree {
            Tree::Json(node) => node.deepest(at).span.start,
            Tree::Yaml(nodes) => nodes.get(document)?.deepest(at).span.start,
            Tree::Xml(root) => root.deepest(at).0.open.start,
            Tree::Toml(_) => return None,
        };
        Some(Position::of(text, start))
    }

    /// Whether a value may stand for another one (YAML).
    pub(crate) fn has_aliases(&self) -> bool {
        fn has_alias(node: &Node) -> bool {
            matches!(node.shape, Shape::Alias) || node.entries().iter().any(|entry| has_alias(&entry.value))
        }
        matches!(&self.tree, Tree::Yaml(nodes) if nodes.iter().any(has_alias))
    }
}

fn is_deeper(value: &Value, depth: usize) -> bool {
    let Some(below) = depth.checked_sub(1) else { return true };
    match value {
        Value::Array(list) => list.iter().any(|value| is_deeper(value, below)),
        Value::Object(map) => map.values().any(|value| is_deeper(value, below)),
        _ => false,
    }
}
