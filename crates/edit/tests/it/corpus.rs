//! Real files of this machine: how many edits are right, refused or wrong.
//!
//! `cargo test --release -p fleetwright-edit --test it -- --ignored --nocapture`; folders other
//! than the cargo registry and /usr in `FLEETWRIGHT_CORPUS`, separated by colons.

#![allow(clippy::print_stderr, reason = "a report of figures")]

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use fleetwright_edit::{DocumentEdit, EditError, Format};
use serde_json::{Value, json};

use crate::spec;

#[derive(Default)]
struct Score {
    files: usize,
    /// Files that one of the two parsers refuses.
    unread: usize,
    right: usize,
    refused: BTreeMap<String, usize>,
    wrong: Vec<String>,
    parse: BTreeMap<String, usize>,
}

impl Score {
    fn report(&self, name: &str) {
        let refused: usize = self.refused.values().sum();
        let all = (self.right + refused + self.wrong.len()).max(1);
        let percent = |count: usize| 100.0 * count as f64 / all as f64;
        eprintln!(
            "{name}: {} files, {} unread; {all} edits: {:.2} % right, {:.2} % refused ({refused}), {:.2} % wrong ({})",
            self.files,
            self.unread,
            percent(self.right),
            percent(refused),
            percent(self.wrong.len()),
            self.wrong.len()
        );
        for (reason, count) in
            self.refused.iter().chain(&self.parse).filter(|(_, count)| **count > 0).take(40)
        {
            eprintln!("    {count} x {reason}");
        }
        self.wrong.iter().take(10).for_each(|wrong| eprintln!("    WRONG {wrong}"));
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&entry.path(), found),
            Ok(kind) if kind.is_file() && entry.metadata().is_ok_and(|about| about.len() < 200_000) => {
                found.push(entry.path())
            }
            _ => {}
        }
    }
}

fn format_of(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()? {
        "yaml" | "yml" => Some(Format::Yaml),
        "json" => Some(Format::Json),
        "toml" => Some(Format::Toml),
        "xml" | "csproj" | "pom" | "svg" => Some(Format::Xml),
        _ => None,
    }
}

/// Reads by a parser or reader that the edited crate does not share.
fn read(format: Format, text: &str) -> Option<Value> {
    let text = text.trim_start_matches('\u{feff}');
    match format {
        Format::Json => serde_json::from_str(text).ok(),
        Format::Yaml => serde_saphyr::from_str(text).ok(),
        Format::Toml => Some(toml_json(text.parse::<toml_edit::DocumentMut>().ok()?.as_item())),
        Format::Xml => xml_json(text),
    }
}

fn toml_json(item: &toml_edit::Item) -> Value {
    use toml_edit::{Item, Value as Toml};
    match item {
        Item::Value(Toml::String(text)) => json!(text.value()),
        Item::Value(Toml::Array(list)) => {
            list.iter().map(|value| toml_json(&Item::Value(value.clone()))).collect()
        }
        Item::Value(Toml::InlineTable(table)) => table
            .iter()
            .map(|(key, value)| (key.to_owned(), toml_json(&Item::Value(value.clone()))))
            .collect(),
        Item::Value(value) => json!({"raw": value.to_string().trim()}),
        Item::Table(table) => table.iter().map(|(key, item)| (key.to_owned(), toml_json(item))).collect(),
        Item::ArrayOfTables(list) => {
            list.iter().map(|table| toml_json(&Item::Table(table.clone()))).collect()
        }
        Item::None => Value::Null,
    }
}

/// Elements as `{name: [{..., "#": text}]}`.
fn xml_json(text: &str) -> Option<Value> {
    use quick_xml::events::Event;
    let mut open = vec![(String::new(), json!({}))];
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                open.push((tag.name().as_ref().to_owned(), json!({"@": tag.attributes_raw().trim()})))
            }
            Event::Empty(tag) => {
                close(&mut open.last_mut()?.1, tag.name().as_ref(), json!({"@": tag.attributes_raw().trim()}))
            }
            Event::End(_) => {
                let (name, value) = open.pop()?;
                close(&mut open.last_mut()?.1, &name, value);
            }
            Event::Text(text) => push_text(&mut open.last_mut()?.1, &text),
            Event::CData(text) => push_text(&mut open.last_mut()?.1, &text),
            Event::GeneralRef(text) => push_text(&mut open.last_mut()?.1, &format!("&{};", &*text)),
            Event::Eof => return (open.len() == 1).then(|| open.pop().map(|(_, value)| value))?,
            _ => {}
        }
    }
}

fn close(parent: &mut Value, name: &str, value: Value) {
    let list = parent.as_object_mut().unwrap().entry(name).or_insert(json!([]));
    list.as_array_mut().unwrap().push(value);
}

fn push_text(parent: &mut Value, text: &str) {
    let old = parent["#"].as_str().unwrap_or_default().to_owned();
    let new = old + text.trim();
    if !new.is_empty() {
        parent["#"] = json!(new);
    }
}

/// Places (JSON pointer, path text) of single values; in XML of elements without children.
fn leaves(value: &Value, at: (String, String), format: Format, found: &mut Vec<(String, String)>) {
    let step = |key: &str, text: &str| {
        (format!("{}/{}", at.0, key.replace('~', "~0").replace('/', "~1")), format!("{}[{text}]", at.1))
    };
    match value {
        Value::Object(map) if format == Format::Toml && map.len() == 1 && map.contains_key("raw") => {
            found.push(at)
        }
        Value::Object(map) if format == Format::Xml && map.values().all(|value| !value.is_array()) => {
            found.push((at.0 + "/#", at.1))
        }
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| format != Format::Xml || !matches!(key.as_str(), "@" | "#"))
            .for_each(|(key, value)| leaves(value, step(key, &json!(key).to_string()), format, found)),
        Value::Array(list) => list.iter().enumerate().for_each(|(index, value)| {
            leaves(value, step(&index.to_string(), &index.to_string()), format, found)
        }),
        _ => found.push(at),
    }
}

