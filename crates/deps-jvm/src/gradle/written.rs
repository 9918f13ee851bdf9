//! Version catalogs that settings write out: `versionCatalogs { libs { library("x", "g", "a").version("1") } }`.

use fleetwright_package::{Files, Through};

use super::catalog::{Catalog, Library, alias};
use super::piece::{Piece, split};
use super::source::Script;
use super::token::{Literal, Node, Statement};
use crate::text::{Text, comment};

/// The catalogs of a settings script, by name.
pub(crate) fn catalogs(files: &Files, script: &Script) -> Vec<(String, Catalog)> {
    let mut found = Vec::new();
    let reader = Reader { text: files.text(&script.path).unwrap_or_default(), script };
    seek(&script.statements, &mut |block| {
        for statement in block {
            if let (Some(name), Some(Node::Group('{', inside))) = (name(statement), statement.last()) {
                let catalog = reader.catalog(inside);
                if !(catalog.libraries.is_empty()
                    && catalog.versions.is_empty()
                    && catalog.plugins.is_empty())
                {
                    found.push((name, catalog));
                }
            }
        }
    });
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

struct Reader<'a> {
    text: &'a str,
    script: &'a Script,
}

impl Reader<'_> {
    fn catalog(&self, statements: &[Statement]) -> Catalog {
        let mut catalog = Catalog::default();
        for statement in statements {
            let [Node::Word(call, _), Node::Group('(', inside), rest @ ..] = statement.as_slice() else {
                continue;
            };
            let texts = literals(inside);
            match (call.as_str(), texts.as_slice()) {
                ("version", [name, version]) => {
                    catalog.versions.insert(alias(&name.raw), self.piece(version, Through::Inline));
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
        match &split(&[self.piece(whole, Through::Inline)], ':')[..] {
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
            ("version", '(', [version]) => Some(self.piece(version, Through::Inline)),
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

    fn piece(&self, literal: &Literal, through: Through) -> Piece {
        if literal.template {
            return Piece::unknown(format!("`{}` is put together when Gradle runs", literal.raw));
        }
        Piece {
            text: Ok(literal.raw.clone()),
            at: Some((self.script.path.clone(), self.named(literal))),
            through,
        }
    }

    fn named(&self, literal: &Literal) -> Text {
        let comment = comment(self.text, &literal.span, "//");
        let line = self.script.lines.at(literal.span.start);
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
