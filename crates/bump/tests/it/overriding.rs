//! Packages whose version is not declared here, and entries that set it.

use std::sync::Arc;

use fleetwright_bump::{Verdict, Wish, bump};
use fleetwright_deps::Shelf;
use fleetwright_package::{Files, Published};

use crate::play::play;

const LOCK: &str = r#"{"name":"x","lockfileVersion":3,"packages":{"":{"name":"x","dependencies":{"b":"^1.0.0"}},"node_modules/b":{"version":"1.0.0","dependencies":{"a":"^1.0.0"}},"node_modules/a":{"version":"1.0.0"}}}"#;

#[test]
fn npm() {
    let json = "{\n  \"name\": \"x\",\n  \"dependencies\": {\n    \"b\": \"^1.0.0\"\n  }\n}\n";
    let done =
        play(&[("package.json", json), ("package-lock.json", LOCK)], "npm:a", "1.5.0").overrides().done();
    assert_eq!(
        done.text("package.json"),
        "{\n  \"name\": \"x\",\n  \"dependencies\": {\n    \"b\": \"^1.0.0\"\n  },\n  \"overrides\": {\n    \"a\": \"1.5.0\"\n  }\n}\n"
    );
    assert_eq!(done.told(), ["package.json:7 1.0.0 Overridden"]);
    assert_eq!(done.stale(), ["package-lock.json false 1.0.0"]);
}

#[test]
fn npm_that_has_an_entry_or_asks_for_it_itself() {
    let json = "{\"name\": \"x\", \"dependencies\": {\"b\": \"^1.0.0\"}, \"overrides\": {\"a\": \"1.0.0\"}}";
    let done =
        play(&[("package.json", json), ("package-lock.json", LOCK)], "npm:a", "1.5.0").overrides().done();
    done.is_with("package.json", &[("\"a\": \"1.0.0\"", "\"a\": \"1.5.0\"")]);
    assert!(done.told().iter().any(|told| told.ends_with("Overridden")), "{:?}", done.told());
    let json = "{\"name\": \"x\", \"dependencies\": {\"a\": \"^1.0.0\", \"b\": \"^1.0.0\"}}";
    let lock = LOCK.replace("{\"b\":\"^1.0.0\"}", "{\"a\":\"^1.0.0\",\"b\":\"^1.0.0\"}").replace(
        "\"node_modules/a\"",
        "\"node_modules/b/node_modules/a\":{\"version\":\"1.0.1\"},\"node_modules/a\"",
    );
    let done =
        play(&[("package.json", json), ("package-lock.json", &lock)], "npm:a", "1.5.0").overrides().done();
    assert!(
        done.text("package.json").contains("\"overrides\": {\"a\": \"$a\"}"),
        "{}",
        done.text("package.json")
    );
}

#[test]
fn yarn_and_pnpm() {
    let json = "{\n  \"name\": \"x\",\n  \"dependencies\": { \"b\": \"^1.0.0\" }\n}\n";
    let lock = "# yarn lockfile v1\n\n\na@^1.0.0:\n  version \"1.0.0\"\n\nb@^1.0.0:\n  version \"1.0.0\"\n  dependencies:\n    a \"^1.0.0\"\n";
    let done = play(&[("package.json", json), ("yarn.lock", lock)], "npm:a", "1.5.0").overrides().done();
    assert!(done.text("package.json").contains("\"resolutions\": {\n    \"a\": \"1.5.0\"\n  }"));
    let lock = "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      b:\n        specifier: ^1.0.0\n        version: 1.0.0\n\npackages:\n\n  a@1.0.0:\n    resolution: {integrity: x}\n\n  b@1.0.0:\n    resolution: {integrity: x}\n\nsnapshots:\n\n  a@1.0.0: {}\n\n  b@1.0.0:\n    dependencies:\n      a: 1.0.0\n";
    let done = play(&[("package.json", json), ("pnpm-lock.yaml", lock)], "npm:a", "1.5.0").overrides().done();
    assert!(
        done.text("package.json").contains("\"pnpm\": {\n    \"overrides\": {"),
        "{}",
        done.text("package.json")
    );
    let workspace = "packages:\n  - x/*\noverrides:\n  z: 1.0.0\n";
    let files = [("package.json", json), ("pnpm-lock.yaml", lock), ("pnpm-workspace.yaml", workspace)];
    let done = play(&files, "npm:a", "1.5.0").overrides().done();
    assert_eq!(done.text("pnpm-workspace.yaml"), format!("{workspace}  a: 1.5.0\n"));
    let newer = json.replace("\"name\": \"x\",", "\"name\": \"x\", \"packageManager\": \"pnpm@12.4.2\",");
    let files = [
        ("package.json", newer.as_str()),
        ("pnpm-lock.yaml", lock),
        ("pnpm-workspace.yaml", "packages:\n  - x/*\n"),
    ];
    let done = play(&files, "npm:a", "1.5.0").overrides().done();
    assert!(done.text("pnpm-workspace.yaml").contains("overrides:"), "{}", done.text("pnpm-workspace.yaml"));
}

