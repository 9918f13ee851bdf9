//! YAML: block and flow style, several documents, anchors.

use fleetwright_edit::Format::Yaml;
use fleetwright_edit::{DocumentEdit, EditSpec};
use serde_json::json;

use crate::{refused, table};

const POD: &str = "\
# a pod
apiVersion: v1   # version
kind: Pod
metadata:
  name: 'web'
  labels:
    app.kubernetes.io/name: web # label
spec:
  containers:
  - name: web
    image: \"app:1\"   # pinned
    args: [--a, \"--b\"]

  # the sidecar
  - image: side:1
    name: side
on:
  push:
    branches: [main]
text: |
  one
   two

# the end
";

/// The pod with one piece replaced.
fn pod(from: &str, to: &str) -> String {
    assert_eq!(POD.matches(from).count(), 1, "{from}");
    POD.replace(from, to)
}

fn pod_table(rows: &[(&str, &str, serde_json::Value, &str, &str)]) {
    let new: Vec<String> = rows.iter().map(|row| pod(row.3, row.4)).collect();
    let rows: Vec<_> =
        rows.iter().zip(&new).map(|(row, new)| (row.0, row.1, row.2.clone(), POD, new.as_str())).collect();
    table(Yaml, &rows);
    let crlf_old = POD.replace('\n', "\r\n");
    let crlf_new: Vec<String> = new.iter().map(|new| new.replace('\n', "\r\n")).collect();
    let crlf: Vec<_> = rows
        .iter()
        .zip(&crlf_new)
        .map(|(row, new)| (row.0, row.1, row.2.clone(), crlf_old.as_str(), new.as_str()))
        .collect();
    table(Yaml, &crlf);
}

#[test]
fn set_replaces_only_the_value() {
    pod_table(&[
        ("set", "spec.containers[0].image", json!("app:2"), "\"app:1\"", "\"app:2\""),
        ("set", "spec.containers[name=side].image", json!("side:2"), "side:1", "side:2"),
        ("set", "metadata.name", json!("it's"), "'web'", "'it''s'"),
        ("set", "metadata.labels[\"app.kubernetes.io/name\"]", json!("yes"), ": web #", ": \"yes\" #"),
        ("set", "metadata.name", json!(7), "'web'", "7"),
        ("set", "kind", json!("a: b"), "Pod", "\"a: b\""),
        ("set", "kind", json!("a\nb"), "Pod", "|-\n  a\n  b"),
        ("set", "on.push.branches[0]", json!("a, b"), "[main]", "[\"a, b\"]"),
        ("set", "on.push.branches", json!(["x", "z"]), "[main]", "[x, z]"),
        ("set", "text", json!("new\n"), "|\n  one\n   two\n", "|\n  new\n"),
        ("set", "text", json!("new"), "|\n  one\n   two\n", "new\n"),
        (
            "set",
            "spec.containers[1]",
            json!({"name": "x", "env": [{"a": 1}]}),
            "- image: side:1\n    name: side\n",
            "- name: x\n    env:\n    - a: 1\n",
        ),
        ("set", "kind", json!({"a": {"b": []}}), "kind: Pod\n", "kind:\n  a:\n    b: []\n"),
        ("set", "apiVersion", json!(["x"]), "apiVersion: v1   # version\n", "apiVersion:   # version\n- x\n"),
        (
            "set",
            "metadata.labels",
            json!("none"),
            "labels:\n    app.kubernetes.io/name: web # label",
            "labels: none # label",
        ),
    ]);
}

#[test]
fn set_adds_what_is_missing() {
    pod_table(&[
        ("set", "metadata.labels.tier", json!("1"), "web # label\n", "web # label\n    tier: \"1\"\n"),
        (
            "set",
            "metadata.annotations[\"x/y\"]",
            json!("z"),
            "web # label\n",
            "web # label\n  annotations:\n    x/y: z\n",
        ),
        (
            "set",
            "spec.containers[0].ports",
            json!([{"port": 80}]),
            "\"--b\"]\n",
            "\"--b\"]\n    ports:\n    - port: 80\n",
        ),
        ("set", "spec.replicas", json!(3), "    name: side\n", "    name: side\n  replicas: 3\n"),
        ("set", "off", json!(null), "   two\n", "   two\n\"off\": null\n"),
        ("append", "spec.containers[0].args", json!("--c"), "\"--b\"]", "\"--b\", \"--c\"]"),
        (
            "append",
            "spec.containers",
            json!({"name": "x", "image": "v"}),
            "    name: side\n",
            "    name: side\n  - name: x\n    image: v\n",
        ),
        (
            "append",
            "on.push.tags",
            json!(["v*"]),
            "branches: [main]\n",
            "branches: [main]\n    tags:\n    - v*\n",
        ),
    ]);
}

#[test]
fn delete_takes_lines() {
    let none = json!(null);
    pod_table(&[
        ("delete", "apiVersion", none.clone(), "apiVersion: v1   # version\n", ""),
        (
            "delete",
            "metadata.labels",
            none.clone(),
            "  labels:\n    app.kubernetes.io/name: web # label\n",
            "",
        ),
        (
            "delete",
            "metadata.labels[\"app.kubernetes.io/name\"]",
            none.clone(),
            "labels:\n    app.kubernetes.io/name: web # label",
            "labels: {} # label",
        ),
        ("delete", "spec.containers[0].name", none.clone(), "- name: web\n    image", "- image"),
        ("delete", "spec.containers[1]", none.clone(), "  - image: side:1\n    name: side\n", ""),
        (
            "delete",
            "spec.containers[0]",
            none.clone(),
            "  - name: web\n    image: \"app:1\"   # pinned\n    args: [--a, \"--b\"]\n",
            "",
        ),
        (
            "delete",
            "spec.containers[*].image",
            none.clone(),
            "    image: \"app:1\"   # pinned\n    args: [--a, \"--b\"]\n\n  # the sidecar\n  - image: side:1\n    name",
            "    args: [--a, \"--b\"]\n\n  # the sidecar\n  - name",
        ),
        ("delete", "text", none.clone(), "text: |\n  one\n   two\n", ""),
        ("delete", "spec.containers[0].args[1]", none, "[--a, \"--b\"]", "[--a]"),
    ]);
}

#[test]
fn small_documents() {
    let none = json!(null);
    table(
        Yaml,
        &[
            ("set", "a.b", json!(1), "", "a:\n  b: 1\n"),
            ("set", "a", json!(1), "# only a comment", "# only a comment\na: 1\n"),
            ("set", "a", json!(1), "---\n", "---\na: 1\n"),
            ("set", "a", json!(1), "{}\n", "{a: 1}\n"),
            ("set", "a", json!(2), "a: 1", "a: 2"),
            ("set", "b", json!(2), "a: 1", "a: 1\nb: 2"),
            ("set", "b", json!(2), "\u{feff}a: 1\r\n", "\u{feff}a: 1\r\nb: 2\r\n"),
            ("set", "a", json!("x"), "a:\nb: 1\n", "a: x\nb: 1\n"),
            ("set", "a", json!("x"), "a: # c\nb: 1\n", "a: x # c\nb: 1\n"),
            ("set", "a.x", json!(1), "a: # c\nb: 1\n", "a: # c\n  x: 1\nb: 1\n"),
            ("set", "l[1]", json!("x"), "l:\n-\n-\n- 1\n", "l:\n-\n- x\n- 1\n"),
            ("set", "l[0][1]", json!(9), "l:\n- - 1\n  - 2\n- 3\n", "l:\n- - 1\n  - 9\n- 3\n"),
            ("delete", "l[0][0]", none.clone(), "l:\n- - 1\n  - 2\n- 3\n", "l:\n- - 2\n- 3\n"),
            ("delete", "a", none.clone(), "a: 1\n", "{}\n"),
            ("delete", "b", none.clone(), "a: 1\nb: 2", "a: 1"),
            ("delete", "a.b", none.clone(), "a:\n  # c\n  b: 1\nc: 1\n", "a:\n  # c\n  {}\nc: 1\n"),
            ("delete", "l[*]", none.clone(), "l:\n- 1\n- 2\nc: 1\n", "l: []\nc: 1\n"),
            (
                "delete",
                "l.m[*]",
                none.clone(),
                "l:\n  m:\n  # c\n  - 1\n  - 2\nc: 1\n",
                "l:\n  m:\n  # c\n    []\nc: 1\n",
            ),
            ("delete", "l[=2]", none.clone(), "l:\n- 1\n- 2 # two\n- 3\n- 2\n", "l:\n- 1\n- 3\n"),
        ],
    );
    table(
        Yaml,
        &[
            ("set", "s", json!("n"), "s: 'x'\nt: >-\n  a\n  b\n", "s: 'n'\nt: >-\n  a\n  b\n"),
            ("set", "t", json!("a b"), "t: >-\n  a\n  b\n", "t: >-\n  a\n  b\n"),
            ("append", "k", json!("b"), "k:\n  - a # c\nz: 1\n", "k:\n  - a # c\n  - b\nz: 1\n"),
            ("append", "k", json!("b"), "k:\n- 'a'", "k:\n- 'a'\n- 'b'"),
            ("append", "k", json!("b"), "k: []\n", "k: [b]\n"),
            ("append", "k", json!("b"), "k:\n", "k:\n  - b\n"),
            ("merge", "", json!({"a": {"b": 2, "c": null}}), "a: {b: 1, c: 2}\n", "a: {b: 2}\n"),
            ("set", "a", json!(2), "a: !!str 1\n", "a: 2\n"),
            ("set", "a", json!("q"), "a: !Ref x\nb: !Sub 'y'\n", "a: q\nb: !Sub 'y'\n"),
            ("set", "a", json!("\tx"), "a:\t1\t# tab\n", "a:\t\"\\tx\"\t# tab\n"),
        ],
    );
}

#[test]
fn flow_style() {
    table(
        Yaml,
        &[
            ("set", "a.b", json!("x y"), "a: {b: 1, c: [1,2]} # c\n", "a: {b: x y, c: [1,2]} # c\n"),
            ("set", "a.d", json!({"e": ["f: g"]}), "a: {b: 1}\n", "a: {b: 1, d: {e: [\"f: g\"]}}\n"),
            ("set", "a.d", json!(1), "a: {\n  b: 1, # one\n}\n", "a: {\n  b: 1, # one\n  d: 1,\n}\n"),
            ("set", "a.b", json!(1), "a: {b, c: 2}\n", "a: {b: 1, c: 2}\n"),
            ("set", "a.b", json!(1), "a: {b: , c: 2}\n", "a: {b: 1 , c: 2}\n"),
            (
                "delete",
                "a.b",
                json!(null),
                "a: {\n  b: 1, # one\n  c: 2 # two\n}\n",
                "a: {\n  c: 2 # two\n}\n",
            ),
            (
                "delete",
                "a.c",
                json!(null),
                "a: {\n  b: 1, # one\n  c: 2 # two\n}\n",
                "a: {\n  b: 1 # one\n}\n",
            ),
        ],
    );
}

#[test]
fn several_documents() {
    let two = "a: {b: 1}\n---\n# second\na:\n  b: 1\n---\nc: 1\n";
    table(
        Yaml,
        &[
            ("set", "a.b", json!(2), two, "a: {b: 2}\n---\n# second\na:\n  b: 2\n---\nc: 1\n"),
            ("set", "a.c", json!(2), two, "a: {b: 1, c: 2}\n---\n# second\na:\n  b: 1\n  c: 2\n---\nc: 1\n"),
            ("set", "x.y", json!(2), two, two),
            ("delete", "c", json!(null), two, "a: {b: 1}\n---\n# second\na:\n  b: 1\n---\n{}\n"),
            ("set", "z", json!(2), "a: 1\n...\n---\nb: 1\n...\n", "a: 1\nz: 2\n...\n---\nb: 1\nz: 2\n...\n"),
        ],
    );
}

/// Sets `path` to 3 in the documents that are picked.
fn picked(pick: serde_json::Value, path: &str, text: &str) -> Option<String> {
    let mut spec = EditSpec { pick: pick.as_object().unwrap().clone(), ..EditSpec::default() };
    spec.set.insert(path.to_owned(), json!(3));
    DocumentEdit::compile(Yaml, &spec).unwrap().apply(text).unwrap()
}

#[test]
fn of_several_documents_some_are_picked() {
    let all = "# all of the web\nkind: Service\nmetadata: {name: web}\nspec: {replicas: 1}\n---\nkind: Deployment # runs\n\
        metadata:\n  name: web   # the front\nspec:\n  replicas: 1 # few\n---\n\
        # behind\nkind: Deployment\nmetadata: {name: api}\n---\n";
    let web = json!({ "kind": "Deployment", "metadata.name": "web" });
    let expected = all.replace("replicas: 1 # few", "replicas: 3 # few");
    assert_eq!(picked(web.clone(), "spec.replicas", all).as_ref(), Some(&expected));
    assert_eq!(picked(web, "spec.replicas", &expected), None);
    // A picked document is edited as if it were alone: what is missing is made, and in no other.
    let expected = all.replace("{name: api}\n", "{name: api}\nspec:\n  replicas: 3\n");
    assert_eq!(picked(json!({ "metadata.name": "api" }), "spec.replicas", all), Some(expected));
    assert_eq!(picked(json!({ "kind": "Deployment", "metadata.name": "db" }), "spec.replicas", all), None);
    // The pick is about the documents as they were, also where the edit changes what they are picked by.
    let mut spec = EditSpec::default();
    spec.pick.insert("kind".into(), json!("Service"));
    spec.delete.push("kind".into());
    spec.set.insert("type".into(), json!("x"));
    let edited = DocumentEdit::compile(Yaml, &spec).unwrap().apply(all).unwrap().unwrap();
    let expected = all.replace("kind: Service\n", "").replace("{replicas: 1}\n", "{replicas: 1}\ntype: x\n");
    assert_eq!(edited, expected);
}

#[test]
fn anchors_and_oddities_are_refused_rather_than_broken() {
    let anchored = "a: &x foo\nb: *x\nc: &y {d: 1}\ne: *y\nf: &z 1\n";
    assert!(
        refused(Yaml, "set", "a", json!("bar"), anchored)
            .contains("'b' would not have the expected value (aliases")
    );
    assert!(
        refused(Yaml, "set", "c.d", json!(2), anchored)
            .contains("'e.d' would not have the expected value (aliases")
    );
    assert!(refused(Yaml, "set", "e.d", json!(2), anchored).contains("behind an alias"));
    assert!(refused(Yaml, "delete", "a", json!(2), anchored).contains("would not parse"));
    table(
        Yaml,
        &[
            ("set", "f", json!(2), anchored, &anchored.replace("&z 1", "&z 2")),
            ("set", "b", json!("bar"), anchored, &anchored.replace("b: *x", "b: bar")),
            ("set", "x.k", json!(1), "b: &b {k: 0}\nx:\n  <<: *b\n", "b: &b {k: 0}\nx:\n  <<: *b\n  k: 1\n"),
        ],
    );
    assert!(refused(Yaml, "set", "a", json!(2), "a: 1\na: 2\n").contains("stands twice"));
    assert!(refused(Yaml, "set", "a", json!(2), "a: [1\nb: 2\n").contains("not valid YAML"));
    assert!(refused(Yaml, "set", "a.b", json!(2), "a: &a {b: [*a]}\n").contains("aliases"));
}
