//! Documents with the bytes they came from (JSON and YAML).

use std::ops::Range;

use serde_json::Value;

use crate::change::{Action, Change, Segment};
use crate::splice::Splice;

/// A node and where it is written.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// From the first to the last byte of the value; a flow collection's brackets are inside,
    /// an anchor is outside. Empty for a value that is left out.
    pub(crate) span: Range<usize>,
    pub(crate) shape: Shape,
}

/// How a node is written.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Scalar(Style),
    Alias,
    Mapping(Layout, Vec<Entry>),
    Sequence(Layout, Vec<Entry>),
}

/// How a scalar is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Single,
    Double,
    /// `|` or `>`.
    Block,
}

/// Indented lines, or brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    Block,
    Flow,
}

/// A key with its value, or an element of a sequence.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// The first byte of the key, or of the dash, or of the element.
    pub(crate) start: usize,
    /// The key; empty in a sequence.
    pub(crate) name: String,
    /// The byte after the colon or the dash; the start of the element where there is neither.
    pub(crate) lead: usize,
    pub(crate) value: Node,
}

impl Node {
    /// The entries of a collection, none for a scalar.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.shape {
            Shape::Mapping(_, entries) | Shape::Sequence(_, entries) => entries,
            Shape::Scalar(_) | Shape::Alias => &[],
        }
    }

    /// Whether this is a collection in brackets.
    pub(crate) fn is_flow(&self) -> bool {
        matches!(self.shape, Shape::Mapping(Layout::Flow, _) | Shape::Sequence(Layout::Flow, _))
    }

    /// The position of the entry that a segment names.
    pub(crate) fn position(&self, segment: &Segment) -> Option<usize> {
        match (segment, &self.shape) {
            (Segment::Key(key), Shape::Mapping(_, entries)) => {
                entries.iter().position(|entry| entry.name == *key)
            }
            (Segment::Index(index), Shape::Sequence(_, entries)) => {
                (*index < entries.len()).then_some(*index)
            }
            _ => None,
        }
    }

    /// The node at `at`, or the last one on the way there.
    pub(crate) fn deepest(&self, at: &[Segment]) -> &Node {
        let below = at
            .split_first()
            .and_then(|(first, rest)| Some((&self.entries()[self.position(first)?].value, rest)));
        below.map_or(self, |(node, rest)| node.deepest(rest))
    }

    /// The collections on the way to `at`, the node at its parent last; `None` when a step is
    /// not written here (because it is behind an alias).
    pub(crate) fn ancestors(&self, at: &[Segment]) -> Option<Vec<&Node>> {
        let mut nodes = vec![self];
        let mut node = self;
        for segment in at.split_last().map_or(at, |(_, parents)| parents) {
            node = &node.entries()[node.position(segment)?].value;
            nodes.push(node);
        }
        Some(nodes)
    }
}

/// Why a place cannot be edited: the byte it is at, and the reason with a remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) at: usize,
    pub(crate) reason: String,
}

impl Refusal {
    pub(crate) fn new(at: usize, reason: impl Into<String>) -> Self {
        Refusal { at, reason: reason.into() }
    }
}

/// How a format writes changes of a tree.
pub(crate) trait Writer {
    /// Replaces the value of `entry`, which stands in the last of `parents`.
    fn replace(&self, entry: &Entry, parents: &[&Node], value: &Value) -> Result<Vec<Splice>, Refusal>;
    /// Adds a key to the last of `parents`.
    fn insert(&self, key: &str, parents: &[&Node], value: &Value) -> Result<Vec<Splice>, Refusal>;
    /// Adds values to the end of a list below `parents`.
    fn push(&self, list: &Node, parents: &[&Node], values: &[Value]) -> Result<Vec<Splice>, Refusal>;
    /// Removes the entries at `positions` (ascending) of the last of `parents`.
    fn remove(&self, positions: &[usize], parents: &[&Node]) -> Result<Vec<Splice>, Refusal>;
    /// Writes a whole document where there is none yet.
    fn start(&self, root: &Node, value: &Value) -> Result<Vec<Splice>, Refusal>;
}

/// The splices that make the changes, all of one path.
pub(crate) fn write(root: &Node, changes: &[Change], writer: &impl Writer) -> Result<Vec<Splice>, Refusal> {
    let mut splices = Vec::new();
    let mut rest = changes;
    while let Some((change, others)) = rest.split_first() {
        rest = others;
        let Some((last, parent_place)) = change.at.split_last() else {
            if let Action::Put(value) = &change.action {
                splices.extend(writer.start(root, value)?);
            }
            continue;
        };
        let hidden = || {
            Refusal::new(root.span.start, "it is behind an alias or a tag: edit the anchored value by hand")
        };
        let parents = root.ancestors(&change.at).ok_or_else(hidden)?;
        let parent = parents.last().copied().unwrap_or(root);
        if matches!(parent.shape, Shape::Alias | Shape::Scalar(_)) {
            return Err(hidden());
        }
        let position = parent.position(last);
        let entry = position.map(|position| &parent.entries()[position]);
        splices.extend(match (&change.action, entry, last) {
            (Action::Put(value), Some(entry), _) => writer.replace(entry, &parents, value)?,
            (Action::Put(value), None, Segment::Key(key)) => writer.insert(key, &parents, value)?,
            (Action::Push(values), Some(entry), _) => writer.push(&entry.value, &parents, values)?,
            (Action::Remove, Some(_), _) => {
                let same = rest.iter().take_while(|other| {
                    other.at.split_last().is_some_and(|(_, place)| place == parent_place)
                });
                let siblings: Vec<&Change> = same.collect();
                rest = &rest[siblings.len()..];
                let mut positions: Vec<usize> = position.into_iter().collect();
                positions.extend(
                    siblings
                        .iter()
                        .filter_map(|other| other.at.last().and_then(|last| parent.position(last))),
                );
                writer.remove(&positions, &parents)?
            }
            _ => return Err(hidden()),
        });
    }
    Ok(splices)
}
