//! Hostile input: readers say what is wrong and go on, and never panic.

use fleetwright_package::{Ecosystem, Files, Inventory, Lock};
use proptest::prelude::*;

use crate::sample::Sample;

#[test]
fn one_bad_file_does_not_hide_the_others() {
    let sample = Sample::read(&[
        ("a/Cargo.lock", "version = 4\n\n<<<<<<< HEAD\n[[package]]\n"),
        ("a/Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\n[dependencies]\nx = \"1\"\n"),
        ("b/Cargo.toml", "[package\n"),
        ("b/Cargo.lock", "[[package]]\nname = \"x\"\nversion = 1\n"),
        ("c/composer.json", "{\n\"require\": {\"a/b\": }}"),
        ("d/go.mod", "<<<<<<< HEAD\n"),
        ("e/go.mod", "module e\ngo 1.22\n"),
        ("f/Gemfile.lock", "GEM\n<<<<<<< HEAD\n"),
        ("f/Gemfile", "gem 'rake'\n"),
        ("g/g.csproj", "<Project>\n<A></B></Project>"),
        ("h/packages.config", "<packages>"),
    ]);
    let findings: Vec<String> =
        sample.findings().iter().map(|finding| finding.chars().take(40).collect()).collect();
    assert_eq!(
        findings,
        [
            "b/Cargo.toml:1 unclosed table, expected ",
            "a/Cargo.lock:3 the file holds merge mark",
            "b/Cargo.lock:3 this line is not in the f",
            "d/go.mod:1 the file holds merge markers",
            "c/composer.json:2 expected value at line",
            "f/Gemfile.lock:2 the file holds merge ma",
            "g/g.csproj:2 ill-formed document: expect",
            "h/packages.config:1 the file ends inside",
        ]
    );
    assert_eq!(sample.version("a/Cargo.toml", "x"), "? Cargo.lock could not be read");
    assert_eq!(sample.version("f/Gemfile", "rake"), "? the lockfile could not be read");
    assert!(sample.inventory.manifests.iter().any(|manifest| manifest.path == "e/go.mod"));
}

#[test]
fn a_byte_order_mark_moves_no_place() {
    let with_mark: Vec<(&str, String)> =
        REAL.iter().map(|(path, text)| (*path, format!("\u{feff}{text}"))).collect();
    let with_mark: Vec<(&str, &str)> = with_mark.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let manifest = "\u{feff}[package]\nname = \"r\"\nversion = \"1.0.0\"\n[dependencies]\nx = \"=1.2.3\"\n";
    let sample = Sample::read(&[("Cargo.toml", manifest)]);
    assert_eq!(sample.declared("Cargo.toml"), ["x | =1.2.3 | 1.2.3 | Runtime | Cargo.toml:5==1.2.3"]);
    let place = sample.of("Cargo.toml")[0].place.clone();
    assert_eq!(&manifest[place.span], "x");
    look(&with_mark.into_iter().collect());
}

#[test]
fn entities_are_never_put_in() {
    let bomb = "<!DOCTYPE Project [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">\
        <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>\n<Project><PropertyGroup><V>&c;</V></PropertyGroup>\
        <ItemGroup><PackageReference Include=\"X\" Version=\"$(V)\" /></ItemGroup></Project>";
    let sample = Sample::read(&[("x.csproj", bomb)]);
    assert_eq!(sample.version("x.csproj", "x"), "? `&c;` and no packages.lock.json says which");
}

#[test]
fn what_is_too_deep_or_grows_is_refused() {
    let deep = format!("<Project>{}", "<a>".repeat(100_000));
    let json = format!("{{\"require\": {}", "[".repeat(100_000));
    let toml = format!("a = {}", "[".repeat(100_000));
    let gem = format!("gem 'a', {}", "[(".repeat(100_000));
    let mut grows = "<Project><PropertyGroup><V0>aaaaaaaaaa</V0>".to_owned();
    for at in 1..100 {
        let before = at - 1;
        grows.push_str(&format!("<V{at}>$(V{before})$(V{before})</V{at}>"));
    }
    grows.push_str("</PropertyGroup><ItemGroup><PackageReference Include=\"X\" Version=\"$(V99)\"/></ItemGroup></Project>");
    let condition =
        format!("<Project Sdk=\"x\"><PropertyGroup Condition=\"{}\"/></Project>", "!(".repeat(100_000));
    let sample = Sample::read(&[
        ("a/a.csproj", &deep),
        ("b/composer.json", &json),
        ("c/Cargo.toml", &toml),
        ("d/Gemfile", &gem),
        ("e/e.csproj", &grows),
        ("f/f.csproj", &condition),
    ]);
    let findings = sample.findings().join("\n");
    assert!(findings.contains("a/a.csproj:1 over 64 elements deep"), "{findings}");
    assert!(findings.contains("b/composer.json:1 EOF while parsing"), "{findings}");
    assert!(findings.contains("c/Cargo.toml:1 "), "{findings}");
    assert!(
        sample.version("e/e.csproj", "x").starts_with("? `$(V99)`: `$(V"),
        "{}",
        sample.version("e/e.csproj", "x")
    );
}

