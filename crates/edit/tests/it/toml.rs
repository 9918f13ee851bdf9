//! TOML.

use fleetwright_edit::Format::Toml;
use serde_json::json;

use crate::{refused, table};

const CARGO: &str = "\
# manifest
[package]
name = 'x' # the name
version = \"0.1.0\"

[dependencies]
serde = { version = \"1\", features = [\"derive\"] } # s
regex = \"1\"

[[bin]]
name = \"a\"

[[bin]]
name = \"b\" # second

[profile.release]
lto = true
features = [
    \"one\", # 1
    \"two\",
]
";

fn cargo_table(rows: &[(&str, &str, serde_json::Value, &str, &str)]) {
    let new: Vec<String> = rows
        .iter()
        .map(|row| {
            assert_eq!(CARGO.matches(row.3).count(), 1, "{}", row.3);
            CARGO.replace(row.3, row.4)
        })
        .collect();
    let rows: Vec<_> =
        rows.iter().zip(&new).map(|(row, new)| (row.0, row.1, row.2.clone(), CARGO, new.as_str())).collect();
    table(Toml, &rows);
    let crlf_old = CARGO.replace('\n', "\r\n");
    let crlf_new: Vec<String> = new.iter().map(|new| new.replace('\n', "\r\n")).collect();
    let crlf: Vec<_> = rows
        .iter()
        .zip(&crlf_new)
        .map(|(row, new)| (row.0, row.1, row.2.clone(), crlf_old.as_str(), new.as_str()))
        .collect();
    table(Toml, &crlf);
}

#[test]
fn edits_of_a_manifest() {
    cargo_table(&[
        ("set", "package.name", json!("y"), "'x'", "'y'"),
        ("set", "package.version", json!("0.2.0"), "0.1.0", "0.2.0"),
        ("set", "dependencies.serde.version", json!("2"), "version = \"1\"", "version = \"2\""),
        (
            "set",
            "dependencies.serde.optional",
            json!(true),
            "[\"derive\"] }",
            "[\"derive\"] , optional = true }",
        ),
        (
            "set",
            "dependencies.tokio",
            json!({"version": "1"}),
            "regex = \"1\"\n",
            "regex = \"1\"\n\n[dependencies.tokio]\nversion = \"1\"\n",
        ),
        ("set", "dependencies.tokio", json!("1"), "regex = \"1\"\n", "regex = \"1\"\ntokio = \"1\"\n"),
        ("set", "bin[name=b].name", json!("c"), "\"b\"", "\"c\""),
        (
            "set",
            "bin[*].name",
            json!("c"),
            "\"a\"\n\n[[bin]]\nname = \"b\"",
            "\"c\"\n\n[[bin]]\nname = \"c\"",
        ),
        ("delete", "package.version", json!(null), "version = \"0.1.0\"\n", ""),
        ("delete", "bin[0]", json!(null), "[[bin]]\nname = \"a\"\n\n", ""),
        (
            "append",
            "profile.release.features",
            json!("three"),
            "    \"two\",\n",
            "    \"two\",\n    \"three\",\n",
        ),
        ("append", "dependencies.serde.features", json!("rc"), "[\"derive\"]", "[\"derive\", \"rc\"]"),
        ("append", "bin", json!({"name": "c"}), "# second\n", "# second\n\n[[bin]]\nname = \"c\"\n"),
        (
            "merge",
            "",
            json!({"profile": {"release": {"lto": null, "debug": 1}}}),
            "lto = true\nfeatures = [\n    \"one\", # 1\n    \"two\",\n]\n",
            "features = [\n    \"one\", # 1\n    \"two\",\n]\ndebug = 1\n",
        ),
    ]);
}

#[test]
fn small_documents() {
    table(
        Toml,
        &[
            ("set", "a.b", json!(1), "", "[a]\nb = 1\n"),
            ("set", "a", json!(2), "a = 1", "a = 2"),
            ("set", "a", json!(2), "\u{feff}a = 1\r\n# c", "\u{feff}a = 2\r\n# c"),
            ("set", "a.b.c", json!(2), "a.b.c = 1 # x\n", "a.b.c = 2 # x\n"),
            ("set", "a", json!([]), "a = [1,\r\n 2]\nb = 1\r\n", "a = []\r\nb = 1\r\n"),
            ("set", "a", json!("x\ny"), "a = 1\r\nb = 2\r\n", "a = \"\"\"\r\nx\r\ny\"\"\"\r\nb = 2\r\n"),
            ("set", "d", json!("x"), "d = 1979-05-27 # d\n", "d = \"x\" # d\n"),
            ("delete", "b[*]", json!(null), "a = 1\n[[b]]\nc = 1\n[[b]]\n", "a = 1\nb= []\n"),
            ("set", "b", json!(1), "a = 1", "a = 1\nb = 1"),
        ],
    );
}

#[test]
fn refusals() {
    assert!(refused(Toml, "set", "a", json!(null), "a = 1").contains("TOML has no null"));
    assert!(refused(Toml, "set", "a", json!(1), "a = 1\na = 2\n").contains("line 2"));
    assert!(refused(Toml, "set", "a.b", json!(1), "a = 1\n").contains("'a' is a single value"));
}
