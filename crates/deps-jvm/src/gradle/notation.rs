//! How dependencies and plugins are written in scripts.

use std::ops::Range;

use fleetwright_package::Through;

use super::catalog::Library;
use super::piece::{Piece, join, split};
use super::script::{Kind, NO_CONFIGURATIONS, Place, Reader, Use, block, span_of};
use super::token::Node;
use super::value::path;

/// Calls that bring files, or other projects, and no package.
const NO_PACKAGES: [&str; 14] = [
    "project",
    "projects",
    "files",
    "fileTree",
    "gradleApi",
    "localGroovy",
    "gradleTestKit",
    "gradleKotlinDsl",
    "sourceSets",
    "configurations",
    "rootProject",
    "npm",
    "embeddedKotlin",
    "zipTree",
];
/// Entries of a catalog with their aliases, and what is missing.
type Accessed = (Vec<(String, Library)>, Option<String>);

impl Reader<'_, '_, '_> {
    /// `implementation "g:a:v"`, `implementation(libs.x) { … }`, `add("implementation", …)`.
    pub(crate) fn dependency(&mut self, statement: &[Node], place: Place) {
        let (configuration, mut rest) = match statement {
            [Node::Word(add, _), Node::Group('(', inside), ..] if add == "add" || add == "addProvider" => {
                match inside.first().map(Vec::as_slice) {
                    Some([Node::Text(text), comma, rest @ ..]) if comma.is(',') => {
                        (text.raw.clone(), rest.to_vec())
                    }
                    _ => return,
                }
            }
            [Node::Word(word, _), rest @ ..] => (word.clone(), rest.to_vec()),
            [Node::Text(text), rest @ ..] => (text.raw.clone(), rest.to_vec()),
            _ => return,
        };
        let starts = rest.first().is_some_and(|node| !node.is('=') && !node.is('.') && !node.is('{'));
        // `String x = …` is a variable.
        let variable = rest.get(1).is_some_and(|node| node.is('='));
        if variable
            || NO_CONFIGURATIONS.contains(&configuration.as_str())
            || !starts
            || block(&rest).is_some_and(|_| rest.len() < 2)
        {
            return;
        }
        let mut rich = None;
        if let Some(closure) = block(&rest) {
            rich = Some(closure.to_vec());
            rest.pop();
        }
        if let [Node::Group('(', inside)] = &rest[..] {
            rest = inside.first().cloned().unwrap_or_default();
        }
        let use_of = Use { configuration, place, kind: Kind::Dependency, rich };
        self.arguments(&rest, &use_of, 0);
    }

    /// The arguments of a configuration: notations with commas, or one in parts.
    fn arguments(&mut self, nodes: &[Node], use_of: &Use, depth: u32) {
        let parts: Vec<&[Node]> = nodes.split(|node| node.is(',')).filter(|part| !part.is_empty()).collect();
        let named =
            |part: &&[Node]| matches!(part, [Node::Word(..), sign, ..] if sign.is(':') || sign.is('='));
        let span = nodes.iter().find_map(span_of).unwrap_or_default();
        if parts.iter().any(named) {
            let field = |name: &str| {
                let part = parts.iter().find(|part| part.first().and_then(Node::word) == Some(name))?;
                Some(join(&self.context.value(part.get(2..)?)))
            };
            let version = field("version");
            match (field("group"), field("name")) {
                (Some(group), Some(name)) => self.push(use_of, [group, name], version, span),
                _ if parts.iter().any(|part| part.first().and_then(Node::word) == Some("path")) => {}
                _ => self.unknown(use_of, span, "its group or name is not written"),
            }
            return;
        }
        let plain = |part: &&[Node]| matches!(part, [Node::Text(text)] if !text.raw.contains(':'));
        if parts.len() >= 2 && parts.iter().take(2).all(plain) {
            let mut fields = parts.iter().map(|part| join(&self.context.value(part)));
            if let (Some(group), Some(artifact)) = (fields.next(), fields.next()) {
                let version = fields.next();
                self.push(use_of, [group, artifact], version, span);
            }
            return;
        }
        for part in parts {
            self.notation(part, use_of, depth);
        }
    }

    fn notation(&mut self, nodes: &[Node], use_of: &Use, depth: u32) {
        let span = nodes.iter().find_map(span_of).unwrap_or_default();
        let first = nodes.first().and_then(Node::word).unwrap_or_default();
        if depth > 4 || NO_PACKAGES.contains(&first) {
            return;
        }
        match nodes {
            [Node::Group('[' | '(', inside)] => {
                inside.iter().for_each(|inside| self.arguments(inside, use_of, depth + 1))
            }
            [Node::Word(call, _), Node::Group('(', inside), ..] => {
                let Some(inside) = inside.first() else { return };
                match call.as_str() {
                    "platform" | "enforcedPlatform" => {
                        let platform = Use { kind: Kind::Platform, ..use_of.clone() };
                        self.arguments(inside, &platform, depth + 1);
                    }
                    "testFixtures" | "listOf" | "variantOf" | "create" => {
                        self.arguments(inside, use_of, depth + 1)
                    }
                    "kotlin" => self.kotlin(inside, use_of, span),
                    _ => self.expression(nodes, use_of, span),
                }
            }
            _ => self.expression(nodes, use_of, span),
        }
    }

    /// `kotlin("stdlib")`, with a version behind it or without.
    fn kotlin(&mut self, inside: &[Node], use_of: &Use, span: Range<usize>) {
        let mut parts = inside.split(|node| node.is(','));
        let Some(module) = parts.next().map(|part| join(&self.context.value(part))) else { return };
        let version = parts.next().map(|part| join(&self.context.value(part)));
        let known = |text: String| Piece { text: Ok(text), at: None, through: Through::Inline };
        let artifact = match module.text {
            Ok(module) => known(format!("kotlin-{module}")),
            Err(why) => Piece::unknown(why),
        };
        self.push(use_of, [known("org.jetbrains.kotlin".to_owned()), artifact], version, span);
    }

    /// `"g:a:v"`, a variable of that form, or an entry of a catalog.
    fn expression(&mut self, nodes: &[Node], use_of: &Use, span: Range<usize>) {
        if let Ok(names) = path(nodes)
            && let Some((libraries, missing)) = self.cataloged(&names)
        {
            for (alias, library) in libraries {
                self.library(use_of, &alias, &library, span.clone());
            }
            if let Some(missing) = missing {
                self.unknown(use_of, span, &missing);
            }
            return;
        }
        let names = path(nodes).unwrap_or_default();
        if names.last().is_some_and(|last| last == "BOM_COORDINATES") {
            let piece = |text: &str| Piece { text: Ok(text.to_owned()), at: None, through: Through::Inline };
            let boot = [piece("org.springframework.boot"), piece("spring-boot-dependencies")];
            return self.push(use_of, boot, None, span);
        }
        let value = self.context.value(nodes);
        // `@aar` names a file, not a version.
        let whole = split(&value, '@').into_iter().next().map(|first| vec![first]);
        let value = if value.len() == 1 { whole.unwrap_or(value) } else { value };
        match &split(&value, ':')[..] {
            [group, artifact, rest @ ..] => {
                let version =
                    rest.first().filter(|version| version.text.as_deref() != Ok("")).map(without_file);
                self.push(use_of, [group.clone(), artifact.clone()], version, span);
            }
            [one] => {
                let why = one.text.as_ref().err().cloned();
                self.unknown(use_of, span, &why.unwrap_or_else(|| "it is no `group:artifact`".to_owned()));
            }
            [] => {}
        }
    }

    /// The entries of a catalog that an accessor names, and what is missing; `None` where it is no accessor.
    fn cataloged(&self, names: &[String]) -> Option<Accessed> {
        let (name, rest) = names.split_first()?;
        let catalog = self.context.build.catalog(&self.context.script.path, name)?;
        let missing = |alias: &str| Some(format!("the catalog `{name}` has no `{alias}`"));
        if rest.first().is_some_and(|first| first == "bundles") {
            let bundle = rest[1..].join(".");
            let Some(members) = catalog.bundles.get(&bundle) else {
                return Some((Vec::new(), missing(&bundle)));
            };
            let known =
                members.iter().filter_map(|one| Some((one.clone(), catalog.libraries.get(one)?.clone())));
            let gone = members.iter().find(|one| !catalog.libraries.contains_key(*one));
            return Some((known.collect(), gone.and_then(|gone| missing(gone))));
        }
        let alias = rest.join(".");
        match catalog.libraries.get(&alias) {
            Some(library) => Some((vec![(alias, library.clone())], None)),
            None => Some((Vec::new(), missing(&alias))),
        }
    }

    fn library(&mut self, use_of: &Use, alias: &str, library: &Library, span: Range<usize>) {
        let piece = |text: &str| Piece { text: Ok(text.to_owned()), at: None, through: Through::Inline };
        let version = library.version.clone().map(|version| match version.through {
            Through::Inline => Piece { through: Through::Catalog(alias.to_owned()), ..version },
            _ => version,
        });
        self.push(use_of, [piece(&library.group), piece(&library.artifact)], version, span);
    }

    /// `id "x" version "y"`, `alias(libs.plugins.x)`, `kotlin("jvm") version "y"`.
    pub(crate) fn plugin(&mut self, statement: &[Node], place: Place) {
        let Some((call, rest)) = statement.split_first() else { return };
        let span = statement.iter().skip(1).find_map(span_of).or_else(|| span_of(call)).unwrap_or_default();
        let (argument, rest) = match rest {
            [Node::Group('(', inside), rest @ ..] => (inside.first().cloned().unwrap_or_default(), rest),
            [first, rest @ ..] => (vec![first.clone()], rest),
            [] => return,
        };
        let use_of = Use { configuration: "plugins".to_owned(), place, kind: Kind::Plugin, rich: None };
        let at = rest.iter().position(|node| node.word() == Some("version"));
        let version = at.and_then(|at| rest.get(at + 1..)).map(|nodes| {
            let end = nodes.iter().position(|node| node.word() == Some("apply")).unwrap_or(nodes.len());
            let nodes = nodes[..end].strip_suffix(&[Node::Sign('.')]).unwrap_or(&nodes[..end]);
            join(&self.context.value(nodes))
        });
        match call.word() {
            Some("alias") => {
                let names = path(&argument).unwrap_or_default();
                let [catalog, plugins, alias @ ..] = &names[..] else { return };
                let found = self.context.build.catalog(&self.context.script.path, catalog);
                let alias = alias.join(".");
                match found.and_then(|found| found.plugins.get(&alias)).filter(|_| plugins == "plugins") {
                    Some(plugin) => self.library(&use_of, &alias, &plugin.clone(), span),
                    None => self.unknown(
                        &use_of,
                        span,
                        &format!("no catalog `{catalog}` with a plugin `{alias}` is here"),
                    ),
                }
            }
            Some(call @ ("id" | "kotlin")) => {
                let id = join(&self.context.value(&argument));
                let id = match (call, id.text) {
                    ("kotlin", Ok(module)) => Ok(format!("org.jetbrains.kotlin.{module}")),
                    (_, id) => id,
                };
                match id {
                    // A plugin of Gradle itself, or of the build.
                    Ok(id) if !id.contains('.') && version.is_none() => {}
                    Ok(id) => {
                        let piece =
                            |text: String| Piece { text: Ok(text), at: None, through: Through::Inline };
                        let marker = format!("{id}.gradle.plugin");
                        self.push(&use_of, [piece(id), piece(marker)], version, span);
                    }
                    Err(why) => self.unknown(&use_of, span, &why),
                }
            }
            _ => {}
        }
    }
}

fn without_file(version: &Piece) -> Piece {
    split(std::slice::from_ref(version), '@').into_iter().next().unwrap_or_else(|| version.clone())
}
