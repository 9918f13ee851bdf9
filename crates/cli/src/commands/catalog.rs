//! `catalog list`, `get`, `validate`, `import` and `export`.

use std::path::{Path, PathBuf};

use fleetwright_api::catalog::{Facets, Get, List};
use fleetwright_catalog::{DISCOVERED, Finding, read_bytes, yaml};
use fleetwright_engine::know;
use fleetwright_store::FindingRow;
use serde_json::{Value, json};

use crate::args::{CatalogCommand, ListArgs, Which};
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::{number, table};

pub(super) async fn run(context: &Context<'_>, command: CatalogCommand) -> Ended {
    match command {
        CatalogCommand::List(args) => list(context, args).await,
        CatalogCommand::Get { reference } => get(context, &reference).await,
        CatalogCommand::Validate { paths } if paths.is_empty() => validate_fleet(context).await,
        CatalogCommand::Validate { paths } => validate(context, &paths),
        CatalogCommand::Import { files } => import(context, &files).await,
        CatalogCommand::Export { which } => export(context, which).await,
    }
}

/// What the words ask for.
fn asked(Which { filter, query, kind }: Which) -> List {
    List { filter, query, kind, ..List::default() }
}

/// Every entity that is meant, page by page, and how many there are in the catalog.
async fn chosen(context: &Context<'_>, mut asked: List) -> Result<(Vec<Value>, usize), Failure> {
    let mut entities = Vec::new();
    loop {
        let page = context.call(asked.clone()).await?;
        entities.extend(page.items);
        match page.next {
            Some(next) => asked.cursor = Some(next),
            None => return Ok((entities, page.all)),
        }
    }
}

async fn list(context: &Context<'_>, args: ListArgs) -> Ended {
    if let Some(key) = args.count {
        return count(context, key, args.which).await;
    }
    let (found, all) = chosen(context, List { owner: args.owner, ..asked(args.which) }).await?;
    if context.ui.json() {
        context.ui.list(Box::new(found.into_iter()));
        return Ok(Code::Done);
    }
    let rows = found.iter().map(|entity| {
        let text = |key: &str| entity["spec"][key].as_str().unwrap_or_default().to_owned();
        let discovered = entity["metadata"]["annotations"].get(DISCOVERED).is_some();
        let note = if discovered { "discovered" } else { "" };
        vec![reference(entity), text("type"), text("lifecycle"), text("owner"), note.to_owned()]
    });
    if !found.is_empty() {
        context.ui.line(table(&["entity", "type", "lifecycle", "owner", ""], rows.collect()));
    }
    context.ui.say(match (found.len(), all) {
        (_, 0) => "The catalog is empty. Next: fleetwright repo sync".to_owned(),
        (found, all) => format!("{} of {all}", number(found as u64, "entity", "entities")),
    });
    Ok(Code::Done)
}

/// The reference of an entity, in small letters.
fn reference(entity: &Value) -> String {
    let part = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
    let namespace = entity["metadata"]["namespace"].as_str().unwrap_or("default").to_lowercase();
    format!("{}:{namespace}/{}", part(&entity["kind"]), part(&entity["metadata"]["name"]))
}

async fn count(context: &Context<'_>, key: String, which: Which) -> Ended {
    let Which { filter, query, kind } = which;
    let facets = context.call(Facets { key: key.clone(), filter, query, kind }).await?;
    if context.ui.json() {
        context.ui.document(
            &facets.iter().map(|facet| json!({ "value": facet.value, "count": facet.count })).collect(),
        );
        return Ok(Code::Done);
    }
    let rows = facets.iter().map(|facet| vec![facet.value.clone(), facet.count.to_string()]);
    context.ui.line(table(&[&key, "entities"], rows.collect()));
    Ok(Code::Done)
}

async fn get(context: &Context<'_>, reference: &str) -> Ended {
    let entity = context.call(Get { reference: reference.to_owned() }).await?;
    match context.ui.json() {
        true => context.ui.document(&entity),
        false => context.ui.line(yaml(&entity).trim_end()),
    }
    Ok(Code::Done)
}

/// The catalog files of a folder, and a file as it is named.
fn files(path: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failed =
        |error: std::io::Error| Failure::usage(format!("{}: {error}\n  try: check the path", path.display()));
    if std::fs::symlink_metadata(path).map_err(failed)?.is_file() {
        found.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<_> = std::fs::read_dir(path).map_err(failed)?.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (name, kind) = (entry.file_name(), entry.file_type().map_err(failed)?);
        let is_catalog = name == "catalog-info.yaml" || name == "catalog-info.yml";
        if kind.is_dir() && name != ".git" && name != "node_modules" {
            files(&entry.path(), found)?;
        } else if kind.is_file() && is_catalog {
            found.push(entry.path());
        }
    }
    Ok(())
}

