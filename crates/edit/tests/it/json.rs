//! JSON, with comments and trailing commas.

use fleetwright_edit::Format::Json;
use serde_json::json;

use crate::{refused, table};

#[test]
fn set_replaces_only_the_value() {
    table(
        Json,
        &[
            ("set", "a", json!(2), "{\"a\":1,\"b\":[1, 2]}", "{\"a\":2,\"b\":[1, 2]}"),
            ("set", "a", json!(1), "{\"a\":1}", "{\"a\":1}"),
            ("set", "b[1]", json!("x\"é"), "{\"b\": [1, 2 /*c*/]}", "{\"b\": [1, \"x\\\"é\" /*c*/]}"),
            (
                "set",
                "b[*].v",
                json!(0),
                "{\"b\": [{\"v\":1},{\"w\":1},{\"v\":2}]}",
                "{\"b\": [{\"v\":0},{\"w\":1},{\"v\":0}]}",
            ),
            (
                "set",
                "b[n=x].v",
                json!(0),
                "{\"b\": [{\"n\":\"x\",\"v\":1},{\"n\":\"y\",\"v\":1}]}",
                "{\"b\": [{\"n\":\"x\",\"v\":0},{\"n\":\"y\",\"v\":1}]}",
            ),
            ("set", "a[\"x.y\"]", json!(null), "{\"a\": {\"x.y\": 1}} ", "{\"a\": {\"x.y\": null}} "),
            (
                "set",
                "a",
                json!({"x": [1, {"y": 2}]}),
                "{\n\t\"a\": 1,\r\n\t\"b\": 2\n}",
                "{\n\t\"a\": {\n\t\t\"x\": [\n\t\t\t1,\n\t\t\t{\n\t\t\t\t\"y\": 2\n\t\t\t}\n\t\t]\n\t},\r\n\t\"b\": 2\n}",
            ),
            ("set", "a", json!([3]), "{\n  \"a\": [1, 2]\n}\n", "{\n  \"a\": [3]\n}\n"),
            ("set", "a", json!(2), "\u{feff}{\"a\": 1}", "\u{feff}{\"a\": 2}"),
        ],
    );
}

#[test]
fn set_adds_what_is_missing() {
    table(
        Json,
        &[
            (
                "set",
                "c",
                json!(3),
                "{\n  \"a\": 1, // one\n  \"b\": 2 // two\n}\n",
                "{\n  \"a\": 1, // one\n  \"b\": 2, // two\n  \"c\": 3\n}\n",
            ),
            (
                "set",
                "c",
                json!(3),
                "{\r\n    \"b\": 2, // two\r\n    // end\r\n}",
                "{\r\n    \"b\": 2, // two\r\n    \"c\": 3,\r\n    // end\r\n}",
            ),
            ("set", "c", json!(3), "{ \"b\": 2 }", "{ \"b\": 2, \"c\": 3 }"),
            ("set", "c", json!(3), "{}", "{\n  \"c\": 3\n}"),
            ("set", "c.d", json!(3), "", "{\n  \"c\": {\n    \"d\": 3\n  }\n}\n"),
            ("set", "c.d", json!(3), "{\n  \"c\": {}\n}\n", "{\n  \"c\": {\n    \"d\": 3\n  }\n}\n"),
            (
                "set",
                "c.d",
                json!([]),
                "{\n  \"c\": {\n    // nothing yet\n  }\n}\n",
                "{\n  \"c\": {\n    // nothing yet\n    \"d\": []\n  }\n}\n",
            ),
            (
                "set",
                "c.d.e",
                json!(true),
                "{\n  \"a\": 1}",
                "{\n  \"a\": 1,\n  \"c\": {\n    \"d\": {\n      \"e\": true\n    }\n  }}",
            ),
            ("set", "x[*].d", json!(3), "{}", "{}"),
            ("set", "c", json!(3), "{\"a\":{\"b\":1}}\n", "{\"a\":{\"b\":1}, \"c\": 3}\n"),
        ],
    );
}

