//! What expressions in scripts stand for.

use std::sync::Arc;

use fleetwright_package::Through;

use super::build::Build;
use super::catalog::alias;
use super::define::plain;
use super::piece::{Piece, join};
use super::source::Script;
use super::token::{self, Literal, Node, Statement};
use crate::text::{Text, comment};

/// The longest way from a variable to the next.
const MAX_CHAIN: u32 = 16;
/// The most names that are looked up for one expression.
const MAX_LOOKUPS: u32 = 500;

/// Calls that look a property up by the name in their brackets.
const LOOKUPS: [&str; 4] = ["property", "findProperty", "gradleProperty", "getProperty"];
/// Calls and words at the end of a path that change nothing.
const ENDINGS: [&str; 7] = ["get", "toString", "orNull", "asProvider", "value", "asString", "trim"];

/// A script in its build, and the scripts that it sees.
pub(crate) struct Context<'b, 'a> {
    pub(crate) build: &'b Build<'a>,
    pub(crate) script: Arc<Script>,
    pub(crate) seen: Vec<Arc<Script>>,
}

/// How far an evaluation went.
#[derive(Default)]
struct Way {
    depth: u32,
    lookups: u32,
}

impl Context<'_, '_> {
    /// The pieces that an expression of this script stands for.
    pub(crate) fn value(&self, nodes: &[Node]) -> Vec<Piece> {
        self.expression(&self.script, nodes, &mut Way::default())
    }

    /// What a variable of this name stands for.
    pub(crate) fn variable(&self, name: &str) -> Option<Piece> {
        self.look(&self.script, name, &mut Way::default()).map(|pieces| join(&pieces))
    }

    fn expression(&self, script: &Arc<Script>, nodes: &[Node], way: &mut Way) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for operand in nodes.split(|node| node.is('+')) {
            pieces.extend(self.operand(script, operand, way));
        }
        pieces
    }

    fn operand(&self, script: &Arc<Script>, nodes: &[Node], way: &mut Way) -> Vec<Piece> {
        let end = nodes.iter().position(|node| node.word() == Some("as") || node.is('!') || node.is('?'));
        let nodes = end.map_or(nodes, |end| &nodes[..end]);
        match nodes {
            [Node::Text(literal)] => self.literal(script, literal, way),
            [Node::Text(literal), Node::Sign('.'), Node::Word(ending, _), Node::Group('(', _)]
                if ENDINGS.contains(&ending.as_str()) =>
            {
                self.literal(script, literal, way)
            }
            [Node::Group('(', inside)] if inside.len() == 1 => {
                inside.first().map(|inside| self.expression(script, inside, way)).unwrap_or_default()
            }
            _ => match path(nodes) {
                Ok(names) => self.name(script, &names, way),
                Err(why) => vec![Piece::unknown(why)],
            },
        }
    }

    /// A string; templates in it are put in.
    fn literal(&self, script: &Arc<Script>, literal: &Literal, way: &mut Way) -> Vec<Piece> {
        if !literal.template {
            return vec![self.inline(script, literal, 0, &literal.raw)];
        }
        let groovy = !script.path.ends_with(".kts") && !script.path.ends_with(".kt");
        let mut pieces = Vec::new();
        let (mut rest, mut at) = (literal.raw.as_str(), 0);
        while let Some(dollar) = rest.find('$') {
            if dollar > 0 {
                pieces.push(self.inline(script, literal, at, &rest[..dollar]));
            }
            let after = &rest[dollar + 1..];
            let (inner, length) = match after.strip_prefix('{') {
                Some(inside) => {
                    let end = inside.find('}').unwrap_or(inside.len());
                    (&inside[..end], (end + 2).min(after.len()))
                }
                None => {
                    let part = |char: char| char.is_alphanumeric() || char == '_' || groovy && char == '.';
                    let end = after.find(|char| !part(char)).unwrap_or(after.len());
                    let inner = after[..end].trim_end_matches('.');
                    (inner, inner.len())
                }
            };
            pieces.extend(self.template(script, inner, way));
            at += dollar + 1 + length;
            rest = &after[length..];
        }
        if !rest.is_empty() {
            pieces.push(self.inline(script, literal, at, rest));
        }
        pieces
    }

    fn template(&self, script: &Arc<Script>, inner: &str, way: &mut Way) -> Vec<Piece> {
        let statements = token::read(inner).unwrap_or_default();
        let [statement] = &statements[..] else {
            return vec![Piece::unknown(format!("`{inner}` is computed when Gradle runs"))];
        };
        way.depth += 1;
        let mut pieces = match way.depth > MAX_CHAIN {
            true => vec![Piece::unknown(format!("`{inner}` leads back to itself"))],
            false => self.expression(script, statement, way),
        };
        way.depth -= 1;
        // Places inside a template are not those of the file.
        pieces.iter_mut().filter(|piece| piece.through == Through::Inline).for_each(|piece| piece.at = None);
        pieces
    }

    fn inline(&self, script: &Script, literal: &Literal, from: usize, part: &str) -> Piece {
        let start = literal.span.start + from;
        let span = start..start + part.len();
        let at = self.build.files.text(&script.path).filter(|_| !part.contains('\\')).map(|text| {
            let comment = comment(text, &span, "//");
            let line = script.lines.at(start);
            (script.path.clone(), Text { value: part.to_owned(), span, line, comment })
        });
        Piece { text: Ok(part.to_owned()), at, through: Through::Inline }
    }

    fn name(&self, script: &Arc<Script>, names: &[String], way: &mut Way) -> Vec<Piece> {
        let names = plain(names.to_vec());
        let name = names.join(".");
        if let [catalog, kind, rest @ ..] = &names[..]
            && kind == "versions"
            && let Some(catalog) = self.build.catalog(&script.path, catalog)
        {
            let key = alias(&rest.join("."));
            return vec![match catalog.versions.get(&key) {
                Some(version) => Piece { through: Through::Catalog(rest.join("-")), ..version.clone() },
                None => Piece::unknown(format!("`{name}` is no version of the catalog")),
            }];
        }
        if let Some(pieces) = self.look(script, &name, way) {
            return pieces;
        }
        if names.first().is_some_and(|first| first.starts_with(|char: char| char.is_ascii_digit())) {
            return vec![Piece { text: Ok(name), at: None, through: Through::Inline }];
        }
        vec![Piece::unknown(format!(
            "`{name}` is set in no file of this build that can be read without running it"
        ))]
    }

    fn look(&self, script: &Arc<Script>, name: &str, way: &mut Way) -> Option<Vec<Piece>> {
        way.lookups += 1;
        if way.depth >= MAX_CHAIN || way.lookups > MAX_LOOKUPS {
            return Some(vec![Piece::unknown(format!("`{name}` leads back to itself"))]);
        }
        let own = script.definitions.get(name).map(|settings| (script, settings.as_slice()));
        let own = own.or_else(|| {
            self.seen.iter().find_map(|seen| Some((seen, seen.definitions.get(name)?.as_slice())))
        });
        let found = match own {
            Some(found) => Some(found),
            None => match self.build.property(&script.path, name) {
                Some(piece) => return Some(vec![piece.clone()]),
                None => self.build.constant(&script.path, name),
            },
        };
        let (place, settings) = found?;
        way.depth += 1;
        let pieces = self.settings(place, name, settings, way);
        way.depth -= 1;
        Some(pieces)
    }

    /// What the settings of a name agree upon.
    fn settings(&self, place: &Arc<Script>, name: &str, settings: &[Statement], way: &mut Way) -> Vec<Piece> {
        let mut all: Vec<Vec<Piece>> = Vec::new();
        for setting in settings {
            let mut pieces = self.expression(place, setting, way);
            for piece in pieces.iter_mut().filter(|piece| piece.through == Through::Inline) {
                piece.through = Through::Property(name.to_owned());
            }
            all.push(pieces);
        }
        let texts: Vec<_> = all.iter().map(|pieces| join(pieces).text).collect();
        if texts.windows(2).any(|pair| pair[0] != pair[1]) {
            return vec![Piece::unknown(format!("`{name}` is set more than once in {}", place.path))];
        }
        // With several places that say the same no single one can be changed.
        let several = all.len() > 1;
        let mut pieces = all.into_iter().next().unwrap_or_default();
        pieces.iter_mut().filter(|_| several).for_each(|piece| piece.at = None);
        pieces
    }
}

