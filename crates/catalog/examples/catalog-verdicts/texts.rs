//! YAML as people write it, references and filters.

/// A name, and a file's text.
pub(crate) const TEXTS: [(&str, &str); 34] = [
    ("empty", ""),
    ("a comment", "# nothing\n"),
    ("marks only", "---\n---\n...\n"),
    ("null", "~\n"),
    ("a list", "- a\n"),
    ("a word", "hello\n"),
    ("good", DOMAIN),
    (
        "two",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: b}\n---\napiVersion: \
        backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: c}\nspec: {owner: b}\n",
    ),
    (
        "bad then good",
        "a: [\n---\napiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: b}\n",
    ),
    (
        "on the mark's line",
        "--- {apiVersion: backstage.io/v1alpha1, kind: Domain, metadata: {name: a}, spec: {owner: b}}\n",
    ),
    (
        "directive",
        "%YAML 1.2\n---\napiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: b}\n",
    ),
    (
        "byte order mark",
        "\u{feff}apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: b}\n",
    ),
    (
        "lines end in cr lf",
        "apiVersion: backstage.io/v1alpha1\r\nkind: Domain\r\nmetadata:\r\n  name: a\r\nspec:\r\n  owner: b\r\n",
    ),
    (
        "key twice",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nkind: Domain\nmetadata: {name: a}\nspec: {owner: b}\n",
    ),
    ("tab", "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata:\n\tname: a\nspec: {owner: b}\n"),
    (
        "merge key",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {<<: {owner: b}}\n",
    ),
    ("alias", "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: &a a}\nspec: {owner: *a}\n"),
    (
        "alias of nothing",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: *a}\n",
    ),
    (
        "owner yes",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: yes, type: NO}\n",
    ),
    (
        "owner true",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: True}\n",
    ),
    (
        "owner 1_000",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: 1_000}\n",
    ),
    (
        "owner 0o7",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: 0o7}\n",
    ),
    (
        "owner 0777",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: 0777}\n",
    ),
    (
        "owner a date",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: b, type: 2024-01-01}\n",
    ),
    (
        "owner 1e3",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: 1e3}\n",
    ),
    ("owner ~", "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: ~}\n"),
    (
        "owner of a version",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: 1.2.3}\n",
    ),
    (
        "forced text",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: !!str 5}\n",
    ),
    (
        "forced number",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: !!int \"5\"}\n",
    ),
    (
        "text block",
        "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\nspec:\n  type: t\n  lifecycle: l\n  \
        owner: o\n  definition: |\n    a\n     b\n\n    c\n",
    ),
    (
        "folded block",
        "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\nspec:\n  type: t\n  lifecycle: l\n  \
        owner: o\n  definition: >-\n    a\n    b\n\n    c\n",
    ),
    (
        "number keys",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a, 5: x, true: y}\nspec: {owner: b}\n",
    ),
    (
        "numbers",
        "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a, n: [1.0, 1.50, -0, 1e3, 0x1F, 123456789012]}\n\
        spec: {owner: b}\n",
    ),
    ("a conflict", "<<<<<<< HEAD\napiVersion: backstage.io/v1alpha1\n=======\nkind: Domain\n>>>>>>> b\n"),
];

const DOMAIN: &str =
    "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: b}\n";

const REFERENCES: [&str; 26] = [
    "",
    "a",
    "k:a",
    "n/a",
    "k:n/a",
    "K:N/A",
    ":a",
    "/a",
    "k:",
    "k:/a",
    "n/",
    ":",
    "/",
    ":/",
    "k:n/",
    "n/a:b",
    "a:b:c",
    "n/a/b",
    "k:n/a:b/c",
    " a ",
    "é:É/Ü",
    "İ",
    "k::a",
    "k:n//a",
    "//a",
    "Σς:ΑΣ/ΣΑΣ",
];

