//! Whatever is wished of any sample: nothing panics, the guard holds, only bytes of versions move, and what was raised
//! once is there.

use fleetwright_bump::{BumpError, Bumped, Verdict, Wish, bump};
use fleetwright_package::{Ecosystem, Files, Package, is_version};
use proptest::prelude::*;

use crate::play::read;

/// Files of every ecosystem, as one repository.
const SAMPLES: [(&str, &str); 18] = [
    (
        "pom.xml",
        "<project>\n<groupId>g</groupId><artifactId>x</artifactId><version>1</version>\n<properties><v>1.5.0</v></properties>\n<dependencies>\n<dependency><groupId>a</groupId><artifactId>b</artifactId><version>${v}</version></dependency>\n<dependency><groupId>a</groupId><artifactId>c</artifactId><version>[1.2,2)</version></dependency>\n</dependencies></project>",
    ),
    ("g/build.gradle", "dependencies {\n implementation 'a:b:1.+'\n api \"a:c:1.4.0\"\n}\n"),
    (
        "package.json",
        "{\"dependencies\": {\"a\": \"^1.2\", \"b\": \"1.0.0 - 2\"}, \"peerDependencies\": {\"b\": \"^1 || ^2\"}, \"overrides\": {\"a\": \"~1\"}}",
    ),
    ("requirements.txt", "a==1.2.3\nb~=1.4\nc>=1,<3\n"),
    ("pyproject.toml", "[tool.poetry.dependencies]\na = \"^1.2\"\nb = \"~1\"\nc = \"1.*\"\n"),
    (
        "Cargo.toml",
        "[package]\nname = \"x\"\nversion = \"0.1.0\"\n[dependencies]\na = \"1\"\nb = { version = \"~1.2\" }\n",
    ),
    ("go.mod", "module h.example/x\n\ngo 1.21\n\nrequire a.example/b v1.2.3\n"),
    ("Gemfile", "gem 'a', '~> 1.2', '>= 1.2.1'\ngem \"b\", \"~> 1.2\"\n"),
    ("composer.json", "{\"require\": {\"a/b\": \"~1.2\", \"a/c\": \"^1 | ^2\"}}"),
    (
        "d/d.csproj",
        "<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup><PackageReference Include=\"A\" Version=\"1.2.3\"/><PackageReference Include=\"B\" Version=\"[1,3)\"/></ItemGroup></Project>",
    ),
    ("Dockerfile", "ARG V=1.2\nFROM a:${V}\nFROM b:1.2-alpine\n"),
    ("compose.yml", "services:\n  x:\n    image: a:1.5\n"),
    (
        ".github/workflows/w.yml",
        "jobs:\n  j:\n    steps:\n    - uses: a/b@v1\n    - uses: a/b@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa # v1.2.3\n",
    ),
    (".gitlab-ci.yml", "include:\n- project: a/b\n  ref: 1.0\n"),
    (
        "c/Chart.yaml",
        "apiVersion: v2\nname: x\nversion: 1.0.0\ndependencies:\n- {name: a, version: 1.x, repository: 'https://h.example'}\n",
    ),
    ("c/values.yaml", "image:\n  repository: a\n  tag: 1.2.3\n"),
    (
        "t/main.tf",
        "terraform {\n  required_providers {\n    b = {\n      source = \"a/b\"\n      version = \"~> 1.2\"\n    }\n  }\n}\n",
    ),
    ("Pipfile", "[packages]\na = \"*\"\nb = \"==1.0\"\n"),
];

fn samples() -> Files {
    SAMPLES.into_iter().collect()
}

fn wished(
    files: &Files,
    package: &Package,
    to: &str,
    (overrides, pinned): (bool, bool),
) -> Result<Bumped, BumpError> {
    bump(files, &read(files), &Wish { package, to, from: None, dir: "", overrides, pinned }, &read)
}

/// The packages that the samples name.
fn packages() -> Vec<Package> {
    let inventory = read(&samples());
    let declared = inventory.manifests.iter().flat_map(|manifest| &manifest.declared);
    let mut all: Vec<Package> = declared.map(|declared| declared.package.clone()).collect();
    all.sort();
    all.dedup();
    all
}

