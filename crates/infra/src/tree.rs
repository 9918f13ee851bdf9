//! A document as a value in which every key knows its line and column.

use fleetwright_core::node::Node as Read;
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

/// A key of a mapping and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub text: String,
    /// 1-based line.
    pub line: usize,
    /// 1-based column.
    pub column: usize,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// The value.
    pub node: Node,
    /// 1-based line.
    pub line: usize,
    /// 1-based column.
    pub column: usize,
}

/// A value whose parts know their places.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// A text, number, boolean or null.
    Leaf(Value),
    /// A list.
    List(Vec<Tree>),
    /// A mapping, its keys in order.
    Table(Vec<(Key, Tree)>),
}

impl Default for Tree {
    fn default() -> Self {
        Tree { node: Node::Leaf(Value::Null), line: 0, column: 0 }
    }
}

impl Tree {
    /// The value without places.
    pub fn value(&self) -> Value {
        match &self.node {
            Node::Leaf(value) => value.clone(),
            Node::List(list) => list.iter().map(Tree::value).collect(),
            Node::Table(rows) => {
                rows.iter().map(|(key, tree)| (key.text.clone(), tree.value())).collect::<Map<_, _>>().into()
            }
        }
    }

    /// The value of a key, when this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Tree> {
        self.row(key).map(|(_, tree)| tree)
    }

    /// A key with its value.
    pub fn row(&self, key: &str) -> Option<&(Key, Tree)> {
        self.rows().iter().find(|(row, _)| row.text == key)
    }

    /// The value at keys below each other.
    pub fn at(&self, keys: &[&str]) -> Option<&Tree> {
        keys.iter().try_fold(self, |tree, key| tree.get(key))
    }

    /// The keys of a mapping in order; none when it is something else.
    pub fn rows(&self) -> &[(Key, Tree)] {
        match &self.node {
            Node::Table(rows) => rows,
            _ => &[],
        }
    }

    /// The elements of a list; none when it is something else.
    pub fn list(&self) -> &[Tree] {
        match &self.node {
            Node::List(list) => list,
            _ => &[],
        }
    }

    /// The text, when it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.node {
            Node::Leaf(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The text at keys below each other.
    pub fn text_at(&self, keys: &[&str]) -> Option<&str> {
        self.at(keys).and_then(Tree::text)
    }

    /// Whether it is a mapping.
    pub fn is_table(&self) -> bool {
        matches!(self.node, Node::Table(_))
    }

    /// Whether it is nothing: an empty document.
    pub fn is_null(&self) -> bool {
        matches!(self.node, Node::Leaf(Value::Null))
    }

    /// Line and column of a place named by a JSON pointer: of its key in a mapping, else of its value.
    /// When the place does not exist, of its nearest parent that does.
    pub fn place(&self, pointer: &str) -> (usize, usize) {
        let mut at = self;
        let mut place = (self.line, self.column);
        for part in pointer.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            let next = match &at.node {
                Node::Table(_) => at.row(&part).map(|(key, tree)| ((key.line, key.column), tree)),
                Node::List(list) => part
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| list.get(index))
                    .map(|tree| ((tree.line, tree.column), tree)),
                Node::Leaf(_) => None,
            };
            match next {
                Some((found, tree)) => (place, at) = (found, tree),
                None => break,
            }
        }
        place
    }

    /// Moves every place down by `lines`: a document in the middle of a file was read by itself.
    pub(crate) fn lower(&mut self, lines: usize) {
        self.line += lines;
        match &mut self.node {
            Node::Leaf(_) => {}
            Node::List(list) => list.iter_mut().for_each(|tree| tree.lower(lines)),
            Node::Table(rows) => rows.iter_mut().for_each(|(key, tree)| {
                key.line += lines;
                tree.lower(lines);
            }),
        }
    }
}

/// One key of a pointer, as a pointer writes it.
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

impl From<Spanned<Read>> for Tree {
    fn from(spanned: Spanned<Read>) -> Tree {
        let (line, column) = location(&spanned.referenced);
        let node = match spanned.value {
            Read::Leaf(value) => Node::Leaf(value),
            Read::List(list) => Node::List(list.into_iter().map(Tree::from).collect()),
            Read::Table(rows) => {
                Node::Table(rows.into_iter().map(|(key, value)| (Key::from(key), value.into())).collect())
            }
        };
        Tree { node, line, column }
    }
}

impl From<Spanned<String>> for Key {
    fn from(spanned: Spanned<String>) -> Key {
        let (line, column) = location(&spanned.referenced);
        Key { text: spanned.value, line, column }
    }
}

fn location(at: &serde_saphyr::Location) -> (usize, usize) {
    (usize::try_from(at.line()).unwrap_or(0), usize::try_from(at.column()).unwrap_or(0))
}
