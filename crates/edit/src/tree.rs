//! Documents with the bytes they came from (JSON and YAML).

use std::ops::Range;

use crate::change::Segment;

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
            (Segment::Key(key), Shape::Mapping(_, entries)) => entries.iter().position(|entry| entry.name == *key),
            (Segment::Index(index), Shape::Sequence(_, entries)) => (*index < entries.len()).then_some(*index),
            _ => None,
        }
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
