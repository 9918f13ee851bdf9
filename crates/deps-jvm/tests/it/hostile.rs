//! Input that means harm, or is broken: a finding, and the rest is read.

use std::time::{Duration, Instant};

use fleetwright_deps_jvm::read;
use fleetwright_package::{Files, Inventory, NothingPublished};
use proptest::prelude::*;

use crate::{Elsewhere, gradle, repo};

const GOOD: &str = "<project><groupId>g</groupId><artifactId>good</artifactId><version>1</version><dependencies>
  <dependency><groupId>a</groupId><artifactId>b</artifactId><version>1</version></dependency></dependencies></project>";

/// Reads a bad POM beside a good one, which is read all the same; what is found about the bad one.
fn found(bad: &str) -> Vec<String> {
    let start = Instant::now();
    let repo = repo(&[("bad/pom.xml", bad), ("good/pom.xml", GOOD)], &Elsewhere::default());
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(repo.declared("good/pom.xml", "a:b").version.known(), Some("1"));
    repo.findings().into_iter().filter(|finding| finding.starts_with("bad/")).collect()
}

fn around(inside: &str) -> String {
    format!("<project><groupId>g</groupId><artifactId>bad</artifactId><version>1</version>{inside}</project>")
}

#[test]
fn broken_files_are_findings_with_their_line() {
    assert_eq!(found("<project>\n<<<<<<< HEAD\n</project>"), ["bad/pom.xml:2: the file holds merge markers"]);
    assert!(
        found("<project>\n<artifactId>\n</project>")[0]
            .starts_with("bad/pom.xml:3: the POM cannot be read: ")
    );
    assert!(found("<html/>")[0].contains("<html> is no POM"));
    assert!(found(&"<a>".repeat(100_000))[0].contains("deeper than 128"));
    assert!(found(&around(&"<a/>".repeat(500_001)))[0].contains("more than 500000 elements"));
}

#[test]
fn entities_are_never_expanded() {
    let bomb = format!(
        "<!DOCTYPE p [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>{}",
        around(
            "<dependencies><dependency><groupId>x</groupId><artifactId>y</artifactId><version>&f;</version></dependency></dependencies>"
        )
    );
    let repo = repo(&[("pom.xml", &bomb)], &Elsewhere::default());
    let declared = repo.declared("pom.xml", "x:y");
    assert_eq!((declared.version.known(), &declared.set), (None, &None));
}

#[test]
fn properties_that_lead_back_or_swell_are_unknown() {
    let swell: String =
        (0..40).map(|at| format!("<p{at}>${{p{0}}}${{p{0}}}${{p{0}}}</p{at}>", at + 1)).collect();
    for (properties, why) in [
        ("<p0>${p1}</p0><p1>${p0}</p1>".to_owned(), "leads back to itself"),
        ("<p0>x${p1}</p0><p1>x${p0}</p1>".to_owned(), "leads back to itself"),
        (swell.clone() + "<p40></p40>", "leads back to itself, or through more than 1000"),
        (format!("<p0>${{p1}}${{p1}}</p0><p1>{}</p1>", "1".repeat(4000)), "more than 4096 bytes"),
    ] {
        let pom = around(&format!(
            "<properties>{properties}</properties><dependencies><dependency><groupId>x</groupId>\
             <artifactId>y</artifactId><version>${{p0}}</version></dependency></dependencies>"
        ));
        let repo = repo(&[("pom.xml", &pom)], &Elsewhere::default());
        let version = format!("{:?}", repo.declared("pom.xml", "x:y").version);
        assert!(version.contains(why), "{version}");
    }
}

#[test]
fn cycles_of_parents_modules_and_boms_are_findings() {
    let below = |name: &str, parent: &str, path: &str| {
        format!(
            "<project><parent><groupId>g</groupId><artifactId>{parent}</artifactId><version>1</version>\
             <relativePath>{path}</relativePath></parent><artifactId>{name}</artifactId></project>"
        )
    };
    let files = [("a/pom.xml", below("a", "b", "../b")), ("b/pom.xml", below("b", "a", "../a/pom.xml"))];
    let parents = repo(&files.each_ref().map(|(path, text)| (*path, text.as_str())), &Elsewhere::default());
    assert!(
        parents.findings()[0].contains("the parents of this POM lead back to it"),
        "{:?}",
        parents.findings()
    );

    let module = |path: &str| around(&format!("<modules><module>{path}</module></modules>"));
    let (one, two) = (module("b"), module(".."));
    let modules = repo(&[("pom.xml", &one), ("b/pom.xml", &two)], &Elsewhere::default());
    assert!(modules.findings()[0].contains("the modules lead in a circle"), "{:?}", modules.findings());

    let import = around(
        "<dependencyManagement><dependencies><dependency><groupId>g</groupId><artifactId>bad</artifactId>\
         <version>1</version><type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement><dependencies><dependency>\
         <groupId>x</groupId><artifactId>y</artifactId></dependency></dependencies>",
    );
    assert!(found(&import)[0].contains("the BOM g:bad:1 imports itself"));
}