#[test]
fn long_lines_and_nested_functions_take_no_time() {
    let gems = "gem 'a'; ".repeat(19_000);
    let gomod = format!("require ({}", "a ".repeat(500_000));
    let packages = format!("<packages>{}</packages>", "<package id=\"a\" version=\"1\"/>".repeat(20_000));
    let nested = format!(
        "<Project><PropertyGroup><A>{}</A></PropertyGroup></Project>",
        "$([MSBuild]::GetPathOfFileAbove('x', '".repeat(50_000)
    );
    let groups = format!("{}gem 'a'\n", "group :a do\n".repeat(50_000));
    let sample = Sample::read(&[
        ("a/Gemfile", &gems),
        ("b/go.mod", &gomod),
        ("c/packages.config", &packages),
        ("d/d.csproj", &nested),
        ("e/Gemfile", &groups),
    ]);
    assert_eq!(sample.of("a/Gemfile").len(), 19_000);
    assert_eq!(sample.of("c/packages.config").len(), 20_000);
    assert_eq!(sample.findings(), ["b/go.mod:1 this is not how `require` is written"]);
}

#[test]
fn what_projects_name_is_bounded_and_computed_names_are_told_of() {
    let many: String =
        (0..6_000).map(|at| format!("<PackageReference Include=\"P{at}\" Version=\"1.0.0\"/>")).collect();
    let properties: String = (0..11_000).map(|at| format!("<P{at}>1</P{at}>")).collect();
    let sample = Sample::read(&[
        ("a.csproj", &format!("<Project><ItemGroup>{many}</ItemGroup></Project>")),
        ("b.csproj", &format!("<Project><PropertyGroup>{properties}</PropertyGroup></Project>")),
        (
            "c.csproj",
            "<Project>\n<ItemGroup>\n<PackageReference Include=\"@(X)\" Version=\"1\"/></ItemGroup></Project>",
        ),
    ]);
    assert_eq!(sample.of("a.csproj").len(), 5_001);
    assert_eq!(
        sample.findings(),
        [
            "a.csproj:0 a.csproj names over 5000 packages; the rest is left out",
            "b.csproj:0 b.csproj has over 10000 properties; new ones are left out",
            "c.csproj:3 which packages it names is not known: `@(X)` depends on other items",
        ]
    );
}

#[test]
fn circles_of_imports_and_too_many_findings_end() {
    let many: String = (0..3000).map(|at| format!("<Import Project=\"gone{at}.props\"/>\n")).collect();
    let sample = Sample::read(&[
        ("a.props", "<Project><Import Project=\"b.props\"/></Project>"),
        ("b.props", "<Project><Import Project=\"a.props\"/></Project>"),
        ("x.csproj", "<Project><Import Project=\"a.props\"/></Project>"),
        ("y.csproj", &format!("<Project>{many}</Project>")),
    ]);
    let findings = sample.findings();
    assert_eq!(findings[0], "b.props:1 it imports `a.props`, which imports it");
    assert_eq!(findings.len(), 1001);
    assert_eq!(findings[1000], ":0 there are over 1000 findings; the rest is left out");
}

#[test]
fn many_packages_of_one_name_are_not_searched_for_ever() {
    let mut lock = "version = 4\n".to_owned();
    for at in 0..20_000 {
        lock.push_str(&format!(
            "[[package]]\nname = \"a\"\nversion = \"0.0.{at}\"\ndependencies = [\n \"a 0.0.1\",\n]\n"
        ));
    }
    let sample = Sample::read(&[("Cargo.lock", &lock)]);
    assert_eq!(sample.lock("Cargo.lock").packages.len(), 50);
    assert!(sample.findings()[0].contains("more than 50 packages of one name"));
}

