//! Random documents: the value is as expected and no other line changes.

use fleetwright_edit::{DocumentEdit, Format};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::spec;

/// A place in a random document: keys and indexes.
type Place = Vec<Value>;

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        "[a-zA-Z0-9 .:/#'\"\\[\\]{},&*!|>%@_é-]{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "on",
            "1.0",
            "null",
            "~",
            "2024-01-01",
            "- a",
            "a: b",
            "x #y",
            "<b>&amp;",
            "a\nb\n",
            "a\n  b"
        ])
        .prop_map(Value::from),
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,3}",
        prop::sample::select(vec!["on", "a.b/c", "x y", "1", "é"]).prop_map(str::to_owned)
    ]
}

fn mapping(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::collection::vec((key(), inner), 1..4)
        .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>()))
}

fn document() -> impl Strategy<Value = Value> {
    let inner = scalar().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![prop::collection::vec(inner.clone(), 1..4).prop_map(Value::Array), mapping(inner)]
    });
    mapping(inner)
}

/// Every place of the document that holds a single value.
fn leaves(value: &Value, at: &Place, found: &mut Vec<Place>) {
    let below = |step: Value| at.iter().cloned().chain([step]).collect::<Place>();
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| leaves(value, &below(json!(key)), found)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| leaves(value, &below(json!(index)), found))
        }
        _ => found.push(at.clone()),
    }
}

fn path(place: &Place) -> String {
    place.iter().map(|step| format!("[{step}]")).collect()
}

fn pointer(place: &Place) -> String {
    place.iter().fold(String::new(), |text, step| {
        let step =
            step.as_str().map_or_else(|| step.to_string(), |key| key.replace('~', "~0").replace('/', "~1"));
        text + "/" + &step
    })
}

/// YAML in block style, flow style and both quotes, chosen by `seed`, a comment on every line.
fn yaml(value: &Value, column: usize, seed: &mut u32, out: &mut String) {
    *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    let pad = " ".repeat(column);
    match value {
        _ if *seed >> 29 == 0 => *out += &format!(" {value} # c {seed}\n"),
        Value::Object(map) => {
            *out += " # map\n";
            for (key, value) in map {
                *out += &format!("{pad}# before\n{pad}{}:", json!(key));
                yaml(value, column + 2, seed, out);
            }
        }
        Value::Array(list) => {
            *out += "\n";
            for value in list {
                *out += &format!("{pad}-");
                yaml(value, column + 3, seed, out);
            }
        }
        Value::String(text) if !text.contains('\n') && *seed >> 31 == 0 => {
            *out += &format!(" '{}' # c\n", text.replace('\'', "''"))
        }
        Value::String(text) if text.ends_with("b\n") && *seed >> 30 == 2 => {
            *out += &format!(" |\n{pad} {}\n\n", text.trim_end().replace('\n', &format!("\n{pad} ")))
        }
        value => *out += &format!(" {value}   # c\n"),
    }
}

/// JSON with a comment behind every line.
fn json_text(value: &Value) -> String {
    let pretty = serde_json::to_string_pretty(value).unwrap();
    pretty.lines().map(|line| format!("{line} // c\n")).collect()
}

/// XML: keys as attributes, elements `m`, `l`, `v`.
fn xml(value: &Value, name: &str, pad: &str, out: &mut String) {
    match value {
        Value::Object(map) => {
            *out += &format!("{pad}<{name}>\n{pad} <!-- c -->\n");
            for (index, value) in map.values().enumerate() {
                xml(value, &format!("k{index}"), &format!("{pad}  "), out);
            }
            *out += &format!("{pad}</{name}>\n");
        }
        Value::Array(list) => list.iter().for_each(|value| xml(value, name, pad, out)),
        value => {
            *out += &format!(
                "{pad}<{name} n = '1'>{}</{name}> <!-- c -->\n",
                json!(value.to_string()).to_string().replace(['&', '<', '"', '\\'], "").trim()
            )
        }
    }
}

/// Lines that the two texts do not begin or end with in common.
fn touched<'a>(old: &'a str, new: &'a str) -> (Vec<&'a str>, Vec<&'a str>) {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let head = old.iter().zip(&new).take_while(|(left, right)| left == right).count();
    let most = old.len().min(new.len()) - head;
    let tail =
        old.iter().rev().zip(new.iter().rev()).take_while(|(left, right)| left == right).count().min(most);
    (old[head..old.len() - tail].to_vec(), new[head..new.len() - tail].to_vec())
}

fn apply(format: Format, kind: &str, path: &str, value: &Value, text: &str) -> Option<String> {
    let edit = DocumentEdit::compile(format, &spec(kind, path, value.clone())).unwrap();
    edit.apply(text).unwrap_or_else(|error| panic!("{kind} {path} = {value}: {error}\n{text}"))
}

/// Reads with a parser that the crate does not use for this format.
fn second_opinion(format: Format, text: &str) -> Value {
    match format {
        Format::Yaml => serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}")),
        _ => serde_json::from_str(&text.replace(" // c\n", "\n"))
            .unwrap_or_else(|error| panic!("{error}\n{text}")),
    }
}