#[test]
fn uv() {
    let lock = "version = 1\n\n[[package]]\nname = \"flask\"\nversion = \"1.5\"\nsource = { registry = \"https://h.example/simple\" }\ndependencies = [{ name = \"jinja2\" }]\n\n[[package]]\nname = \"jinja2\"\nversion = \"2.0\"\nsource = { registry = \"https://h.example/simple\" }\n\n[[package]]\nname = \"shop\"\nversion = \"1.0\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"flask\" }]\n";
    let text = "[project]\nname = \"shop\"\nversion = \"1.0\"\ndependencies = [\"flask>=1.0\"]\n";
    let done = play(&[("pyproject.toml", text), ("uv.lock", lock)], "pypi:jinja2", "3.1").overrides().done();
    assert!(
        done.text("pyproject.toml").contains("constraint-dependencies = [\"jinja2>=3.1\"]"),
        "{}",
        done.text("pyproject.toml")
    );
    assert_eq!(done.stale(), ["uv.lock false 2.0"]);
}

#[test]
fn cargo_needs_no_entry() {
    let text = "[package]\nname = \"x\"\nversion = \"0.1.0\"\n\n[dependencies]\nb = \"1.0\"\n";
    let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+https://h.example/index\"\n\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"registry+https://h.example/index\"\ndependencies = [\n \"a\",\n]\n\n[[package]]\nname = \"x\"\nversion = \"0.1.0\"\ndependencies = [\n \"b\",\n]\n";
    let done = play(&[("Cargo.toml", text), ("Cargo.lock", lock)], "cargo:a", "1.2.0").overrides().done();
    assert_eq!(done.verdict(), &Verdict::Transitive(vec!["b 1.0.0".into(), "a 1.0.0".into()]));
    assert_eq!(done.stale(), ["Cargo.lock true 1.0.0"]);
}

/// `corp:lib:1` needs `acme.log:core:1.0`; `corp:bom:1` manages it.
struct Shop;

impl Published for Shop {
    fn pom(&self, group: &str, artifact: &str, version: &str) -> Option<Arc<str>> {
        let body = match (group, artifact) {
            ("corp", "lib") => {
                "<dependencies><dependency><groupId>acme.log</groupId><artifactId>core</artifactId><version>1.0</version></dependency></dependencies>"
            }
            ("corp", "bom") => {
                "<packaging>pom</packaging><dependencyManagement><dependencies><dependency><groupId>acme.log</groupId><artifactId>core</artifactId><version>1.0</version></dependency></dependencies></dependencyManagement>"
            }
            ("acme.log", "core") => "",
            _ => return None,
        };
        Some(format!("<project><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>{body}</project>").into())
    }
}

