//! What a script sets: variables, extra properties, maps and constants.

use std::collections::HashMap;

use super::token::{Node, Statement};

/// The most settings of one name that are kept.
const MAX_SETTINGS: usize = 8;

/// Expressions by the name that they are set for; more than one where a name is set again.
pub(crate) type Definitions = HashMap<String, Vec<Statement>>;

const MODIFIERS: [&str; 12] = [
    "def", "val", "var", "const", "final", "private", "internal", "public", "static", "String", "override",
    "lateinit",
];

/// Words before a name that say only whose it is.
const OWNERS: [&str; 9] =
    ["project", "rootProject", "gradle", "ext", "extra", "this", "properties", "parent", "buildscript"];

/// Blocks whose settings hold for the script or those below it.
const OPEN_BLOCKS: [&str; 6] = ["ext", "extra", "allprojects", "subprojects", "buildscript", "companion"];

/// Everything that these statements set.
pub(crate) fn definitions(statements: &[Statement]) -> Definitions {
    let mut definitions = Definitions::new();
    walk(statements, &Block { prefix: String::new(), open: true, extra: false }, &mut definitions);
    definitions
}

/// Names without what says only whose they are.
pub(crate) fn plain(mut names: Vec<String>) -> Vec<String> {
    while names.len() > 1 && names.first().is_some_and(|name| OWNERS.contains(&name.as_str())) {
        names.remove(0);
    }
    names
}

struct Block {
    /// The objects around it, each with a dot.
    prefix: String,
    /// Whether an assignment without a modifier sets a property of the project.
    open: bool,
    /// Whether it is the block of extra properties.
    extra: bool,
}

fn walk(statements: &[Statement], block: &Block, into: &mut Definitions) {
    for statement in statements {
        if let Some((name, value)) = assignment(statement, block) {
            define(&format!("{}{name}", block.prefix), value, into);
            continue;
        }
        for node in statement {
            let Some(inside) = node.group('{') else { continue };
            let first = statement.first().and_then(Node::word).unwrap_or_default();
            let object = statement.iter().position(|node| node.word() == Some("object"));
            let named = object.and_then(|at| statement.get(at + 1)).and_then(Node::word);
            let prefix = match named {
                Some(object) if first != "companion" => format!("{}{object}.", block.prefix),
                _ => block.prefix.clone(),
            };
            let last = statement.iter().rev().find_map(Node::word).unwrap_or_default();
            let extra = matches!(last, "ext" | "extra");
            let open = named.is_some() || extra || block.open && OPEN_BLOCKS.contains(&first);
            walk(inside, &Block { prefix, open, extra }, into);
        }
    }
}

fn define(name: &str, value: &[Node], into: &mut Definitions) {
    let map = match value {
        [Node::Group('[', inside)] => inside.first().filter(|inside| inside.iter().any(|node| node.is(':'))),
        [Node::Word(word, _), Node::Group('(', inside)]
            if word.ends_with("mapOf") || word.ends_with("MapOf") =>
        {
            inside.first()
        }
        _ => None,
    };
    let Some(map) = map else {
        let settings = into.entry(name.to_owned()).or_default();
        if settings.len() < MAX_SETTINGS {
            settings.push(value.to_vec());
        }
        return;
    };
    for entry in map.split(|node| node.is(',')) {
        if let [key, colon, value @ ..] = entry
            && let (Some(key), true) = (text_or_word(key), colon.is(':') || colon.word() == Some("to"))
        {
            define(&format!("{name}.{key}"), value, into);
        }
    }
}

fn text_or_word(node: &Node) -> Option<&str> {
    match node {
        Node::Word(word, _) => Some(word),
        Node::Text(text) => Some(&text.raw),
        _ => None,
    }
}

/// What a statement sets, and to which expression.
fn assignment<'a>(statement: &'a [Node], block: &Block) -> Option<(String, &'a [Node])> {
    let modified = statement.first().and_then(Node::word).is_some_and(|first| MODIFIERS.contains(&first));
    let equals = statement.iter().position(|node| node.is('=')).filter(|at| {
        let sign = |at: usize| {
            statement
                .get(at)
                .is_some_and(|node| ['=', '!', '<', '>', '+', '-'].iter().any(|sign| node.is(*sign)))
        };
        !(sign(at + 1) || *at > 0 && sign(at - 1))
    });
    if let Some(at) = equals {
        let (left, right) = (statement.get(..at)?, statement.get(at + 1..)?);
        let left = left.split(|node| node.is(':')).next()?;
        let names = path_at_end(left);
        let owned = names.first().is_some_and(|first| {
            matches!(first.as_str(), "ext" | "extra" | "project" | "rootProject" | "gradle")
        });
        if names.is_empty() || !(block.open || modified || owned) {
            return None;
        }
        return Some((plain(names).join("."), right));
    }
    let by = statement.iter().position(|node| node.word() == Some("by"));
    if let Some(at) = by.filter(|_| modified) {
        let name = statement.get(at.checked_sub(1)?)?.word()?;
        return match statement.get(at + 1..)? {
            [Node::Word(extra, _), Node::Group(_, inside)] if extra == "extra" => {
                Some((name.to_owned(), inside.first()?))
            }
            _ => None,
        };
    }
    let Some(Node::Group('(', inside)) = statement.last() else { return None };
    let names = path_at_end(statement.get(..statement.len() - 1)?);
    let sets = names.last().is_some_and(|last| last == "set");
    let extra = block.extra && names.len() == 1 || names.iter().any(|name| name == "ext" || name == "extra");
    match inside.first()?.as_slice() {
        [Node::Text(name), comma, value @ ..] if sets && extra && comma.is(',') => {
            Some((name.raw.clone(), value))
        }
        _ => None,
    }
}

/// The names of `a.b["c"]` at the end of these nodes.
fn path_at_end(nodes: &[Node]) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = nodes.len();
    while let Some(node) = at.checked_sub(1).and_then(|last| nodes.get(last)) {
        match node {
            Node::Word(word, _) => {
                names.push(word.clone());
                at -= 1;
                if at == 0 || !nodes.get(at - 1).is_some_and(|node| node.is('.')) {
                    break;
                }
                at -= 1;
            }
            Node::Group('[', inside) => match inside.first().map(Vec::as_slice) {
                Some([Node::Text(text)]) => {
                    names.push(text.raw.clone());
                    at -= 1;
                }
                _ => return Vec::new(),
            },
            _ => return Vec::new(),
        }
    }
    names.reverse();
    names
}