fn check(format: Format, text: &str, old: &Value, (pick, new): (usize, &Value)) {
    let mut places = Vec::new();
    leaves(old, &Vec::new(), &mut places);
    let place = &places[pick % places.len()];
    let mut expected = old.clone();
    *expected.pointer_mut(&pointer(place)).unwrap() = new.clone();
    let found = apply(format, "set", &path(place), new, text).unwrap_or_else(|| text.to_owned());
    assert_eq!(second_opinion(format, &found), expected, "set {} = {new}\n{text}\n{found}", path(place));
    let (removed, added) = touched(text, &found);
    let lines = |value: &Value| value.as_str().map_or(1, |text| text.lines().count() + 2);
    let old_value = old.pointer(&pointer(place)).unwrap();
    assert!(removed.len() <= lines(old_value) && added.len() <= lines(new), "{removed:?} {added:?}");
    if let Some(gone) = apply(format, "delete", &path(place), &json!(null), text) {
        let (_, added) = touched(text, &gone);
        assert!(added.len() <= 2, "delete {}\n{added:?}\n{text}\n{gone}", path(place));
    }
    let crlf = text.replace('\n', "\r\n");
    let crlf_found = apply(format, "set", &path(place), new, &crlf).unwrap_or(crlf);
    assert_eq!(crlf_found, found.replace('\n', "\r\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn yaml_documents(old in document(), pick: usize, new in scalar(), mut seed: u32) {
        let mut text = String::from("---");
        yaml(&old, 0, &mut seed, &mut text);
        assert_eq!(second_opinion(Format::Yaml, &text), old, "the test writes right YAML: {text}");
        check(Format::Yaml, &text, &old, (pick, &new));
    }

    #[test]
    fn json_documents(old in document(), pick: usize, new in scalar()) {
        check(Format::Json, &json_text(&old), &old, (pick, &new));
    }

    #[test]
    fn toml_documents(old in document(), pick: usize, new in scalar()) {
        let mut text = String::from("# first\n");
        for (key, value) in old.as_object().unwrap() {
            let value: toml_edit::Value = toml_value(value);
            text += &format!("{} = {} # c\n", json!(key), value.to_string().trim());
        }
        let mut places = Vec::new();
        leaves(&old, &Vec::new(), &mut places);
        let place = &places[pick % places.len()];
        let found = apply(Format::Toml, "set", &path(place), &new, &text).unwrap_or_else(|| text.clone());
        let mut expected = old.clone();
        *expected.pointer_mut(&pointer(place)).unwrap() = new;
        let read: toml_edit::DocumentMut = found.parse().unwrap();
        for (key, value) in expected.as_object().unwrap() {
            let shown = |value: toml_edit::Value| plain(value).to_string();
            assert_eq!(shown(read[key.as_str()].as_value().unwrap().clone()), shown(toml_value(value)), "{found}");
        }
        let (removed, _) = touched(&text, &found);
        assert!(removed.len() <= 5, "{removed:?}");
    }

    #[test]
    fn xml_documents(old in document(), pick: usize, new in "[a-z<>&\"']{1,8}") {
        let mut text = String::from("<?xml version='1.0'?>\n");
        xml(&old, "root", "", &mut text);
        let elements: Vec<&str> = text.lines().filter(|line| line.contains("n = '1'")).collect();
        let line = elements[pick % elements.len()];
        let at = text.lines().position(|other| std::ptr::eq(other, line)).unwrap();
        let path = xml_path(&text, at);
        let found = apply(Format::Xml, "set", &path, &json!(new), &text).unwrap_or_else(|| text.clone());
        let (start, rest) = line.split_once('>').unwrap();
        // The same text may be there already, less escaped.
        prop_assume!(!rest.starts_with(&format!("{new}</")));
        let escaped = new.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let kept = &rest[rest.find("</").unwrap()..];
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines[at] = format!("{start}>{escaped}{kept}");
        assert_eq!(found.trim_end(), lines.join("\n"));
    }
}

fn toml_value(value: &Value) -> toml_edit::Value {
    match value {
        Value::Bool(boolean) => (*boolean).into(),
        Value::Number(number) => number.as_i64().unwrap().into(),
        Value::String(text) => text.as_str().into(),
        Value::Array(list) => toml_edit::Value::Array(list.iter().map(toml_value).collect()),
        Value::Object(map) => toml_edit::Value::InlineTable(
            map.iter().map(|(key, value)| (key.clone(), toml_value(value))).collect(),
        ),
        Value::Null => unreachable!("no null in the documents"),
    }
}

/// Without blanks, comments and quoting style.
fn plain(value: toml_edit::Value) -> Value {
    match value {
        toml_edit::Value::String(text) => json!(text.value()),
        toml_edit::Value::Integer(number) => json!(number.value()),
        toml_edit::Value::Boolean(boolean) => json!(boolean.value()),
        toml_edit::Value::Array(list) => Value::Array(list.into_iter().map(plain).collect()),
        toml_edit::Value::InlineTable(table) => {
            Value::Object(table.into_iter().map(|(key, value)| (key.to_string(), plain(value))).collect())
        }
        other => json!(other.to_string()),
    }
}

/// The path of the element that starts on a line, by indentation.
fn xml_path(text: &str, at: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let name =
        |line: &str| line.trim_start().trim_start_matches('<').split([' ', '>']).next().unwrap().to_owned();
    let opens = |line: &str| {
        line.trim_start().starts_with('<')
            && !line.trim_start().starts_with("</")
            && !line.contains("<!-- c -->\n")
            && !line.trim_start().starts_with("<!")
            && !line.starts_with("<?")
    };
    let mut steps = Vec::new();
    let mut line = at;
    loop {
        let depth = indent(lines[line]);
        let parent = (0..line).rev().find(|other| opens(lines[*other]) && indent(lines[*other]) < depth);
        let from = parent.map_or(0, |parent| parent + 1);
        let same = (from..line)
            .filter(|other| {
                opens(lines[*other])
                    && indent(lines[*other]) == depth
                    && name(lines[*other]) == name(lines[line])
            })
            .count();
        steps.push(format!("{}[{same}]", name(lines[line])));
        match parent {
            Some(parent) => line = parent,
            None => break,
        }
    }
    steps.reverse();
    steps.join(".")
}