/// The names of `a.b["c"]`, `property("a.b")` and alike.
///
/// # Errors
/// When it is something else: why it cannot be told.
pub(crate) fn path(nodes: &[Node]) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = Vec::new();
    for node in nodes {
        match node {
            Node::Word(word, _) if matches!(word.as_str(), "System" | "env" | "environment") => {
                return Err(format!("`{word}` is known only when Gradle runs"));
            }
            Node::Word(word, _) => names.push(word.clone()),
            Node::Sign('.') => {}
            Node::Group(kind @ ('[' | '('), inside) => {
                let text = match inside.first().map(Vec::as_slice) {
                    Some([Node::Text(text)]) if !text.template => Some(&text.raw),
                    None => None,
                    _ => return Err(computed(&names)),
                };
                let call = *kind == '(';
                match (text, names.last().map(String::as_str)) {
                    (Some(text), Some(last)) if call && LOOKUPS.contains(&last) => names = vec![text.clone()],
                    (Some(text), Some("extra")) if call => names = vec![text.clone()],
                    (Some(text), Some(_)) if !call => names.push(text.clone()),
                    (None, Some(last)) if call && ENDINGS.contains(&last) => _ = names.pop(),
                    _ => return Err(computed(&names)),
                }
            }
            _ => return Err(computed(&names)),
        }
    }
    if names.len() > 1 && names.last().is_some_and(|last| last == "asString") {
        names.pop();
    }
    if names.is_empty() { Err(computed(&names)) } else { Ok(names) }
}

fn computed(names: &[String]) -> String {
    match names.is_empty() {
        true => "it is computed when Gradle runs".to_owned(),
        false => format!("`{}` is computed when Gradle runs", names.join(".")),
    }
}