/// Every reference with every context.
pub(crate) fn references() -> impl Iterator<Item = (&'static str, Option<&'static str>, Option<&'static str>)>
{
    let kinds = [None, Some(""), Some("Group")];
    let namespaces = [None, Some(""), Some("Mine")];
    let contexts =
        kinds.into_iter().flat_map(move |kind| namespaces.into_iter().map(move |space| (kind, space)));
    contexts.flat_map(|(kind, space)| REFERENCES.into_iter().map(move |text| (text, kind, space)))
}

/// Repeated filters.
pub(crate) const FILTERS: [&[&str]; 18] = [
    &[],
    &[""],
    &[" , ,"],
    &["kind=component"],
    &[" kind = component "],
    &["kind"],
    &["kind="],
    &["=x"],
    &["a=b=c"],
    &["a=1,b=2"],
    &["a=1,a=2"],
    &["a,a=2"],
    &["a=2,a"],
    &["a=1", "b=2"],
    &["a=1", ""],
    &["a=1,b", "c"],
    &["A=X,a=x"],
    &["relations.ownedBy=group:default/a,metadata.annotations.x.org/y"],
];

/// The `spec` of domains that ask for files.
pub(crate) const PLACEHOLDERS: [&str; 14] = [
    "{owner: {$text: ./a}}",
    "{owner: o, x: {$json: ./a}}",
    "{owner: o, x: {$yaml: ./a}}",
    "{owner: o, x: {$other: ./a}}",
    "{owner: o, x: {$text: ./a, b: 1}}",
    "{owner: o, x: {$text: ./a, $json: ./b}}",
    "{owner: o, x: {b: 1, $c: {$text: ./a}}}",
    "{owner: o, x: {b: {c: {$text: ./a}}}}",
    "{owner: o, x: [{$text: ./a}, {b: {$json: ./b}}, [{$yaml: ./c}]]}",
    "{owner: o, x: {$other: {$text: ./a}}}",
    "{owner: o, x: {}}",
    "{owner: o, x: {text: ./a}}",
    "{owner: {$text: ./a}, type: {$text: ./a}}",
    "{owner: o, x: {$Text: ./a}}",
];

/// Predicates, good and bad.
pub(crate) const PREDICATES: [&str; 58] = [
    "{}",
    r#"{"kind": "component"}"#,
    r#"{"KIND": "COMPONENT"}"#,
    r#"{"Kind": "component", "kind": "api"}"#,
    r#"{"kind": "component", "spec.lifecycle": "production"}"#,
    r#"{"kind": ""}"#,
    r#"{"": ""}"#,
    r#"{"spec.type": {"$hasPrefix": "%"}}"#,
    r#"{"metadata.tags.a": true}"#,
    r#"{"metadata.labels.a": {"$exists": true}}"#,
    r#"{"metadata.labels": {"$exists": false}}"#,
    r#"{"metadata.description": {"$exists": false}, "kind": "api"}"#,
    r#"{"metadata.description": {"$exists": true}}"#,
    r#"{"metadata.description": {"$exists": null}}"#,
    r#"{"metadata.description": {"$exists": 1}}"#,
    r#"{"kind": {"$in": ["api", "GROUP"]}}"#,
    r#"{"kind": {"$in": []}}"#,
    r#"{"kind": {"$in": [1, true, "user"]}}"#,
    r#"{"kind": {"$in": "user"}}"#,
    r#"{"kind": {"$in": [["user"]]}}"#,
    r#"{"kind": {"$in": [null]}}"#,
    r#"{"kind": {"$hasPrefix": "C"}}"#,
    r#"{"kind": {"$hasPrefix": ""}}"#,
    r#"{"metadata.namespace": {"$hasPrefix": "N7"}}"#,
    r#"{"metadata.namespace": {"$hasPrefix": "n_"}}"#,
    r#"{"metadata.name": {"$hasPrefix": 7}}"#,
    r#"{"spec.x": {"$hasPrefix": ""}}"#,
    r#"{"metadata.tags": {"$contains": "A"}}"#,
    r#"{"metadata.tags": {"$contains": 1}}"#,
    r#"{"metadata.tags": {"$contains": {"a": "b"}}}"#,
    r#"{"metadata.tags": {"$contains": ["java"]}}"#,
    r#"{"metadata.tags.java": true}"#,
    r#"{"relations": {"$contains": {"type": "ownedBy"}}}"#,
    r#"{"RELATIONS": {"$contains": {"Type": "OWNEDBY"}}}"#,
    r#"{"relations": {"$contains": {"type": "ownedBy", "targetRef": "USER:n/b"}}}"#,
    r#"{"relations": {"$contains": {"type": "ownedBy", "targetRef": {"$in": ["user:n/B", "group:n7/o"]}}}}"#,
    r#"{"relations": {"$contains": {"type": "ownedBy", "targetRef": {"$in": []}}}}"#,
    r#"{"relations": {"$contains": {"type": "ownedBy", "targetRef": {"$in": [1]}}}}"#,
    r#"{"relations": {"$contains": {"type": "ownedBy", "targetRef": {"$exists": true}}}}"#,
    r#"{"relations": {"$contains": {"targetRef": "group:default/o"}}}"#,
    r#"{"relations": {"$contains": {"type": "", "targetRef": "group:default/o"}}}"#,
    r#"{"relations": {"$contains": {"type": "ownedBy", "TYPE": "ownedBy"}}}"#,
    r#"{"relations": {"$contains": {"type": "ownedBy", "target": "x"}}}"#,
    r#"{"relations": {"$contains": {"$all": [{"type": "ownedBy"}]}}}"#,
    r#"{"relations": {"$contains": {}}}"#,
    r#"{"relations": {"$contains": "x"}}"#,
    r#"{"$all": [{"kind": "component"}, {"$not": {"metadata.tags": {"$exists": true}}}]}"#,
    r#"{"$all": []}"#,
    r#"{"$any": []}"#,
    r#"{"$not": {}}"#,
    r#"{"$any": [{"kind": "user"}, {"$not": {"$any": [{"kind": "component"}, {"kind": "api"}]}}]}"#,
    r#"{"$not": {"$not": {"kind": "domain"}}}"#,
    r#"{"$all": ["component"]}"#,
    r#"{"$all": {"kind": "component"}}"#,
    r#"{"$all": [{"kind": "component"}], "kind": "component"}"#,
    r#"{"$unknown": 1}"#,
    r#"{"kind": {"kind": "component"}}"#,
    "\"component\"",
];

/// Hosts and addresses of catalog files on them.
pub(crate) const ADDRESSES: [(&str, &str); 16] = [
    ("github.example", "acme/shop/blob/main/catalog-info.yaml"),
    ("github.example", "acme/blob/blob/main/a/b/catalog-info.yaml"),
    ("github.example", "acme/shop/tree/main/a%20b.yaml?x=1#L3"),
    ("github.example", "acme/shop/raw/main/a.yaml"),
    ("github.example", "acme/shop/edit/main/a.yaml"),
    ("github.example", "acme/shop/blob/0123456789abcdef0123456789abcdef01234567/a.yaml"),
    ("github.example", "acme/shop/blob/main/0123456789abcdef0123456789abcdef0123456x/a.yaml"),
    ("github.example", "a.yaml"),
    ("gitlab.example", "g/sub/p/-/blob/main/catalog-info.yaml"),
    ("gitlab.example", "g/p/-/raw/main/a/catalog-info.yaml"),
    ("gitlab.example", "g/p/-/tree/main/-/blob/x.yaml"),
    ("gitlab.example", "g/p/blob/main/x.yaml"),
    ("gitea.example", "git/acme/shop/src/branch/main/catalog-info.yaml"),
    ("gitea.example", "git/acme/shop/src/branch/main/a/b/c%20d.yaml"),
    ("gitea.example", "git/acme/shop/raw/branch/feature/x/a.yaml"),
    ("elsewhere.example", "a/b.yaml"),
];
