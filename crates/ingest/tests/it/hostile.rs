//! Files that are built to do harm, and files that are merely broken.

use crate::{Repo, component, names, wrong};

#[test]
fn one_bad_file_hides_no_other() {
    let mut repo = Repo::new(&[("catalog-info.yaml", &component("good"))]);
    let bomb = (1..12).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, at| {
        let last = format!("*a{}", at - 1);
        format!("{text}a{at}: &a{at} [{}]\n", [last.as_str(); 9].join(", "))
    });
    let deep = format!("a: {}{}\n", "[".repeat(10_000), "]".repeat(10_000));
    let large = format!("{}\n# {}\n", component("large"), "x".repeat(2 << 20));
    let files: [(&str, &[u8]); 5] = [
        ("bomb", bomb.as_bytes()),
        ("deep", deep.as_bytes()),
        ("large", large.as_bytes()),
        ("merge", b"<<<<<<< HEAD\nkind: Component\n=======\nkind: API\n>>>>>>> other\n"),
        ("latin", b"kind: Component\nmetadata: { name: caf\xe9 }\n"),
    ];
    for (name, bytes) in files {
        repo.put(&format!("{name}/catalog-info.yaml"), bytes);
        repo.put(&format!("k8s/{name}.yaml"), bytes);
    }
    let reading = repo.read(None);
    assert_eq!(names(&reading), ["component:default/good"]);
    let wrongs = wrong(&reading);
    for (name, _) in files {
        assert!(wrongs.iter().any(|row| row.starts_with(&format!("catalog {name}/"))), "{name}: {wrongs:#?}");
    }
}

#[test]
fn a_template_is_neither_read_nor_wrong() {
    let skeleton = component("${{ values.name }}");
    let blocks = format!("{}{{%- if x %}}\n", component("b"));
    let good = component("good").replace("type: service", "type: 'a {{ b }}'");
    let repo = Repo::new(&[
        ("a/catalog-info.yaml", &skeleton),
        ("b/catalog-info.yaml", &blocks),
        ("c/catalog-info.yaml", &good),
    ]);
    let reading = repo.read(None);
    assert_eq!(names(&reading), ["component:default/good"]);
    assert!(reading.findings.is_empty(), "{:?}", wrong(&reading));
}

#[test]
fn findings_have_a_limit_and_say_so() {
    let mut repo = Repo::new(&[]);
    for at in 0..600 {
        repo.put(&format!("s{at}/catalog-info.yaml"), b"kind: [\n");
    }
    let reading = repo.read(None);
    assert_eq!(reading.findings.len(), 501);
    assert_eq!(reading.findings[500].message, "600 findings, of which 500 are kept");
}

#[test]
fn manifests_without_end_are_bounded_and_said() {
    // Not read as a text, so that only their bytes count.
    let large = vec![0xff_u8; 60 << 20];
    let mut repo = Repo::new(&[("0/Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\n")]);
    for folder in ["a", "b", "c", "d"] {
        repo.put(&format!("{folder}/Cargo.lock"), &large);
    }
    let reading = repo.read(None);
    let told: Vec<(&str, bool)> = reading
        .findings
        .iter()
        .filter(|row| row.area == "dependencies")
        .map(|row| (row.path.as_str(), row.message.contains("134217728 bytes")))
        .collect();
    assert_eq!(told, [("a/Cargo.lock", false), ("b/Cargo.lock", false), ("c/Cargo.lock", true)]);
    assert_eq!(reading.dependencies.unwrap().files.len(), 1);
}

#[test]
fn dependencies_without_end_are_bounded_and_said() {
    let lock = (0..200_002).fold("version = 4\n".to_owned(), |text, at| {
        text + &format!("\n[[package]]\nname = \"p{at}\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n")
    });
    let manifest = "[package]\nname = \"a\"\nversion = \"1.0.0\"\n";
    let reading = Repo::new(&[("Cargo.toml", manifest), ("Cargo.lock", &lock)]).read(None);
    assert_eq!(reading.dependencies.unwrap().rows.len(), 200_000);
    let told = |row: &&fleetwright_store::FindingRow| row.message.contains("of which 200000 are kept");
    assert!(reading.findings.iter().any(|row| told(&row)), "{:?}", reading.findings.first());
}