#[test]
fn delete_takes_the_line_or_the_entry() {
    let none = json!(null);
    let lines = "{\n  \"a\": 1, // one\n  // two:\n  \"b\": 2, // two\n  \"c\": 3 // three\n}\n";
    table(
        Json,
        &[
            (
                "delete",
                "a",
                none.clone(),
                lines,
                "{\n  // two:\n  \"b\": 2, // two\n  \"c\": 3 // three\n}\n",
            ),
            (
                "delete",
                "b",
                none.clone(),
                lines,
                "{\n  \"a\": 1, // one\n  // two:\n  \"c\": 3 // three\n}\n",
            ),
            ("delete", "c", none.clone(), lines, "{\n  \"a\": 1, // one\n  // two:\n  \"b\": 2 // two\n}\n"),
            ("delete", "d.e", none.clone(), lines, lines),
            ("delete", "a", none.clone(), "{\"a\":1,\"b\":2}", "{\"b\":2}"),
            ("delete", "b", none.clone(), "{\"a\":1,\"b\":2}", "{\"a\":1}"),
            ("delete", "b", none.clone(), "{\"a\":1, \"b\":2,}", "{\"a\":1,}"),
            ("delete", "a", none.clone(), "{ \"a\":1 }", "{}"),
            ("delete", "a[*]", none.clone(), "{\"a\": [1, 2,\n 3]}", "{\"a\": []}"),
            ("delete", "a[=x]", none.clone(), "{\"a\": [\"x\", 1, \"x\", \"x\"]}", "{\"a\": [1]}"),
            ("delete", "a[0]", none.clone(), "{\"a\": [\n  1,\n  2,\n]}", "{\"a\": [\n  2,\n]}"),
            ("delete", "a[1]", none, "{\"a\": [\n  1,\n  2,\n]}", "{\"a\": [\n  1,\n]}"),
        ],
    );
}

#[test]
fn merge_and_append() {
    table(
        Json,
        &[
            (
                "merge",
                "",
                json!({"a": {"b": null, "c": 2}, "d": null}),
                "{\n  \"a\": {\n    \"b\": 1\n  },\n  \"d\": 4\n}\n",
                "{\n  \"a\": {\n    \"c\": 2\n  }\n}\n",
            ),
            ("merge", "", json!({"a.b": 1}), "{\"a.b\": 2}", "{\"a.b\": 1}"),
            ("append", "k", json!("b"), "{\"k\": [\"a\"]}", "{\"k\": [\"a\", \"b\"]}"),
            (
                "append",
                "k",
                json!(["a", "b", "c", "b"]),
                "{\n  \"k\": [\n    \"a\"\n  ]\n}",
                "{\n  \"k\": [\n    \"a\",\n    \"b\",\n    \"c\"\n  ]\n}",
            ),
            ("append", "k", json!("a"), "{\"k\": [\"a\"]}", "{\"k\": [\"a\"]}"),
            (
                "append",
                "k.l",
                json!("a"),
                "{\n  \"x\": 1\n}",
                "{\n  \"x\": 1,\n  \"k\": {\n    \"l\": [\n      \"a\"\n    ]\n  }\n}",
            ),
            (
                "append",
                "k",
                json!("b"),
                "{\"k\": [\n  \"a\", // x\n]}",
                "{\"k\": [\n  \"a\", // x\n  \"b\",\n]}",
            ),
        ],
    );
}

#[test]
fn errors_name_path_and_place() {
    let error = refused(Json, "set", "a.b", json!(1), "{\"a\": 1}");
    assert!(
        error.contains("'a.b' does not fit the document, line 1, column 7: 'a' is a single value"),
        "{error}"
    );
    let error = refused(Json, "set", "a", json!(1), "{\n  \"a\": 1,\n  \"b\" 2}");
    assert!(error.contains("not valid JSON, line 3, column"), "{error}");
    let error = refused(Json, "set", "a", json!(2), "{\"a\": 1,\n \"a\": 1}");
    assert!(
        error.contains("'a' stands twice in one mapping, the second time at line 2, column 2"),
        "{error}"
    );
    assert!(refused(Json, "set", "a[", json!(2), "{}").contains("column 3"));
    assert!(refused(Json, "append", "a", json!(2), "{\"a\": {}}").contains("expected a list to append to"));
    assert!(refused(Json, "set", "a", json!(2), "[]").contains("the document is a list of 0"));
}
