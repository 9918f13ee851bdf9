//! What is read again when a repository moves, and what stays.

use proptest::prelude::*;

use crate::{Repo, component, names, wrong};

#[test]
fn a_bad_file_leaves_the_last_good_version() {
    let two = format!("{}---\n{}", component("a"), component("b"));
    let mut repo = Repo::new(&[("catalog-info.yaml", &two)]);
    let good = repo.read(None);
    repo.put("catalog-info.yaml", format!("{}---\nkind: [\n", component("a")).as_bytes());
    let bad = repo.read(Some(&good));
    assert_eq!(names(&bad), ["component:default/a", "!component:default/b"]);
    assert_eq!(bad.findings.len(), 1, "{:?}", wrong(&bad));
    // It stays stale as long as the file is bad, and however often it is read.
    repo.put("README.md", b"x");
    assert_eq!(names(&repo.read(Some(&bad))), names(&bad));
    repo.put("catalog-info.yaml", component("b").as_bytes());
    let mended = repo.read(Some(&bad));
    assert_eq!((names(&mended), wrong(&mended)), (vec!["component:default/b".to_owned()], vec![]));
}

#[test]
fn a_deleted_file_takes_its_entities_along() {
    let mut repo = Repo::new(&[("catalog-info.yaml", &component("a")), ("README.md", "x")]);
    let first = repo.read(None);
    repo.remove("catalog-info.yaml");
    assert!(names(&repo.read(Some(&first))).is_empty());
}

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: {}\n";

#[test]
fn only_what_moved_is_looked_into() {
    let mut repo = Repo::new(&[
        ("catalog-info.yaml", &component("a")),
        ("k8s/a.yaml", DEPLOYMENT),
        ("k8s/b.yaml", &DEPLOYMENT.replace("web", "api")),
    ]);
    let mut first = repo.read(None);
    let declared: Vec<_> = first.declared.iter().map(|row| row.name.clone()).collect();
    assert_eq!(declared, ["web", "api"]);
    // What nobody looks into again is what was known, whatever that is.
    first.declared[0].name = "known".into();
    first.documents[0].body = "\"known\"".into();
    repo.put("k8s/b.yaml", DEPLOYMENT.replace("web", "new").as_bytes());
    let second = repo.read(Some(&first));
    let declared: Vec<_> = second.declared.iter().map(|row| row.name.clone()).collect();
    assert_eq!(declared, ["known", "new"]);
    assert_eq!(second.documents[0].body, "\"known\"");
    // A newer reader looks into everything.
    first.read.reader = 0;
    assert_eq!(repo.read(Some(&first)).declared[0].name, "web");
}

const POM: &str = "<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>a</artifactId>\
    <version>1</version><dependencies><dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId>\
    <version>2.0.9</version></dependency></dependencies></project>";

#[test]
fn reading_anew_and_going_on_come_to_the_same() {
    let mut repo = Repo::new(&[
        ("catalog-info.yaml", &component("a")),
        ("k8s/a.yaml", DEPLOYMENT),
        ("k8s/bad.yaml", "a: [\n"),
        ("Cargo.toml", ""),
    ]);
    let mut before = repo.read(None);
    let steps: [(&str, Option<&str>); 8] = [
        ("k8s/a.yaml", None),
        ("services/b/catalog-info.yaml", Some("kind: Component\n")),
        ("k8s/bad.yaml", Some(DEPLOYMENT)),
        ("catalog-info.yaml", None),
        ("CODEOWNERS", Some("* @x\n")),
        ("app/pom.xml", Some(POM)),
        ("app/pom.xml", None),
        ("services/b/catalog-info.yaml", None),
    ];
    for (path, text) in steps {
        match text {
            Some(text) => repo.put(path, text.as_bytes()),
            None => repo.remove(path),
        }
        let mut on = repo.read(Some(&before));
        // What was not read again stays as it is in the database.
        on.dependencies = on.dependencies.or_else(|| before.dependencies.clone());
        assert_eq!(on, repo.read(None), "after {path}");
        before = on;
    }
}

const PATHS: [&str; 12] = [
    "catalog-info.yaml",
    "parts/catalog-info.yaml",
    "parts/a.yaml",
    "api.txt",
    "CODEOWNERS",
    "k8s/a.yaml",
    "compose.yaml",
    ".github/workflows/ci.yml",
    "main.tf",
    "package.json",
    "Chart.yaml",
    "README.md",
];

const TEXTS: [&[u8]; 14] = [
    b"",
    b"\xff\xfe\0",
    b"a: [\n",
    b"<<<<<<< HEAD\n",
    b"apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: all }\nspec: { targets: [./parts/*.yaml, ./gone.yaml, ../x] }\n",
    b"apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: { name: a }\nspec: { type: x, lifecycle: y, owner: z, definition: { $text: ./api.txt } }\n",
    b"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: c }\nspec: { type: x, lifecycle: y, owner: z }\n---\nkind: [\n",
    b"* @acme/pay @ann\n[x]\n!\n",
    DEPLOYMENT.as_bytes(),
    b"services: { db: { image: 'postgres:16' } }\n",
    b"on: push\njobs: { a: { runs-on: x, steps: [{ uses: actions/checkout@v5 }] } }\n",
    b"resource \"aws_s3_bucket\" \"logs\" { bucket = \"x\"\n",
    b"{\"name\": \"a\", \"dependencies\": {\"react\": \"^18\"}}",
    b"{{ .Values.x }}\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever files hold and however they move: nothing panics, and going on comes to what reading anew does, but
    /// for the last good versions that a bad file leaves.
    #[test]
    fn whatever_moves_going_on_comes_to_the_same(
        rounds in prop::collection::vec(prop::collection::vec((0..PATHS.len(), 0..=TEXTS.len()), 1..5), 1..5),
    ) {
        let mut repo = Repo::new(&[]);
        let mut before = None;
        for moves in rounds {
            for (path, text) in moves {
                match TEXTS.get(text) {
                    Some(text) => repo.put(PATHS[path], text),
                    None => drop(repo.files.remove(PATHS[path])),
                }
            }
            let anew = repo.read(None);
            let mut on = repo.read(before.as_ref());
            let kept = before.and_then(|before| before.dependencies);
            on.dependencies = on.dependencies.or(kept);
            let good = |reading: &fleetwright_store::Reading| {
                let mut reading = reading.clone();
                reading.documents.retain(|document| !document.stale);
                reading
            };
            prop_assert_eq!(good(&on), good(&anew));
            before = Some(on);
        }
    }
}
