//! Terraform files: providers, modules, resources and data sources, read only.

use hcl_edit::expr::{Expression, ForIntro, Traversal, TraversalOperator};
use hcl_edit::structure::{Block, Body};
use hcl_edit::visit::{Visit, visit_block, visit_expr, visit_for_intro};
use serde_json::{Map, Value, json};

use crate::declared::{Declared, DeclaredKind, Hints};
use crate::finding::{Finding, Severity};
use crate::formats::hcl::Places;
use crate::formats::{folder, scalar};
use crate::reading::Reading;
use crate::tree::{Node, Tree};

/// Roots of references that name no resource.
const NO_RESOURCE: [&str; 8] = ["var", "local", "each", "self", "count", "path", "terraform", "provider"];

/// Reads a `*.tf` file.
pub(crate) fn declare(file: &str, text: &str, reading: &mut Reading) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let body: Body = match text.parse() {
        Ok(body) => body,
        Err(error) => return reading.findings.push(unreadable(file, text, &error)),
    };
    let places = Places::of(text);
    for block in body.blocks() {
        let tree = places.block(block);
        let labels: Vec<&str> = block.labels.iter().map(|label| label.as_str()).collect();
        match (block.ident.as_str(), labels.as_slice()) {
            ("resource", [kind, name]) => reading.declared.push(declared(file, block, &tree, (kind, name))),
            ("data", [kind, name]) => {
                reading.declared.push(declared(file, block, &tree, (&format!("data.{kind}"), name)));
            }
            ("module", [name]) => reading.declared.push(module(file, block, &tree, name)),
            ("provider", [name]) => reading.declared.push(declared(file, block, &tree, ("provider", name))),
            ("terraform", []) => reading.declared.push(settings(file, &tree)),
            ("resource" | "data" | "module" | "provider" | "terraform", _) => {
                let message = format!("this `{}` block has {} labels", block.ident.as_str(), labels.len());
                let remedy = "write `resource \"type\" \"name\"`, `module \"name\"`, `provider \"name\"`";
                let finding = Finding::of_file(file, Severity::Error, message, remedy);
                reading.findings.push(finding.at((tree.line, tree.column)));
            }
            _ => {}
        }
    }
}

fn unreadable(file: &str, text: &str, error: &hcl_edit::parser::Error) -> Finding {
    if let Some(line) = text.lines().position(|line| line.starts_with("<<<<<<< ")) {
        let message = "there are merge markers: a conflict was committed";
        return Finding::of_file(file, Severity::Error, message, "resolve the conflict").at((line + 1, 1));
    }
    let place = (error.location().line(), error.location().column());
    let message = format!("not HCL: {}", error.message());
    Finding::of_file(file, Severity::Error, message, "check the syntax at this place").at(place)
}

fn declared(file: &str, block: &Block, tree: &Tree, (kind, name): (&str, &str)) -> Declared {
    let mut declared = Declared::new(DeclaredKind::Terraform, kind, name, file, tree);
    for key in ["provider", "count", "for_each", "region", "version", "alias"] {
        declared.fact(key, scalar(tree.get(key)));
    }
    let tables = ["tags", "labels"].iter().filter_map(|key| tree.get(key));
    let pairs =
        tables.flat_map(Tree::rows).filter_map(|(key, value)| Some((key.text.as_str(), value.text()?)));
    declared.hints = Hints::of(pairs);
    images(tree, &mut declared);
    let mut references = References::default();
    references.visit_body(&block.body);
    let own = format!("{kind}.{name}");
    let is_bound = |name: &String| references.bound.iter().any(|bound| name.split('.').next() == Some(bound));
    let found = references.found.iter().filter(|other| **other != own && !is_bound(other));
    found.for_each(|other| declared.needs(other.as_str()));
    declared
}

fn module(file: &str, block: &Block, tree: &Tree, name: &str) -> Declared {
    let mut module = declared(file, block, tree, ("module", name));
    module.fact("source", scalar(tree.get("source")));
    module
}

/// The `terraform` block: the version, the providers with theirs, where the state is kept.
fn settings(file: &str, tree: &Tree) -> Declared {
    let mut settings = Declared::new(DeclaredKind::Terraform, "terraform", folder(file), file, tree);
    settings.fact("requiredVersion", scalar(tree.get("required_version")));
    let mut providers = Map::new();
    for block in tree.get("required_providers").map_or(&[][..], Tree::list) {
        for (key, value) in block.rows() {
            // Before Terraform 0.13 a provider was its version alone.
            let version = value.text().or_else(|| value.text_at(&["version"]));
            let source = value.text_at(&["source"]);
            let row = json!({ "source": source, "version": version, "line": key.line });
            providers.insert(key.text.clone(), row);
        }
    }
    settings.fact("requiredProviders", providers);
    let backends = tree.get("backend").map_or(&[][..], Tree::list).iter();
    let kinds = backends.filter_map(|backend| backend.get("@labels")?.list().first().map(Tree::value));
    settings.fact("backend", kinds.collect::<Vec<Value>>());
    settings
}

/// `image = "..."` at any depth; a JSON text within a text is not looked into.
fn images(tree: &Tree, declared: &mut Declared) {
    match &tree.node {
        Node::Table(rows) => {
            for (key, value) in rows {
                if matches!(key.text.as_str(), "image" | "image_uri" | "container_image") {
                    declared.image(value);
                }
                images(value, declared);
            }
        }
        Node::List(list) => list.iter().for_each(|each| images(each, declared)),
        Node::Leaf(_) => {}
    }
}

/// The resources, modules and data sources that expressions speak of.
#[derive(Default)]
struct References {
    found: Vec<String>,
    /// Names that `dynamic` blocks and `for` expressions bind: they look like resources and are none.
    bound: Vec<String>,
}

impl Visit for References {
    fn visit_expr(&mut self, expression: &Expression) {
        if let Expression::Traversal(traversal) = expression {
            self.found.extend(named(traversal));
        }
        visit_expr(self, expression);
    }

    fn visit_block(&mut self, block: &Block) {
        if block.has_ident("dynamic") {
            self.bound.extend(block.labels.iter().map(|label| label.as_str().to_owned()));
            let iterator =
                block.body.get_attribute("iterator").and_then(|iterator| iterator.value.as_variable());
            self.bound.extend(iterator.map(|name| name.as_str().to_owned()));
        }
        visit_block(self, block);
    }

    fn visit_for_intro(&mut self, intro: &ForIntro) {
        let names = intro.key_var.iter().chain(std::iter::once(&intro.value_var));
        self.bound.extend(names.map(|name| name.as_str().to_owned()));
        visit_for_intro(self, intro);
    }
}

fn named(traversal: &Traversal) -> Option<String> {
    let Expression::Variable(root) = &traversal.expr else { return None };
    let mut names = traversal.operators.iter().map_while(|operator| match operator.value() {
        TraversalOperator::GetAttr(name) => Some(name.as_str()),
        _ => None,
    });
    match root.as_str() {
        "module" => Some(format!("module.{}", names.next()?)),
        "data" => Some(format!("data.{}.{}", names.next()?, names.next()?)),
        root if NO_RESOURCE.contains(&root) || !root.contains('_') => None,
        root => Some(format!("{root}.{}", names.next()?)),
    }
}
