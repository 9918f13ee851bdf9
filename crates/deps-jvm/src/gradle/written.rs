//! Version catalogs that settings write out: `versionCatalogs { libs { library("x", "g", "a").version("1") } }`.

use fleetwright_package::Through;

use super::build::{Build, folder, is_settings};
use super::catalog::{Catalog, Library, alias};
use super::piece::{Piece, join, split};
use super::token::{Literal, Node, Statement};
use super::value::Context;
use crate::text::{Text, comment};

/// The catalogs that settings write out: the settings' folder, the name, the catalog.
pub(crate) fn all(build: &Build<'_>) -> Vec<(String, String, Catalog)> {
    let mut found = Vec::new();
    for script in build.scripts.values().filter(|script| is_settings(&script.path)) {
        let context = Context { build, script: script.clone(), seen: build.seen(script) };
        let reader = Reader { text: build.files.text(&script.path).unwrap_or_default(), context };
        seek(&script.statements, &mut |block| {
            for statement in block {
                let (Some(name), Some(Node::Group('{', inside))) = (name(statement), statement.last()) else {
                    continue;
                };
                let catalog = reader.catalog(inside);
                if !(catalog.libraries.is_empty()
                    && catalog.versions.is_empty()
                    && catalog.plugins.is_empty())
                {
                    found.push((folder(&script.path).to_owned(), name, catalog));
                }
            }
        });
    }
    found
}

fn seek(statements: &[Statement], each: &mut impl FnMut(&[Statement])) {
    for statement in statements {
        let Some(Node::Group('{', inside)) = statement.last() else { continue };
        if statement.first().and_then(Node::word) == Some("versionCatalogs") {
            each(inside);
        } else {
            seek(inside, each);
        }
    }
}

/// `libs` of `libs {`, `create("libs") {` and `register("libs") {`.
fn name(statement: &[Node]) -> Option<String> {
    match statement {
        [Node::Word(_, _), Node::Group('(', inside), _] => match inside.first()?.as_slice() {
            [Node::Text(text)] => Some(text.raw.clone()),
            _ => None,
        },
        [Node::Word(word, _), _] => Some(word.clone()),
        _ => None,
    }
}

struct Reader<'b, 'a> {
    text: &'a str,
    context: Context<'b, 'a>,
}

impl Reader<'_, '_> {
    fn catalog(&self, statements: &[Statement]) -> Catalog {
        let mut catalog = Catalog::default();
        for statement in statements {
            let [Node::Word(call, _), Node::Group('(', inside), rest @ ..] = statement.as_slice() else {
                continue;
            };
            let texts = literals(inside);
            match (call.as_str(), texts.as_slice()) {
                ("version", [name, version]) => {
                    catalog.versions.insert(alias(&name.raw), self.piece(version));
                }
                ("bundle", [name, members @ ..]) => {
                    let members = members.iter().map(|one| alias(&one.raw)).collect();
                    catalog.bundles.insert(alias(&name.raw), members);
                }
                ("plugin", [name, id]) => {
                    let version = self.version(&catalog, rest);
                    let artifact = format!("{}.gradle.plugin", id.raw);
                    let plugin =
                        Library { group: id.raw.clone(), artifact, named: self.named(name), version };
                    catalog.plugins.insert(alias(&name.raw), plugin);
                }
                ("library", [name, parts @ ..]) => {
                    let library = self.library(&catalog, name, parts, rest);
                    catalog.libraries.extend(library.map(|library| (alias(&name.raw), library)));
                }
                _ => {}
            }
        }
        catalog
    }

    fn library(
        &self,
        catalog: &Catalog,
        name: &Literal,
        parts: &[&Literal],
        rest: &[Node],
    ) -> Option<Library> {
        let named = self.named(name);
        if let [group, artifact] = parts {
            let version = self.version(catalog, rest);
            return Some(Library {
                group: group.raw.clone(),
                artifact: artifact.raw.clone(),
                named,
                version,
            });
        }
        let [whole] = parts else { return None };
        match &split(&[self.piece(whole)], ':')[..] {
            [group, artifact, rest @ ..] => Some(Library {
                group: group.text.clone().ok()?,
                artifact: artifact.text.clone().ok()?,
                named,
                version: rest.first().cloned(),
            }),
            _ => None,
        }
    }

    /// `.version("1")` or `.versionRef("x")` behind an entry.
    fn version(&self, catalog: &Catalog, rest: &[Node]) -> Option<Piece> {
        let [Node::Sign('.'), Node::Word(call, _), Node::Group(kind, inside), ..] = rest else { return None };
        let texts = literals(inside);
        match (call.as_str(), kind, texts.as_slice()) {
            ("version", '(', [version]) => Some(self.piece(version)),
            ("versionRef", '(', [name]) => Some(match catalog.versions.get(&alias(&name.raw)) {
                Some(version) => Piece { through: Through::Catalog(name.raw.clone()), ..version.clone() },
                None => Piece::unknown(format!("the catalog has no version `{}`", name.raw)),
            }),
            ("version", ..) => {
                Some(Piece::unknown("its version is a rich one, written as a block".to_owned()))
            }
            _ => None,
        }
    }

    fn piece(&self, literal: &Literal) -> Piece {
        join(&self.context.value(&[Node::Text(literal.clone())]))
    }

    fn named(&self, literal: &Literal) -> Text {
        let comment = comment(self.text, &literal.span, "//");
        let line = self.context.script.lines.at(literal.span.start);
        Text { value: literal.raw.clone(), span: literal.span.clone(), line, comment }
    }
}

/// The strings among arguments, also those in lists.
fn literals(inside: &[Statement]) -> Vec<&Literal> {
    let mut found = Vec::new();
    for node in inside.iter().flatten() {
        match node {
            Node::Text(text) => found.push(text),
            Node::Group('[' | '(', inside) => found.extend(literals(inside)),
            _ => {}
        }
    }
    found
}
