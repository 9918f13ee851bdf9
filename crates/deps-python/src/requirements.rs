//! `requirements.txt` and its kin: lines of requirements, with includes, constraints and options of pip.

use std::ops::Range;

use fleetwright_package::Scope;

use crate::declare::{Detail, Named, Read, from_address, wheel};
use crate::requirement;
use crate::source::{Source, file_name, folder, inside, shown};

/// Words in a file's name that say that it is for developers.
const DEVELOPMENT: [&str; 16] = [
    "dev",
    "develop",
    "development",
    "test",
    "tests",
    "testing",
    "lint",
    "linting",
    "doc",
    "docs",
    "ci",
    "typing",
    "mypy",
    "qa",
    "local",
    "debug",
];

/// What a file of requirements says beside the requirements themselves.
#[derive(Default)]
pub(crate) struct Links {
    /// The files it includes, with their lines.
    pub(crate) includes: Vec<(String, u32)>,
    /// The files of constraints it names, with their lines.
    pub(crate) constraints: Vec<(String, u32)>,
}

/// Whether pip's users give a file such a path.
pub(crate) fn is_path(path: &str) -> bool {
    let name = file_name(path).to_lowercase();
    let Some((stem, "txt" | "in")) = name.rsplit_once('.') else { return false };
    let says = |text: &str| text.contains("requirement") || text.contains("constraint");
    says(stem) || says(&file_name(folder(path)).to_lowercase()) && is_name(stem)
}

/// Whether a file's name in a folder of requirements is likely one of them: `main`, `py3.10`, not `readme`.
fn is_name(stem: &str) -> bool {
    !matches!(stem, "readme" | "license" | "licence" | "changelog" | "notes")
}

/// Reads a file of requirements.
pub(crate) fn read(source: &mut Source<'_>) -> (Read, Links) {
    let (mut read, mut links) = (Read::new(source.path), Links::default());
    let scope = scope(source.path);
    // Of the same length as the file, so that every byte keeps its place.
    let joined = source.text.replace("\\\r\n", "   ").replace("\\\n", "  ");
    let mut at = 0;
    for line in joined.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let body = without_comment(line).trim_end();
        let lead = body.len() - body.trim_start().len();
        match body.get(lead..) {
            None | Some("") => {}
            Some(option) if option.starts_with('-') => {
                on_option(&mut read, &mut links, source, (option, start + lead));
            }
            Some(text) => on_requirement(&mut read, source, (text, start + lead), scope),
        }
    }
    (read, links)
}

/// What a file's name says its requirements are for.
fn scope(path: &str) -> Scope {
    let name = file_name(path).to_lowercase();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let mut words = stem.split(|char: char| !char.is_ascii_alphanumeric());
    if stem.contains("constraint") {
        Scope::Managed
    } else if words.clone().any(|word| DEVELOPMENT.contains(&word)) {
        Scope::Development
    } else if words.any(|word| word == "build") {
        Scope::Build
    } else {
        Scope::Runtime
    }
}

/// pip's comments begin at a line's beginning or behind a space.
fn without_comment(line: &str) -> &str {
    let is_start = |at: usize| at == 0 || line.get(..at).is_some_and(|before| before.ends_with([' ', '\t']));
    let comment = line.match_indices('#').map(|(at, _)| at).find(|at| is_start(*at));
    line.get(..comment.unwrap_or(line.len())).unwrap_or_default()
}

fn on_option(read: &mut Read, links: &mut Links, source: &mut Source<'_>, (option, at): (&str, usize)) {
    let line = source.line(at);
    let Some((name, value)) = option_value(option) else { return };
    let list = match name {
        "-e" => {
            let start = at + option.len() - value.len();
            return on_address(read, source, start..start + value.len(), scope(source.path));
        }
        "-r" => &mut links.includes,
        _ => &mut links.constraints,
    };
    match inside(folder(source.path), value) {
        Some(path) => list.push((path, line)),
        None => source.finding(
            line,
            format!("it includes `{}`, which is not in this repository; that is not read", shown(value)),
            "include files of this repository only",
        ),
    }
}

/// The options that name something to read, by their short names, with the value.
fn option_value(option: &str) -> Option<(&'static str, &str)> {
    const NAMES: [(&str, &str); 3] = [("-r", "--requirement"), ("-c", "--constraint"), ("-e", "--editable")];
    NAMES.into_iter().find_map(|(short, long)| {
        let value = match option.strip_prefix(long) {
            Some(value) => value.strip_prefix(['=', ' ', '\t'])?,
            None => option.strip_prefix(short)?,
        };
        let value = value.trim();
        (!value.is_empty()).then_some((short, value))
    })
}

fn on_requirement(read: &mut Read, source: &mut Source<'_>, (text, at): (&str, usize), scope: Scope) {
    let options = text.find(" --").or_else(|| text.find("\t--")).unwrap_or(text.len());
    let text = text.get(..options).unwrap_or(text).trim_end();
    let span = at..at + text.len();
    match requirement::read(text, at) {
        Some(requirement) if !is_folder(text) => read.add(source, &requirement, scope),
        _ => on_address(read, source, span, scope),
    }
}

/// pip takes for a folder what has a slash before any `@` and no comparison.
fn is_folder(text: &str) -> bool {
    let before = text.split(['@', ';', ' ']).next().unwrap_or_default();
    before.contains('/') && !before.contains(['=', '<', '>'])
}

/// An address or a folder without a name before it.
fn on_address(read: &mut Read, source: &mut Source<'_>, span: Range<usize>, scope: Scope) {
    let text = source.slice(&span);
    let line = source.line(span.start);
    let address = text.split(" ;").next().unwrap_or_default().trim();
    if let Some(requirement) = requirement::read(text, span.start).filter(|found| found.address.is_some()) {
        return read.add(source, &requirement, scope);
    }
    let fragment = address.find("#egg=").or_else(|| address.find("&egg=")).map(|at| at + "#egg=".len());
    let egg = fragment.and_then(|at| Some((at, requirement::name_length(egg_of(address.get(at..)?))?)));
    let file = wheel(address).and_then(|(name, _)| Some((address.rfind(name)?, name.len())));
    if let Some((at, length)) = egg.or(file) {
        let name = span.start + at..span.start + at + length;
        let named = Named { name, set: None, requirement: "", version: from_address(address), scope };
        return read.push(source, named, Detail { marker: text.contains(" ;"), elsewhere: true });
    }
    let folder_path = address.split(['[', '#']).next().unwrap_or_default();
    let is_local = !address.contains("://") && !address.contains("${");
    let is_path = address.contains(['/', '\\', ':']) || address.starts_with('.');
    if is_local && is_path && inside(folder(source.path), folder_path).is_some() {
        return; // A part of this repository has a manifest of its own.
    }
    if !is_path {
        let message = format!("`{}` is no requirement", shown(address));
        return source.finding(line, message, "write it like `name>=1.2,<2`, as PEP 508 says");
    }
    let why = if is_local { "which is not in this repository" } else { "which does not say its name" };
    let message = format!(
        "it installs `{}`, {why}; that is not counted",
        shown(&crate::declare::without_user(address))
    );
    source.finding(line, message, "write it like `name @ address`");
}

fn egg_of(text: &str) -> &str {
    text.split(['&', '[', '=', '<', '>', ' ']).next().unwrap_or_default()
}