fn maven(files: &Files, overrides: bool) -> fleetwright_bump::Bumped {
    let shelf = Shelf::default();
    let read = |files: &Files| fleetwright_deps::read(files, &Shop, &shelf);
    let package = "maven:acme.log:core".parse().unwrap();
    let wish = Wish { package: &package, to: "2.0", from: None, dir: "", overrides, pinned: false };
    let inventory = read(files);
    bump(files, &inventory, &wish, &read).unwrap()
}

#[test]
fn maven_transitive_in_modules() {
    let parent = "<project>\n    <groupId>a</groupId>\n    <artifactId>root</artifactId>\n    <version>1</version>\n    <packaging>pom</packaging>\n    <modules>\n        <module>web</module>\n    </modules>\n</project>\n";
    let web = "<project>\n    <parent>\n        <groupId>a</groupId>\n        <artifactId>root</artifactId>\n        <version>1</version>\n    </parent>\n    <artifactId>web</artifactId>\n    <dependencies>\n        <dependency>\n            <groupId>corp</groupId>\n            <artifactId>lib</artifactId>\n            <version>1</version>\n        </dependency>\n    </dependencies>\n</project>\n";
    let mut files = Files::from_iter([("pom.xml", parent), ("web/pom.xml", web)]);
    let plain = maven(&files, false);
    assert_eq!(
        plain.told[0].verdict,
        Verdict::Transitive(vec!["corp:lib 1".into(), "acme.log:core 1.0".into()])
    );
    assert!(plain.stale.is_empty());
    let done = maven(&files, true);
    let added = "    <dependencyManagement>\n        <dependencies>\n            <dependency>\n                <groupId>acme.log</groupId>\n                <artifactId>core</artifactId>\n                <version>2.0</version>\n            </dependency>\n        </dependencies>\n    </dependencyManagement>\n</project>\n";
    assert_eq!(done.files["pom.xml"], parent.replace("</project>\n", added));
    assert_eq!((done.files.len(), &done.told[0].verdict), (1, &Verdict::Overridden));
    files.add("pom.xml", done.files["pom.xml"].as_str());
    let again = maven(&files, true);
    assert!(
        again.files.is_empty() && again.told.iter().all(|told| told.verdict == Verdict::Already),
        "{again:#?}"
    );
}

#[test]
fn maven_inherited() {
    let pom = "<project>\n  <groupId>a</groupId>\n  <artifactId>x</artifactId>\n  <version>1</version>\n  <dependencyManagement>\n    <dependencies>\n      <dependency>\n        <groupId>corp</groupId>\n        <artifactId>bom</artifactId>\n        <version>1</version>\n        <type>pom</type>\n        <scope>import</scope>\n      </dependency>\n    </dependencies>\n  </dependencyManagement>\n  <dependencies>\n    <dependency>\n      <groupId>acme.log</groupId>\n      <artifactId>core</artifactId>\n    </dependency>\n  </dependencies>\n</project>\n";
    let files = Files::from_iter([("pom.xml", pom)]);
    let told = maven(&files, false).told;
    assert_eq!(told[0].verdict, Verdict::Inherited("maven:corp:bom".parse().unwrap(), "1".into()));
    let done = maven(&files, true);
    assert_eq!(done.told[0].verdict, Verdict::Overridden);
    assert!(done.files["pom.xml"].contains("      <dependency>\n        <groupId>acme.log</groupId>\n        <artifactId>core</artifactId>\n        <version>2.0</version>\n      </dependency>\n    </dependencies>"));
}

#[test]
fn what_is_newer_is_not_lowered_by_an_entry() {
    let lock = LOCK.replace(
        "\"node_modules/a\"",
        "\"node_modules/b/node_modules/a\":{\"version\":\"3.0.0\"},\"node_modules/a\"",
    );
    let json = "{\"name\": \"x\", \"dependencies\": {\"b\": \"^1.0.0\"}}";
    let done =
        play(&[("package.json", json), ("package-lock.json", &lock)], "npm:a", "1.5.0").overrides().done();
    assert!(done.done.files.is_empty());
    assert!(done.told().iter().any(|told| told.contains("would lower")), "{:?}", done.told());
}

