//! Texts that want to do harm.

use fleetwright_bump::{BumpError, Verdict, Wish, bump};
use fleetwright_package::{Files, Package};

use crate::play::{play, read};

#[test]
fn merge_markers_are_left_alone() {
    let text = "{\n<<<<<<< ours\n  \"dependencies\": {\"a\": \"1.0.0\"}\n=======\n  \"dependencies\": {\"a\": \"1.1.0\"}\n>>>>>>> theirs\n}\n";
    let files =
        [("package.json", text), ("requirements.txt", "<<<<<<< ours\na==1\n=======\na==2\n>>>>>>> theirs\n")];
    assert!(play(&files, "npm:a", "2.0.0").tried().unwrap().files.is_empty());
    assert!(play(&files, "pypi:a", "2.0.0").tried().unwrap().files.is_empty());
}

#[test]
fn a_version_cannot_break_out_of_its_text() {
    let text = "{\"dependencies\": {\"a\": \"1.0.0\"}}";
    for to in ["1.0.0\", \"x\": \"1", "1.0.0\n", "2.0.0${x}", "2 0", "2.0.0<!--", "../../x", "2.0.0'", ""] {
        for package in ["npm:a", "maven:a:b", "image:a", "actions:a/b", "gem:a", "pypi:a", "gitlab:a/b"] {
            let error = play(&[("package.json", text)], package, to).tried();
            assert!(
                matches!(error, Err(BumpError::Version(_))) || to == "../../x" && package == "none",
                "{package} {to}"
            );
        }
    }
}

#[test]
fn many_places_and_long_texts() {
    let mut text = String::from("[packages]\n");
    for at in 0..2_000 {
        text.push_str(&format!("[section{at}]\n"));
    }
    let many: String = (0..5_000).map(|at| format!("a>={},<9999\n", at % 7)).collect();
    let done = play(&[("requirements.txt", &many), ("Pipfile", &text)], "pypi:a", "8.0").done();
    assert_eq!(done.done.told.len(), 5_000);
    assert!(done.done.told.iter().all(|told| told.verdict == Verdict::Raised));
    let long = format!("{{\"dependencies\": {{\"a\": \"{}\"}}}}", ">=1 ".repeat(100_000));
    let told = play(&[("package.json", &long)], "npm:a", "2.0.0").tried().unwrap().told;
    assert!(matches!(told[0].verdict, Verdict::Unknown(_)));
}

#[test]
fn a_reader_that_lies_is_not_believed() {
    let files =
        Files::from_iter([("package.json", "{\"dependencies\": {\"a\": \"1.0.0\", \"b\": \"1.0.0\"}}")]);
    let inventory = read(&files);
    let package: Package = "npm:a".parse().unwrap();
    let wish = Wish { package: &package, to: "2.0.0", from: None, dir: "", overrides: false, pinned: false };
    let refused = |change: &dyn Fn(&mut fleetwright_package::Inventory)| {
        let lying = |files: &Files| {
            let mut inventory = read(files);
            change(&mut inventory);
            inventory
        };
        matches!(bump(&files, &inventory, &wish, &lying), Err(BumpError::Guard(..)))
    };
    assert!(!refused(&|_| {}));
    assert!(refused(&|inventory| inventory.manifests.clear()));
    assert!(refused(&|inventory| inventory.manifests[0].declared[0].requirement = "1.0.0".into()));
    assert!(refused(&|inventory| inventory.manifests[0].declared[1].requirement = "2.0.0".into()));
    assert!(refused(&|inventory| inventory.manifests[0].declared[1].package = package.clone()));
    assert!(refused(&|inventory| _ = inventory.manifests[0].declared.pop()));
}
