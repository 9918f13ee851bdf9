//! Prints what this crate says of a corpus, as JSON lines for conformance/check.mjs to compare with
//! Backstage: entities (read, verdict, relations, search rows), references and filters.
//!
//! With paths as arguments it prints the same of these files in place of the corpus.

mod corpus;
mod texts;

use std::io::Write;
use std::process::ExitCode;

use fleetwright_catalog::{
    Base, Catalog, EntityRef, Filter, Host, Links, RefContext, Search, SourceFile, assemble, declared, read,
    relations, search_rows, served, substitutions, validate, yaml,
};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let mut lines = Vec::new();
    if paths.is_empty() {
        lines.extend(corpus::entities().iter().map(|(name, text)| file(name, text)));
        lines.extend(texts::TEXTS.iter().map(|(name, text)| file(name, text)));
        lines.extend(texts::references().map(|(text, kind, namespace)| reference(text, kind, namespace)));
        lines.extend(texts::PLACEHOLDERS.iter().map(|spec| placeholders(spec)));
        lines.push(predicates());
        lines.extend(texts::ADDRESSES.iter().map(|(host, address)| links(host, address)));
        lines.extend(texts::FILTERS.iter().map(|texts| filter(texts)));
    }
    for path in paths {
        match std::fs::read_to_string(&path) {
            Ok(text) => lines.push(file(&path, &text)),
            Err(error) => lines.push(json!({ "type": "unreadable", "name": path, "why": error.to_string() })),
        }
    }
    let mut out = std::io::stdout().lock();
    for line in lines {
        if writeln!(out, "{line}").is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn file(name: &str, text: &str) -> Value {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for row in read(name, text) {
        match row {
            Ok(entity) => {
                let related: Vec<String> = relations(&entity)
                    .iter()
                    .map(|found| format!("{} {} {}", found.source, found.kind, found.target))
                    .collect();
                let rows: Vec<Value> =
                    search_rows(&entity).iter().map(|row| json!([row.key, row.value, row.written])).collect();
                let open: Vec<String> = validate(&entity).iter().map(ToString::to_string).collect();
                good.push(json!({
                    "ref": entity.entity_ref().to_string(),
                    "relations": related,
                    "rows": rows,
                    "entity": served(&entity),
                    // What is wrong as long as its placeholders stand.
                    "open": open,
                }));
            }
            Err(finding) => bad.push(finding.to_string()),
        }
    }
    json!({ "type": "file", "name": name, "text": text, "good": good, "bad": bad })
}

/// What an entity with this `spec` asks for.
fn placeholders(spec: &str) -> Value {
    let text =
        format!("apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {{name: a}}\nspec: {spec}\n");
    let base = Base::File { path: "a.yaml".to_owned(), root: None };
    let rows = read("a.yaml", &text);
    let asked: Vec<Value> = rows
        .iter()
        .flatten()
        .flat_map(|entity| substitutions(entity, &base).0)
        .map(|asked| json!([format!("{:?}", asked.form).to_lowercase(), format!("./{}", asked.target)]))
        .collect();
    json!({ "type": "placeholders", "text": text, "asked": asked, "read": rows.iter().all(Result::is_ok) })
}

fn reference(text: &str, kind: Option<&str>, namespace: Option<&str>) -> Value {
    let parsed = EntityRef::parse(text, RefContext { kind, namespace });
    let parsed = parsed.ok().map(|found| {
        json!({
            "kind": found.kind, "namespace": found.namespace, "name": found.name, "text": found.to_string(),
        })
    });
    json!({ "type": "reference", "text": text, "kind": kind, "namespace": namespace, "parsed": parsed })
}

fn filter(texts: &[&str]) -> Value {
    let parsed = match Filter::parse(texts) {
        Ok(filter) => json!({ "filter": filter.as_ref().map(predicate) }),
        Err(_) => Value::Null,
    };
    json!({ "type": "filter", "texts": texts, "parsed": parsed })
}

/// All good entities of the corpus in one catalog, each in a namespace of its own, as they share their names.
fn together() -> Catalog {
    let texts = corpus::entities()
        .into_iter()
        .chain(texts::TEXTS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    let good = texts.flat_map(|(name, text)| read(&name, &text)).flatten();
    let files = good.enumerate().map(|(at, entity)| {
        let mut document = declared(&entity);
        document["metadata"]["namespace"] = json!(format!("n{at}"));
        SourceFile { rows: read("x", &yaml(&document)), ..SourceFile::default() }
    });
    assemble(files.collect())
}

/// What predicates find.
fn predicates() -> Value {
    let catalog = together();
    let search = Search::of(&catalog);
    let reference = |at: &usize| catalog.entities()[*at].entity_ref().to_string();
    let asked = texts::PREDICATES.iter().map(|text| {
        let found = Filter::from_predicate(text).map(|filter| search.find(&filter));
        json!({ "text": text, "found": found.ok().map(|found| found.iter().map(reference).collect::<Vec<_>>()) })
    });
    let entities = catalog.entities().iter().map(|entity| {
        let rows: Vec<Value> = search_rows(entity).iter().map(|row| json!([row.key, row.value])).collect();
        json!({ "ref": entity.entity_ref().to_string(), "rows": rows })
    });
    json!({ "type": "predicates", "entities": entities.collect::<Vec<_>>(), "asked": asked.collect::<Vec<_>>() })
}

/// Where the file of an address is seen and edited.
fn links(host: &str, address: &str) -> Value {
    let known = match host {
        "github.example" => Some(Host::GitHub),
        "gitlab.example" => Some(Host::GitLab),
        "gitea.example" => Some(Host::Gitea { base: "https://gitea.example/git" }),
        _ => None,
    };
    let address = format!("https://{host}/{address}");
    let Links { view, edit, source } = Links::of(&format!("url:{address}"), known);
    json!({ "type": "links", "address": address, "links": [view, edit, source] })
}

/// A filter as Backstage writes it.
fn predicate(filter: &Filter) -> Value {
    match filter {
        Filter::All(all) => json!({ "$all": all.iter().map(predicate).collect::<Vec<_>>() }),
        Filter::Any(any) => json!({ "$any": any.iter().map(predicate).collect::<Vec<_>>() }),
        Filter::Not(one) => json!({ "$not": predicate(one) }),
        Filter::Has(key) => json!({ key: { "$exists": true } }),
        Filter::In(key, values) if values.len() == 1 => json!({ key: values[0] }),
        Filter::In(key, values) => json!({ key: { "$in": values } }),
        Filter::Prefix(key, prefix) => json!({ key: { "$hasPrefix": prefix } }),
    }
}
