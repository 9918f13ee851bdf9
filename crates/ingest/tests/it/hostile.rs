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