/// A lockfile of Poetry or PDM in which flask needs jinja2.
fn locked(rest: &str) -> String {
    format!(
        "[[package]]\nname = \"flask\"\nversion = \"1.5\"\n\n[package.dependencies]\njinja2 = \">=2\"\n\n[[package]]\nname = \"jinja2\"\n\
         version = \"2.0\"\n\n{rest}"
    )
}

#[test]
fn poetry_gets_an_optional_group() {
    let text = "[tool.poetry]\nname = \"shop\"\nversion = \"1.0\"\n\n[tool.poetry.dependencies]\nflask = \">=1.0\"\n";
    let lock = locked("[metadata]\nlock-version = \"2.0\"\ncontent-hash = \"x\"\n");
    let done =
        play(&[("pyproject.toml", text), ("poetry.lock", &lock)], "pypi:jinja2", "3.1").overrides().done();
    let new = done.text("pyproject.toml");
    assert!(
        new.starts_with(text) && new.contains("constraints") && new.contains("jinja2 = \">=3.1\""),
        "{new}"
    );
    assert!(new.contains("optional = true"), "{new}");
    assert_eq!(done.stale(), ["poetry.lock false 2.0"]);
}

#[test]
fn pdm_gets_an_override() {
    let text = "[project]\nname = \"shop\"\nversion = \"1.0\"\ndependencies = [\"flask>=1.0\"]\n";
    let lock = "[metadata]\nlock_version = \"4.5.0\"\ncontent_hash = \"sha256:x\"\n\n[[package]]\nname = \"flask\"\nversion = \"1.5\"\n\
                dependencies = [\"jinja2>=2\"]\n\n[[package]]\nname = \"jinja2\"\nversion = \"2.0\"\n";
    let done = play(&[("pyproject.toml", text), ("pdm.lock", lock)], "pypi:jinja2", "3.1").overrides().done();
    let new = done.text("pyproject.toml");
    assert!(
        new.starts_with(text) && new.contains("overrides") && new.contains("jinja2 = \">=3.1\""),
        "{new}"
    );
    assert_eq!(done.stale(), ["pdm.lock false 2.0"]);
}

#[test]
fn pip_compile_gets_a_constraint_where_it_has_some() {
    let compiled = "#\n# This file is autogenerated by pip-compile with Python 3.11\n# by the following command:\n#\n#    pip-compile requirements.in\n#\n\
                    flask==1.5\n    # via -r requirements.in\njinja2==2.0\n    # via flask\n";
    let files = |source: &'static str| {
        [("requirements.in", source), ("requirements.txt", compiled), ("constraints.txt", "six>=1\n")]
    };
    let done = play(&files("-c constraints.txt\nflask>=1\n"), "pypi:jinja2", "3.1").overrides().done();
    assert_eq!(done.text("constraints.txt"), "six>=1\njinja2>=3.1\n");
    let done = play(&files("flask>=1\n"), "pypi:jinja2", "3.1").overrides().done();
    assert!(done.told().iter().any(|told| told.contains("by hand")), "{:?}", done.told());
}

#[test]
fn gradle_gets_a_constraint() {
    let script = "plugins { id 'java' }\ndependencies {\n    implementation 'g:b:1.0'\n}\n";
    let lock = "# This is a Gradle generated file for dependency locking.\ng:a:1.0=compileClasspath\ng:b:1.0=compileClasspath\nempty=\n";
    let done =
        play(&[("build.gradle", script), ("gradle.lockfile", lock)], "maven:g:a", "1.5").overrides().done();
    assert_eq!(
        done.text("build.gradle"),
        format!(
            "{script}\ndependencies {{\n    constraints {{\n        implementation(\"g:a:1.5\")\n    }}\n}}\n"
        )
    );
    assert_eq!(done.stale(), ["gradle.lockfile false 1.0"]);
}