#[test]
fn paths_stay_in_the_repository() {
    let parent = "<project><parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version>\
                  <relativePath>../../../../etc/pom.xml</relativePath></parent><artifactId>a</artifactId></project>";
    assert!(
        found(parent).iter().any(|finding| finding.contains("leaves the repository and is not followed"))
    );
    let module = around("<modules><module>../../x</module><module>gone</module></modules>");
    let findings = found(&module);
    assert!(findings[0].contains("module `../../x` leaves the repository"));
    assert!(findings[1].contains("module `gone` is not there"));
}

#[test]
fn boms_that_import_each_other_many_times_cost_one_look_each() {
    let import = |at: usize| {
        format!(
            "<dependency><groupId>g</groupId><artifactId>b{at}</artifactId><version>1</version><type>pom</type>\
             <scope>import</scope></dependency>"
        )
    };
    let boms: Vec<_> = (0..30)
        .map(|at| {
            let below = if at < 28 { import(at + 1) + &import(at + 2) } else { String::new() };
            let pom = format!("<project><groupId>g</groupId><artifactId>b{at}</artifactId><version>1</version><dependencyManagement><dependencies>{below}</dependencies></dependencyManagement></project>");
            (format!("g:b{at}:1"), pom)
        })
        .collect();
    let boms: Vec<_> = boms.iter().map(|(name, pom)| (name.as_str(), pom.as_str())).collect();
    let pom = around(&format!(
        "<dependencyManagement><dependencies>{}</dependencies></dependencyManagement><dependencies><dependency>\
         <groupId>x</groupId><artifactId>y</artifactId></dependency></dependencies>",
        import(0)
    ));
    let start = Instant::now();
    let repo = repo(&[("pom.xml", &pom)], &Elsewhere::of(&boms));
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(format!("{:?}", repo.declared("pom.xml", "x:y").version).contains("no version of x:y"));
}

#[test]
fn scripts_that_mean_harm_are_read_as_far_as_they_go() {
    let tower = "{".repeat(10_000);
    let swell: String = (0..60).map(|at| format!("def v{at} = \"${{v{0}}}${{v{0}}}\"\n", at + 1)).collect();
    let swell = format!("{swell}def v60 = '1'\ndependencies {{ api \"g:a:$v0\" }}");
    let repo = repo(
        &[
            ("a/build.gradle", tower.as_str()),
            ("b/build.gradle", "dependencies {\n<<<<<<< HEAD\n}"),
            ("c/build.gradle", swell.as_str()),
            ("d/build.gradle", "apply from: '../../../x.gradle'\ndependencies { api 'g:b:1' }"),
            ("d/e/build.gradle", "apply from: 'build.gradle'\ndependencies { api 'g:b:1' }"),
        ],
        &Elsewhere::default(),
    );
    assert!(
        repo.findings()[0]
            .starts_with("a/build.gradle:1: the script is not read: brackets are nested deeper")
    );
    assert_eq!(repo.findings()[1], "b/build.gradle:2: the file holds merge markers");
    assert!(format!("{:?}", repo.declared("c/build.gradle", "g:a").version).contains("leads back to itself"));
    assert_eq!(repo.declared("d/build.gradle", "g:b").version.known(), Some("1"));
    assert_eq!(repo.declared("d/e/build.gradle", "g:b").version.known(), Some("1"));
}

/// Files as real ones look, of every format.
const REAL: &[(&str, &str)] = &[
    ("pom.xml", include_str!("samples/pom.xml")),
    ("build.gradle", gradle::GROOVY),
    ("app/build.gradle.kts", gradle::KOTLIN),
    ("settings.gradle.kts", gradle::SETTINGS),
    ("gradle/libs.versions.toml", gradle::CATALOG),
    ("gradle.lockfile", gradle::LOCK),
    ("gradle.properties", "# a comment\nktorVersion=2.3.2\njunitVersion = 4.13.2 \n"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn mutated_files_never_panic(
        which in 0..REAL.len(),
        cuts in prop::collection::vec((0.0..1.0f64, 0usize..12, "[<>${}\"'()\\[\\]\\n=:.,a-z0-9é#/]{0,6}"), 1..8),
    ) {
        let mut files = Files::default();
        for (at, (path, text)) in REAL.iter().enumerate() {
            let mut chars: Vec<char> = text.chars().collect();
            if at == which {
                for (place, length, new) in &cuts {
                    let start = ((chars.len() as f64) * place) as usize;
                    let end = (start + length).min(chars.len());
                    chars.splice(start..end, new.chars());
                }
            }
            files.add(*path, chars.into_iter().collect::<String>());
        }
        let mut inventory = Inventory::default();
        read(&files, &mut inventory, &NothingPublished);
        for declared in inventory.manifests.iter().flat_map(|manifest| &manifest.declared) {
            for place in declared.set.iter().chain([&declared.place]) {
                prop_assert!(files.text(&place.path).is_some_and(|text| text.get(place.span.clone()).is_some()));
            }
        }
    }
}