fn validate(context: &Context<'_>, paths: &[PathBuf]) -> Ended {
    let mut found = Vec::new();
    paths.iter().try_for_each(|path| files(path, &mut found))?;
    let (mut good, mut wrong) = (0, Vec::new());
    for file in &found {
        let shown = file.display().to_string();
        let bytes = std::fs::read(file).map_err(|error| Failure::usage(format!("{shown}: {error}")))?;
        for read in read_bytes(&shown, &bytes) {
            match read {
                Ok(_) => good += 1,
                Err(finding) => wrong.push(finding),
            }
        }
    }
    if context.ui.json() {
        let errors: Vec<Value> = wrong.iter().map(document).collect();
        context.ui.document(&json!({ "files": found.len(), "entities": good, "errors": errors }));
    } else {
        let files = number(found.len() as u64, "file", "files");
        context.ui.say(format!("{files}, {} good", number(good, "entity", "entities")));
    }
    match wrong.is_empty() {
        true => Ok(Code::Done),
        false => Err(Failure::usage(wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))),
    }
}

fn document(finding: &Finding) -> Value {
    json!({
        "file": finding.file, "line": finding.line, "column": finding.column, "key": finding.key,
        "message": finding.message, "remedy": finding.remedy,
    })
}

/// Everything that is wrong in what was read, by repository.
async fn validate_fleet(context: &Context<'_>) -> Ended {
    let fleet = context.open().await?;
    let names: std::collections::BTreeMap<i64, String> =
        fleet.store.repos().await?.into_iter().map(|row| (row.id, row.name)).collect();
    let areas = ["catalog", "owners", "assembly", "ownership", "relations"];
    let findings =
        fleet.store.findings(None).await?.into_iter().filter(|(_, row)| areas.contains(&row.area.as_str()));
    let mut findings: Vec<_> =
        findings.map(|(repo, row)| (names.get(&repo).cloned().unwrap_or_default(), row)).collect();
    findings.extend(know::wrong_beside(&fleet).await?.iter().map(|finding| (String::new(), beside(finding))));
    if context.ui.json() {
        let told = findings.iter().map(|(repo, row)| {
            json!({
                "repo": repo, "area": row.area, "file": row.path, "line": row.line,
                "message": row.message, "remedy": row.remedy,
            })
        });
        context.ui.document(&told.collect());
    } else {
        for (repo, row) in &findings {
            let file: Vec<&str> =
                [repo.as_str(), &row.path].into_iter().filter(|part| !part.is_empty()).collect();
            let line = if row.line == 0 { String::new() } else { format!(":{}", row.line) };
            let place = format!("{}{line}", file.join("/"));
            context.ui.line(format!("{place}: {}\n  try: {}", row.message, row.remedy));
        }
        context
            .ui
            .say(format!("{} in what was last read", number(findings.len() as u64, "finding", "findings")));
    }
    Ok(if findings.is_empty() { Code::Done } else { Code::SomeFailed })
}

/// What is wrong in a file beside the configuration, which belongs to no repository.
fn beside(finding: &Finding) -> FindingRow {
    let key = if finding.key.is_empty() { String::new() } else { format!("{}: ", finding.key) };
    FindingRow {
        area: "catalog".to_owned(),
        path: finding.file.clone(),
        line: u32::try_from(finding.line).unwrap_or_default(),
        message: format!("{key}{}", finding.message),
        remedy: finding.remedy.clone(),
    }
}

/// Good files are copied as they are, comments and all; one bad entity and nothing is taken.
async fn import(context: &Context<'_>, paths: &[PathBuf]) -> Ended {
    let fleet = context.open().await?;
    let (mut taken, mut wrong) = (Vec::new(), Vec::new());
    let mut entities = 0;
    for path in paths {
        let shown = path.display().to_string();
        let bytes = std::fs::read(path)
            .map_err(|error| Failure::usage(format!("{shown}: {error}\n  try: check the path")))?;
        for read in read_bytes(&shown, &bytes) {
            match read {
                Ok(_) => entities += 1,
                Err(finding) => wrong.push(finding.to_string()),
            }
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        taken.push((fleet.config.catalog_folder.join(format!("{name}.yaml")), bytes));
    }
    if !wrong.is_empty() {
        return Err(Failure::usage(wrong.join("\n")));
    }
    let failed =
        |path: &Path, error: std::io::Error| Failure::internal(format!("{}: {error}", path.display()));
    let folder = &fleet.config.catalog_folder;
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    for (path, bytes) in &taken {
        std::fs::write(path, bytes).map_err(|error| failed(path, error))?;
    }
    let assembled = know::assemble(&fleet).await?;
    if context.ui.json() {
        context
            .ui
            .document(&json!({ "entities": entities, "changed": assembled.put, "gone": assembled.gone }));
    } else {
        let entities = number(entities, "entity", "entities");
        context.ui.say(format!(
            "{entities} taken into {}; {} new or changed in the catalog",
            folder.display(),
            assembled.put
        ));
    }
    Ok(Code::Done)
}

async fn export(context: &Context<'_>, which: Which) -> Ended {
    let (found, _) = chosen(context, List { declared: true, ..asked(which) }).await?;
    if context.ui.json() {
        context.ui.document(&json!(found));
        return Ok(Code::Done);
    }
    let documents = found.iter().map(|entity| format!("---\n{}", yaml(entity).trim_end()));
    context.ui.line(documents.collect::<Vec<_>>().join("\n"));
    Ok(Code::Done)
}
