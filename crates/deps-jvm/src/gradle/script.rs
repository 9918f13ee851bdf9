//! What one script declares: dependencies, platforms, constraints and plugins.

use std::ops::Range;

use fleetwright_package::{Finding, Scope};

use super::piece::{Piece, join};
use super::token::{Node, Statement};
use super::value::Context;
use crate::text::{Text, finding};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Dependency,
    /// A platform or BOM, which sets versions.
    Platform,
    /// A constraint or a managed version.
    Constraint,
    Plugin,
}

/// An entry of a script.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) kind: Kind,
    pub(crate) group: String,
    pub(crate) artifact: String,
    /// `None` where none is written.
    pub(crate) version: Option<Piece>,
    pub(crate) scope: Scope,
    /// Whether it is for the build itself.
    pub(crate) buildscript: bool,
    /// Such as `implementation`.
    pub(crate) configuration: String,
    /// Where it is named.
    pub(crate) named: Text,
}

/// Reads what the script of a context declares.
pub(crate) fn read(context: &Context<'_, '_>, findings: &mut Vec<Finding>) -> Vec<Asked> {
    let mut reader = Reader { context, asked: Vec::new(), findings };
    reader.walk(&context.script.statements, Place::default());
    reader.asked
}

/// The blocks around a statement.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    buildscript: bool,
    dependencies: bool,
    constraints: bool,
    /// Spring's `dependencyManagement`.
    management: bool,
    plugins: bool,
    /// Settings, which set the versions of plugins and use none.
    settings: bool,
}

/// Reads one script.
pub(crate) struct Reader<'r, 'b, 'a> {
    pub(crate) context: &'r Context<'b, 'a>,
    asked: Vec<Asked>,
    findings: &'r mut Vec<Finding>,
}

/// Words that begin no dependency in a `dependencies` block.
pub(crate) const NO_CONFIGURATIONS: [&str; 14] = [
    "if",
    "else",
    "for",
    "while",
    "def",
    "val",
    "var",
    "exclude",
    "println",
    "because",
    "version",
    "return",
    "when",
    "attributes",
];