#[test]
fn the_samples_name_packages_of_every_ecosystem() {
    let packages = packages();
    for ecosystem in Ecosystem::all() {
        assert!(packages.iter().any(|package| package.ecosystem() == ecosystem), "{ecosystem:?}");
    }
}

fn versions() -> impl Strategy<Value = String> {
    let number = || prop_oneof![3 => 0u32..4, 1 => Just(17u32)];
    let three = (number(), number(), number());
    let suffix = prop_oneof![
        6 => Just(String::new()),
        1 => Just("-rc.1".to_owned()),
        1 => Just("rc1".to_owned()),
        1 => Just("-alpine".to_owned()),
        1 => Just(format!("@{}", "b".repeat(40))),
        1 => Just(format!("@sha256:{}", "c".repeat(64))),
    ];
    let prefix = prop_oneof![5 => Just(""), 1 => Just("v")];
    let numbers = prop_oneof![
        4 => three.prop_map(|(a, b, c)| format!("{a}.{b}.{c}")),
        1 => (number(), number()).prop_map(|(a, b)| format!("{a}.{b}")),
        1 => number().prop_map(|a| a.to_string()),
    ];
    (prefix, numbers, suffix).prop_map(|(prefix, numbers, suffix)| format!("{prefix}{numbers}{suffix}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn any_version_of_any_package(to in versions(), overrides: bool, pinned: bool) {
        let files = samples();
        for package in packages() {
            let done = match wished(&files, &package, &to, (overrides, pinned)) {
                Ok(done) => done,
                Err(BumpError::Version(_)) => continue,
                Err(error) => panic!("{package} {to}: {error}"),
            };
            prop_assert!(!done.told.is_empty(), "{package} {to}");
            let raised = done.told.iter().filter(|told| told.verdict == Verdict::Raised).count();
            prop_assert_eq!(raised > 0, !done.files.is_empty());
            let mut after = files.clone();
            for (path, text) in &done.files {
                prop_assert_eq!(text.lines().count(), files.text(path).unwrap().lines().count());
                after.add(path.as_str(), text.as_str());
            }
            let again = wished(&after, &package, &to, (overrides, pinned)).unwrap();
            prop_assert!(again.files.is_empty(), "{package} {to}: {again:#?}");
            let already = |bumped: &Bumped| bumped.told.iter().filter(|told| told.verdict == Verdict::Already).count();
            prop_assert!(already(&again) >= already(&done) + raised, "{package} {to}: {again:#?}");
        }
    }

    #[test]
    fn any_text_as_a_requirement(text in "[ ^~<>=!*x0-9.,|()\\[\\]v+@:a-c-]{0,16}", to in versions()) {
        for (path, before, after, package) in [
            ("package.json", "{\"dependencies\": {\"a\": \"", "\"}}", "npm:a"),
            ("Cargo.toml", "[package]\nname = \"x\"\nversion = \"0.1.0\"\n[dependencies]\na = \"", "\"\n", "cargo:a"),
            ("requirements.txt", "a", "\n", "pypi:a"),
            ("Gemfile", "gem 'a', '", "'\n", "gem:a"),
            ("composer.json", "{\"require\": {\"a/b\": \"", "\"}}", "composer:a/b"),
            ("a.csproj", "<Project><ItemGroup><PackageReference Include=\"A\" Version=\"", "\"/></ItemGroup></Project>", "nuget:a"),
            ("build.gradle", "dependencies { api 'a:b:", "' }\n", "maven:a:b"),
            ("Dockerfile", "FROM a:", "\n", "image:a"),
            ("main.tf", "module \"m\" {\n  source = \"a/b/c\"\n  version = \"", "\"\n}\n", "terraform:a/b/c"),
        ] {
            let files = Files::from_iter([(path, format!("{before}{text}{after}"))]);
            let package: Package = package.parse().unwrap();
            match wished(&files, &package, &to, (false, false)) {
                Ok(_) | Err(BumpError::Version(_)) => {}
                Err(error) => panic!("{path} `{text}` {to}: {error}"),
            }
        }
    }
}

#[test]
fn versions_are_valid_often_enough() {
    assert!(is_version(Ecosystem::Npm, "1.2.3-rc.1") && is_version(Ecosystem::PyPi, "1.2.3rc1"));
}