/// True forms of every format, for mutation.
const REAL: [(&str, &str); 11] = [
    (
        "Cargo.toml",
        "\u{feff}[workspace]\nmembers = [\"a/*\"]\n[package]\nname = \"r\"\nversion.workspace = true\n[dependencies]\nx = { version = \"1\", optional = true } # why\n",
    ),
    (
        "a/b/Cargo.toml",
        "[package]\nname = \"b\"\nversion = \"1.0.0\"\n[dependencies]\nr = { path = \"../..\" }\nx.workspace = true\n",
    ),
    (
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"r\"\nversion = \"1.0.0\"\ndependencies = [\n \"x 1.0.0 (registry+u)\",\n]\n\n[[package]]\nname = \"x\"\nversion = \"1.0.0\"\nsource = \"registry+u\"\n",
    ),
    (
        "go.mod",
        "module a\n\ngo 1.22\n\nrequire (\n\tb v1.0.0 // indirect\n\t\"c\" v1.0.0\n)\nreplace c => ./c\nexclude b v0.1.0\nretract [v1.0.0, v1.1.0]\n",
    ),
    ("go.work", "go 1.22\nuse .\nuse ./c\nreplace b => d v2.0.0\n"),
    (
        "composer.json",
        "{\"name\": \"a/b\", \"require\": {\"c/d\": \"^1.0\", \"php\": \"8\"}, \"require-dev\": []}",
    ),
    (
        "composer.lock",
        "{\"packages\": [{\"name\": \"c/d\", \"version\": \"1.0\", \"require\": {\"e/f\": \"*\"}, \"dist\": {\"type\": \"zip\"}}], \"plugin-api-version\": \"2.6.0\"}",
    ),
    (
        "Gemfile",
        "source 'x'\nv = '1'\ngem 'a', v, group: :test # é\ngroup :b do\n  gem(\"c\", %q<~> 1>, :path => '../c')\nend\nx = <<~E\n gem\nE\n",
    ),
    (
        "Gemfile.lock",
        "PATH\n  remote: .\n  specs:\n    a (1.0)\n      c (~> 1)\n\nGEM\n  specs:\n    c (1.0-java)\n\nDEPENDENCIES\n  a!\n  c (~> 1)\n",
    ),
    (
        "a.csproj",
        "\u{feff}<Project Sdk=\"A/1;B\"><PropertyGroup Condition=\"'$(X)' == '' and !Exists('y.props')\"><X>1.0</X></PropertyGroup><Import Project=\"$([MSBuild]::GetPathOfFileAbove('b.props', '$(MSBuildThisFileDirectory)'))\"/><ItemGroup><PackageReference Include=\"A;B\" Version=\"$(X)\"/><!-- é --></ItemGroup></Project>",
    ),
    (
        "packages.lock.json",
        "{\"version\": 1, \"dependencies\": {\"net8.0\": {\"A\": {\"type\": \"Direct\", \"requested\": \"[1.0, )\", \"resolved\": \"1.0.0\", \"dependencies\": {\"A\": \"1\"}}}}}",
    ),
];

/// Reads the files and looks at every place that was told.
fn look(files: &Files) {
    // What another reader found before moves the positions of ours.
    let before =
        Lock { path: "x".into(), ecosystem: Ecosystem::Npm, format: "x".into(), packages: Vec::new() };
    let mut inventory = Inventory { locks: vec![before], ..Inventory::default() };
    fleetwright_deps_code::read(files, &mut inventory);
    for lock in &inventory.locks {
        for need in lock.packages.iter().flat_map(|package| &package.needs) {
            assert!((*need as usize) < lock.packages.len(), "an edge to nowhere in {}", lock.path);
        }
    }
    for declared in inventory.manifests.iter().flat_map(|manifest| &manifest.declared) {
        for place in declared.set.iter().chain([&declared.place]) {
            let text = files.text(&place.path).expect("a file of ours");
            assert!(text.get(place.span.clone()).is_some(), "no text at {place:?}");
        }
        if let Some(at) = declared.locked {
            let lock = &inventory.locks[at.lock as usize];
            assert_eq!(lock.packages[at.package as usize].package, declared.package);
        }
    }
}

#[test]
fn real_forms_are_read_without_findings_of_form() {
    look(&REAL.iter().copied().collect());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A piece of one file cut out, put elsewhere, or replaced by what means something in some format.
    #[test]
    fn mutated_files_never_panic(
        file in 0..REAL.len(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, 0..WORDS.len()), 1..6),
    ) {
        let mut files: Files = REAL.iter().copied().collect();
        let (path, text) = REAL[file];
        let mut chars: Vec<char> = text.chars().collect();
        for (at, length, word) in cuts {
            let at = at.index(chars.len() + 1);
            let end = (at + length).min(chars.len());
            chars.splice(at..end, WORDS[word].chars());
        }
        files.add(path, chars.into_iter().collect::<String>());
        look(&files);
    }

    #[test]
    fn any_text_never_panics(file in 0..REAL.len(), text in "\\PC{0,200}") {
        let mut files: Files = REAL.iter().copied().collect();
        files.add(REAL[file].0, text);
        look(&files);
    }
}

/// Words that mean something in one of the formats.
const WORDS: [&str; 32] = [
    "", "\n", "\"", "'", "é", "\u{feff}", "#", "//", "(", ")", "[", "]", "{", "}", "<", ">", "$(", "&", "..",
    "/", "\\", "=", "=>", ":", ";", ",", " ", "%q", "<<~", "0", "-", "`",
];