impl Reader<'_, '_, '_> {
    fn walk(&mut self, statements: &[Statement], place: Place) {
        for statement in statements {
            let Some(block) = block(statement) else {
                self.statement(statement, place);
                continue;
            };
            let header = &statement[..statement.len() - 1];
            let word = header.iter().rev().find_map(Node::word).unwrap_or_default();
            let mut inner = place;
            match word {
                "dependencies" => inner.dependencies = true,
                "constraints" if place.dependencies => inner.constraints = true,
                "buildscript" => inner.buildscript = true,
                "dependencyManagement" => inner.management = true,
                "imports" if place.management => inner.dependencies = true,
                "pluginManagement" => inner.settings = true,
                "plugins" => inner.plugins = true,
                "components" | "modules" | "resolutionStrategy" | "pom" | "publishing" | "artifactTypes" => {
                    continue;
                }
                _ if (place.dependencies || place.plugins)
                    && header.len() > 1
                    && !NO_CONFIGURATIONS.contains(&word) =>
                {
                    self.statement(statement, place);
                    continue;
                }
                _ => {}
            }
            self.walk(block, inner);
        }
    }

    fn statement(&mut self, statement: &[Node], place: Place) {
        if place.dependencies {
            self.dependency(statement, place);
        } else if place.plugins {
            self.plugin(statement, place);
        }
    }

    pub(crate) fn push(
        &mut self,
        use_of: &Use,
        names: [Piece; 2],
        version: Option<Piece>,
        span: Range<usize>,
    ) {
        let [group, artifact] = names.map(|piece| piece.text);
        let (group, artifact) = match (group, artifact) {
            (Ok(group), Ok(artifact)) => (group, artifact),
            (Err(why), _) | (_, Err(why)) => return self.unknown(use_of, span, &why),
        };
        let kind = match use_of.kind {
            Kind::Dependency if use_of.configuration == "mavenBom" => Kind::Platform,
            Kind::Dependency if use_of.place.constraints || use_of.place.management => Kind::Constraint,
            kind => kind,
        };
        let scope = match kind {
            Kind::Platform | Kind::Constraint => Scope::Managed,
            Kind::Plugin if use_of.place.settings => Scope::Managed,
            Kind::Plugin => Scope::Build,
            Kind::Dependency if use_of.place.buildscript => Scope::Build,
            Kind::Dependency => scope(&use_of.configuration),
        };
        let rich = use_of.rich.as_ref().and_then(|closure| self.rich(closure));
        let named = self.text(span);
        let configuration = use_of.configuration.clone();
        let buildscript = use_of.place.buildscript || kind == Kind::Plugin;
        self.asked.push(Asked {
            kind,
            group,
            artifact,
            version: rich.or(version),
            scope,
            buildscript,
            configuration,
            named,
        });
    }

    /// The version in `{ version { strictly("1") } }`.
    fn rich(&self, closure: &[Statement]) -> Option<Piece> {
        let version =
            closure.iter().find(|statement| statement.first().and_then(Node::word) == Some("version"))?;
        let inside = block(version)?;
        let given = |name: &str| {
            let mut found = inside.iter().filter(|one| one.first().and_then(Node::word) == Some(name));
            let rest = found.next()?.get(1..)?;
            let rest = match rest {
                [Node::Group('(', inside)] => inside.first()?.as_slice(),
                rest => rest,
            };
            Some(join(&self.context.value(rest)))
        };
        match (given("strictly").or_else(|| given("require")), given("prefer")) {
            (Some(bound), None) => Some(bound),
            (None, prefer) => prefer,
            (Some(bound), Some(prefer)) => {
                let (bound, prefer) = (bound.text.unwrap_or_default(), prefer.text.unwrap_or_default());
                Some(Piece::unknown(format!(
                    "`{bound}` with `{prefer}` preferred, and no lockfile says which"
                )))
            }
        }
    }

    pub(crate) fn unknown(&mut self, use_of: &Use, span: Range<usize>, why: &str) {
        let script = &self.context.script;
        let message = format!("what `{}` brings cannot be told: {why}", use_of.configuration);
        let remedy = "write `group:artifact:version` out, or use a version catalog";
        self.findings.push(finding(&script.path, script.lines.at(span.start), &message, remedy));
    }

    fn text(&self, span: Range<usize>) -> Text {
        let script = &self.context.script;
        let text = self.context.build.files.text(&script.path).unwrap_or_default();
        let value = text.get(span.clone()).unwrap_or_default().to_owned();
        let comment = crate::text::comment(text, &span, "//");
        Text { value, line: script.lines.at(span.start), span, comment }
    }
}

/// How a notation is used.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub(crate) configuration: String,
    pub(crate) place: Place,
    pub(crate) kind: Kind,
    /// The block behind it, which may hold its version.
    pub(crate) rich: Option<Vec<Statement>>,
}

/// The statements of the block that a statement ends with.
pub(crate) fn block(statement: &[Node]) -> Option<&[Statement]> {
    statement.last().and_then(|node| node.group('{'))
}

/// Where the first word or string of a node is written.
pub(crate) fn span_of(node: &Node) -> Option<Range<usize>> {
    match node {
        Node::Word(_, span) => Some(span.clone()),
        Node::Text(text) => Some(text.span.clone()),
        Node::Group(_, inside) => inside.iter().flatten().find_map(span_of),
        Node::Sign(_) => None,
    }
}

/// What a configuration is for; one that is not known counts as needed at run time.
fn scope(configuration: &str) -> Scope {
    let lower = configuration.to_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if is(&["test", "developmentonly", "jmh"]) {
        Scope::Development
    } else if is(&[
        "annotationprocessor",
        "kapt",
        "ksp",
        "classpath",
        "checkstyle",
        "errorprone",
        "detekt",
        "ktlint",
        "pmd",
        "spotbugs",
        "jacoco",
        "lintchecks",
        "codenarc",
        "protoc",
        "antlr",
    ]) {
        Scope::Build
    } else if is(&["compileonly", "provided"]) {
        Scope::Provided
    } else {
        Scope::Runtime
    }
}