fn put(root: &mut Value, pointer: &str, value: Value) -> Option<()> {
    let (parent, last) = pointer.rsplit_once('/')?;
    let last = last.replace("~1", "/").replace("~0", "~");
    match root.pointer_mut(parent)? {
        Value::Object(map) => drop(map.insert(last, value)),
        Value::Array(list) => *list.get_mut(last.parse::<usize>().ok()?)? = value,
        _ => return None,
    }
    Some(())
}

fn remove(root: &mut Value, pointer: &str) -> Option<()> {
    let (parent, last) = pointer.rsplit_once('/')?;
    match root.pointer_mut(parent)? {
        Value::Object(map) => drop(map.shift_remove(&last.replace("~1", "/").replace("~0", "~"))),
        Value::Array(list) => drop(list.remove(last.parse().ok()?)),
        _ => return None,
    }
    Some(())
}

fn lines_lost(old: &str, new: &str) -> usize {
    let mut left: BTreeMap<&str, isize> = BTreeMap::new();
    new.split_inclusive('\n').for_each(|line| *left.entry(line).or_default() += 1);
    let missing = old.split_inclusive('\n').filter(|line| {
        let count = left.entry(line).or_default();
        *count -= 1;
        *count < 0
    });
    missing.count()
}

fn judge(
    score: &mut Score,
    format: Format,
    (kind, path, value): (&str, &str, Value),
    text: &str,
    (expected, most): (&Value, usize),
) {
    let edit = DocumentEdit::compile(format, &spec(kind, path, value)).unwrap();
    match edit.apply(text) {
        Ok(Some(new)) if read(format, &new).as_ref() == Some(expected) && lines_lost(text, &new) <= most => {
            score.right += 1
        }
        Ok(None) if read(format, text).as_ref() == Some(expected) => score.right += 1,
        Ok(new) => score
            .wrong
            .push(format!("{kind} {path}: {} lines lost", new.map_or(0, |new| lines_lost(text, &new)))),
        Err(error) => {
            let shape = error.to_string().replace(path, "PATH");
            let shape: String = shape.chars().filter(|c| !c.is_ascii_digit()).take(150).collect();
            *score.refused.entry(format!("{kind}: {shape}")).or_default() += 1;
        }
    }
}

fn edit_file(score: &mut Score, format: Format, path: &Path, text: &str) {
    // The second opinion resolves merge keys, we take them as keys.
    let readable = Some(text).filter(|text| format != Format::Yaml || !text.contains("<<:"));
    let Some(old) = readable.and_then(|text| read(format, text)) else {
        score.unread += 1;
        return;
    };
    let ours = DocumentEdit::compile(format, &spec("delete", "nothing", json!(null))).unwrap();
    if let Err(error) = ours.apply(text) {
        score.unread += 1;
        let reason = match error {
            EditError::Syntax { reason, .. } => reason,
            other => format!("{other:?}").chars().take(60).collect(),
        };
        *score.parse.entry(format!("only we do not read it: {reason}")).or_default() += 1;
        return;
    }
    let mut places = Vec::new();
    leaves(&old, (String::new(), String::new()), format, &mut places);
    let step = places.len().div_ceil(5).max(1);
    let before = score.wrong.len();
    for (pointer, place) in places.iter().step_by(step).filter(|(_, place)| !place.is_empty()) {
        let value = old.pointer(pointer);
        let most = 12 + value.map_or(0, |value| value.to_string().matches("\\n").count());
        let mut expected = old.clone();
        if put(&mut expected, pointer, json!("new-value")).is_some() {
            judge(score, format, ("set", place, json!("new-value")), text, (&expected, most));
        }
        if format == Format::Xml {
            continue;
        }
        let mut expected = old.clone();
        if remove(&mut expected, pointer).is_some() {
            judge(score, format, ("delete", place, json!(null)), text, (&expected, most));
        }
        let Some((parent, _)) = pointer.rsplit_once('/') else { continue };
        let mut expected = old.clone();
        if expected.pointer(parent).is_some_and(Value::is_object)
            && put(&mut expected, &format!("{parent}/zz-new"), json!("x")).is_some()
        {
            let place = format!("{}[\"zz-new\"]", &place[..place.rfind('[').unwrap_or(0)].to_owned());
            if !pointer.ends_with(']') && !pointer.contains("[\\") {
                judge(score, format, ("set", &place, json!("x")), text, (&expected, most));
            }
        }
    }
    score.wrong[before..].iter_mut().for_each(|wrong| *wrong = format!("{} {wrong}", path.display()));
}

#[test]
#[ignore = "reads the files of this machine"]
fn real_files() {
    let home = std::env::var("HOME").unwrap_or_default();
    let folders = std::env::var("FLEETWRIGHT_CORPUS").unwrap_or(format!("{home}/.cargo/registry/src:/usr"));
    let mut found = Vec::new();
    folders.split(':').for_each(|folder| files(Path::new(folder), &mut found));
    let mut seen = HashSet::new();
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for path in found {
        let Some(format) = format_of(&path) else { continue };
        let score = scores.entry(format!("{format:?}")).or_default();
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        if score.files < 1_500 && seen.insert(text.clone()) {
            score.files += 1;
            edit_file(score, format, &path, &text);
        }
    }
    scores.iter().for_each(|(name, score)| score.report(name));
    let wrong: usize = scores.values().map(|score| score.wrong.len()).sum();
    let right: usize = scores.values().map(|score| score.right).sum();
    assert!(wrong * 200 <= right, "{wrong} wrong of {right}");
}
