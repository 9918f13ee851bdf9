//! Entities of catalog files, of files that Locations name, and what they take in.

use crate::{Repo, component, names, wrong};

#[test]
fn several_components_live_in_one_repository() {
    let repo = Repo::new(&[
        ("catalog-info.yaml", &format!("{}---\n{}", component("a"), component("b"))),
        ("services/c/catalog-info.yml", &component("c")),
        ("node_modules/x/catalog-info.yaml", &component("foreign")),
        ("other.yaml", &component("not-named")),
    ]);
    let reading = repo.read(None);
    assert_eq!(names(&reading), ["component:default/a", "component:default/b", "component:default/c"]);
    assert_eq!(reading.documents[1].line, 10);
    assert!(reading.findings.is_empty(), "{:?}", wrong(&reading));
}

const LOCATION: &str = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: all }\nspec:\n  \
    type: file\n  targets: [./parts/*.yaml, ./gone.yaml, ../outside.yaml]\n";

#[test]
fn a_location_leads_to_the_files_it_names() {
    let mut repo = Repo::new(&[
        ("catalog-info.yaml", LOCATION),
        ("parts/a.yaml", &component("a")),
        ("parts/b.yaml", &component("b")),
        ("parts/deep/c.yaml", &component("c")),
    ]);
    let reading = repo.read(None);
    assert_eq!(names(&reading), ["location:default/all", "component:default/a", "component:default/b"]);
    let wrongs = wrong(&reading).join("\n");
    assert!(wrongs.contains("`gone.yaml` is not in this repository"), "{wrongs}");
    assert!(wrongs.contains("`../outside.yaml` leaves the repository"), "{wrongs}");
    // One that names itself, by a way round, is read once.
    let back = LOCATION.replace("name: all", "name: back").replace("./parts/*.yaml", "../catalog-info.yaml");
    repo.put("parts/back.yaml", back.as_bytes());
    assert_eq!(names(&repo.read(None)).len(), 4);
}

#[test]
fn a_placeholder_takes_in_a_file() {
    let api = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: { name: pets }\nspec:\n  type: openapi\n  \
        lifecycle: production\n  owner: payments\n  definition: { $text: ./api.txt }\n";
    let mut repo = Repo::new(&[("catalog-info.yaml", api), ("api.txt", "the definition")]);
    let first = repo.read(None);
    assert!(first.documents[0].body.contains("the definition"), "{}", first.documents[0].body);
    assert_eq!(first.documents[0].taken, ["api.txt"]);
    repo.put("api.txt", b"another one");
    let second = repo.read(Some(&first));
    assert!(second.documents[0].body.contains("another one"), "the file it takes in moved");
    repo.remove("api.txt");
    let third = repo.read(Some(&second));
    assert_eq!(names(&third), ["!api:default/pets"], "the last good version stays");
    assert!(wrong(&third)[0].starts_with("catalog catalog-info.yaml:"), "{:?}", wrong(&third));
    // What was missing from the start is noticed when it comes.
    let never = repo.read(None);
    assert_eq!((names(&never).len(), wrong(&never).len()), (0, 1));
    repo.put("api.txt", b"at last");
    let last = repo.read(Some(&never));
    assert_eq!((names(&last), wrong(&last)), (vec!["api:default/pets".to_owned()], vec![]));
}

#[test]
fn files_tell_what_they_are_by_their_names() {
    let repo = Repo::new(&[
        ("pom.xml", "<project/>"),
        ("src/A.java", ""),
        ("src/B.java", ""),
        ("tool.py", ""),
        (".github/workflows/ci.yml", "on: push\njobs: {}\n"),
        ("CODEOWNERS", "* @acme/pay\n"),
    ]);
    let reading = repo.read(None);
    let languages: Vec<_> = reading.languages.iter().map(|(name, files)| (name.as_str(), *files)).collect();
    assert_eq!(languages, [("java", 2), ("python", 1)]);
    let marks: Vec<_> = reading.marks.iter().map(|mark| (mark.kind.as_str(), mark.tool.as_str())).collect();
    assert_eq!(marks, [("ci", "github-actions"), ("owners", "codeowners"), ("manifest", "maven")]);
    assert_eq!(reading.documents[0].body, "* @acme/pay\n");
    assert_eq!(reading.files, 6);
}
