//! What is declared in a folder, counted: `cargo run -p fleetwright-infra --example survey -- FOLDER [--all]`.
//! With `--all` every resource is listed, with `--schemas FOLDER` they are validated as well.
#![allow(clippy::print_stdout, reason = "it is there to print")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use fleetwright_infra::{Declared, Finding, Schemas, file_names, read_bytes, recognise};

/// What was found in all files.
#[derive(Default)]
struct Survey {
    files: usize,
    templates: usize,
    bytes: usize,
    declared: Vec<Declared>,
    findings: Vec<Finding>,
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = Path::new(arguments.first().map_or(".", String::as_str));
    let mut survey = Survey::default();
    let start = Instant::now();
    walk(root, root, &mut survey)?;
    let took = start.elapsed();
    println!(
        "{} files, {} kB, {} templates, {} resources, {} findings, {took:?}",
        survey.files,
        survey.bytes / 1000,
        survey.templates,
        survey.declared.len(),
        survey.findings.len()
    );
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for each in &survey.declared {
        *counts.entry((each.kind.name(), &each.type_name)).or_default() += 1;
    }
    for ((kind, type_name), count) in counts {
        println!("  {count:5} {kind} {type_name}");
    }
    for finding in &survey.findings {
        println!("{finding}");
    }
    if arguments.iter().any(|argument| argument == "--all") {
        for each in &survey.declared {
            let Declared { file, line, kind, type_name, name, images, depends_on, hints, .. } = each;
            let images: Vec<_> = images.iter().map(|image| image.reference.as_str()).collect();
            println!(
                "{file}:{line} {} {type_name} {name} images={images:?} needs={depends_on:?} {hints:?}",
                kind.name()
            );
        }
    }
    if let Some(at) = arguments.iter().position(|argument| argument == "--schemas") {
        let folder = arguments.get(at + 1).map_or(".", String::as_str);
        validate(Path::new(folder), &survey.declared)?;
    }
    Ok(())
}

fn walk(root: &Path, folder: &Path, survey: &mut Survey) -> std::io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() && entry.file_name() != ".git" {
            walk(root, &path, survey)?;
        }
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        if !kind.is_file() || recognise(&name).is_none() {
            continue;
        }
        let bytes = std::fs::read(&path)?;
        let reading = read_bytes(&name, &bytes);
        survey.files += 1;
        survey.bytes += bytes.len();
        survey.templates += usize::from(reading.template);
        survey.declared.extend(reading.declared);
        survey.findings.extend(reading.findings);
    }
    Ok(())
}

fn validate(folder: &Path, declared: &[Declared]) -> std::io::Result<()> {
    let mut schemas = Schemas::default();
    let mut findings = schemas.add_definitions(declared);
    let objects = || declared.iter().filter(|each| each.kind.is_cluster_object());
    let wanted = objects().flat_map(|each| file_names(&each.api_version, &each.type_name));
    let wanted: std::collections::BTreeSet<String> = wanted.chain(["_definitions.json".to_owned()]).collect();
    for name in wanted {
        if let Ok(text) = std::fs::read_to_string(folder.join(&name)) {
            findings.extend(schemas.add(&name, &text));
        }
    }
    let start = Instant::now();
    findings.extend(objects().flat_map(|each| schemas.validate(each)));
    println!("{} objects validated in {:?}, {} findings", objects().count(), start.elapsed(), findings.len());
    findings.iter().for_each(|finding| println!("{finding}"));
    Ok(())
}
