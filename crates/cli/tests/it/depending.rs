//! Who depends on what, through the binary.

use serde_json::Value;

use crate::world::World;

fn pom(parent: Option<&str>, artifact: &str, rest: &str) -> String {
    let parent = parent.map_or("<groupId>acme</groupId><version>1.0</version>".to_owned(), |version| {
        format!("<parent><groupId>acme</groupId><artifactId>parent</artifactId><version>{version}</version><relativePath/></parent>")
    });
    format!(
        "<project>\n  <modelVersion>4.0.0</modelVersion>\n  {parent}\n  <artifactId>{artifact}</artifactId>\n{rest}</project>\n"
    )
}

fn log4j(version: &str) -> String {
    let version = if version.is_empty() { String::new() } else { format!("<version>{version}</version>") };
    format!(
        "  <dependencies>\n    <dependency>\n      <groupId>org.apache.logging.log4j</groupId>\n      \
         <artifactId>log4j-core</artifactId>{version}\n    </dependency>\n  </dependencies>\n"
    )
}

const MANAGED: &str = "  <packaging>pom</packaging>\n  <properties><log4j.version>2.14.1</log4j.version></properties>\n  \
    <dependencyManagement><dependencies><dependency><groupId>org.apache.logging.log4j</groupId>\
    <artifactId>log4j-core</artifactId><version>${log4j.version}</version></dependency></dependencies></dependencyManagement>\n";

const LOCK: &str = r#"{ "name": "web", "version": "1.0.0", "lockfileVersion": 3, "packages": {} }"#;

/// Direct, by a property, inherited from another repository, mended already, of a missing parent, and none.
pub(crate) fn fleet() -> World {
    let world = World::new();
    world.repo("acme/direct", &[("pom.xml", &pom(None, "direct", &log4j("2.14.1")))]);
    let property = "  <properties><l.v>2.12.0</l.v></properties>\n".to_owned() + &log4j("${l.v}");
    world.repo("acme/property", &[("svc/pom.xml", &pom(None, "property", &property))]);
    world.repo("acme/parent", &[("pom.xml", &pom(None, "parent", MANAGED))]);
    world.repo("acme/child", &[("pom.xml", &pom(Some("1.0"), "child", &log4j("")))]);
    world.repo("acme/mended", &[("pom.xml", &pom(None, "mended", &log4j("2.17.1")))]);
    world.repo("acme/orphan", &[("pom.xml", &pom(Some("9.9"), "orphan", &log4j("")))]);
    world.repo("acme/web", &[("package-lock.json", LOCK), ("README.md", "nothing\n")]);
    world.done(&["repo", "sync"]);
    world
}

pub(crate) fn repos(rows: &Value) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| row["repo"].as_str().unwrap().to_owned()).collect()
}

const CORE: &str = "maven:org.apache.logging.log4j:log4j-core";

#[test]
fn who_is_on_it_and_of_whom_it_cannot_be_told() {
    let world = fleet();
    let told = world.json(&["deps", "who", CORE, "<2.17.1"]);
    assert_eq!(repos(&told["found"]), ["acme/child", "acme/direct", "acme/property"]);
    assert_eq!(repos(&told["untold"]), ["acme/orphan"]);
    assert_eq!(told["repositories"], 5);
    let child = &told["found"][0];
    assert_eq!(
        (child["version"].as_str(), child["through"].as_str()),
        (Some("2.14.1"), Some("parent acme:parent:1.0"))
    );
    let property = &told["found"][2];
    assert_eq!(
        (property["file"].as_str(), property["version"].as_str()),
        (Some("svc/pom.xml"), Some("2.12.0"))
    );
    assert_eq!(property["components"][0], "component:default/property");

    let shown = world.done(&["deps", "who", "log4j-core", "<2.17.1"]).stdout;
    assert!(shown.contains("3 of 5 repositories using"), "{shown}");
    assert!(shown.contains("of 1 it cannot be told") && shown.contains("9.9"), "{shown}");
    let skew = world.json(&["deps", "skew"]);
    let versions: Vec<&str> = skew["packages"][0]["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| each["version"].as_str().unwrap())
        .collect();
    assert_eq!(versions, ["", "2.12.0", "2.14.1", "2.17.1"]);
    let list = world.json(&["deps", "list", "property"]);
    assert_eq!(list["dependencies"].as_array().unwrap().len(), 1);
}

#[test]
fn dependencies_are_asked_in_sql() {
    let world = fleet();
    let ask = |question: &str| world.json(&["query", "--sql", question]);
    // A text that is called so copies nothing.
    let nothing = ask("SELECT count(*) AS n FROM finding WHERE area = 'dependencies'");
    let copies = || std::fs::read_dir(world.path(".fleetwright/cache/snapshots")).unwrap().count();
    assert_eq!(copies(), 1);
    let sql = "SELECT repo, components, version, requirement, scope, direct, file, line, through, why FROM dependencies
        WHERE ecosystem = 'maven' AND package = 'org.apache.logging.log4j:log4j-core' ORDER BY repo, line";
    let told = ask(sql);
    assert_eq!(told["snapshot"], nothing["snapshot"]);
    assert_eq!(copies(), 2);
    let repos = repos(&told["rows"]);
    assert_eq!(
        repos,
        ["acme/child", "acme/direct", "acme/mended", "acme/orphan", "acme/parent", "acme/property"]
    );
    let row = |repo: &str| told["rows"].as_array().unwrap().iter().find(|row| row["repo"] == repo).unwrap();
    assert_eq!(
        (&row("acme/child")["version"], &row("acme/child")["through"]),
        (&Value::from("2.14.1"), &Value::from("parent acme:parent:1.0"))
    );
    assert_eq!(
        (&row("acme/orphan")["version"], row("acme/orphan")["why"].as_str().unwrap().contains("9.9")),
        (&Value::from(""), true)
    );
    assert_eq!(row("acme/parent")["scope"], "managed");
    let property = row("acme/property");
    assert_eq!(property["components"], r#"["component:default/property"]"#);
    assert_eq!(
        (&property["file"], &property["requirement"]),
        (&Value::from("svc/pom.xml"), &Value::from("2.12.0"))
    );

    let published = "SELECT m.package, m.version, r.language FROM manifests m JOIN repo r ON r.name = m.repo AND r.forge = m.forge
        WHERE m.repo = 'acme/parent'";
    let parent = ask(published);
    assert_eq!(
        (&parent["rows"][0]["package"], &parent["rows"][0]["version"]),
        (&Value::from("maven:acme:parent"), &Value::from("1.0"))
    );
    let locked = ask("SELECT repo FROM manifests WHERE is_lock");
    assert_eq!(locked["rows"][0]["repo"], "acme/web");

    // A copy of before stays as it was, and has none if nobody asked for them then.
    let id = told["snapshot"].to_string();
    world.commit("acme/mended", "main", &[("100644", "pom.xml", None)]);
    world.done(&["repo", "sync"]);
    assert_eq!(world.json(&["query", "--sql", sql, "--snapshot", &id])["rows"], told["rows"]);
    let between = world.json(&["query", "true", "--from", "repo"])["snapshot"].to_string();
    world.commit("acme/direct", "main", &[("100644", "pom.xml", None)]);
    world.done(&["repo", "sync"]);
    let none = world.run(&["query", "--sql", sql, "--snapshot", &between]).ends(2).stderr;
    assert!(none.contains("holds no dependencies"), "{none}");
    assert_eq!(self::repos(&ask(sql)["rows"]), ["acme/child", "acme/orphan", "acme/parent", "acme/property"]);
}

#[test]
fn a_parent_that_moves_moves_its_children() {
    let world = fleet();
    let fixed = pom(None, "parent", &MANAGED.replace("2.14.1", "2.17.1"));
    world.commit("acme/parent", "main", &[("100644", "pom.xml", Some(fixed.as_bytes()))]);
    world.done(&["repo", "sync"]);
    let told = world.json(&["deps", "who", CORE, "<2.17.1"]);
    assert_eq!(repos(&told["found"]), ["acme/direct", "acme/property"]);
    // The missing parent is published at last.
    let late = pom(None, "parent", MANAGED).replace("<version>1.0</version>", "<version>9.9</version>");
    world.repo("acme/late", &[("pom.xml", &late)]);
    world.done(&["repo", "sync"]);
    let told = world.json(&["deps", "who", CORE, "<2.17.1"]);
    assert_eq!(repos(&told["found"]), ["acme/direct", "acme/orphan", "acme/property"]);
    assert!(told["untold"].as_array().unwrap().is_empty());
}

#[test]
fn a_pom_that_comes_into_the_folder_is_noticed() {
    let world = fleet();
    let config = std::fs::read_to_string(world.path("fleetwright.yaml")).unwrap();
    world.write("fleetwright.yaml", format!("{config}dependencies: {{ maven: m2 }}\n"));
    let untold = || {
        world.done(&["repo", "sync"]);
        repos(&world.json(&["deps", "who", CORE, "<2.17.1"])["untold"])
    };
    assert_eq!(untold(), ["acme/orphan"], "the folder is not even there");
    let late = pom(None, "parent", MANAGED).replace("<version>1.0</version>", "<version>9.9</version>");
    world.write("m2/acme/parent/9.8/parent-9.8.pom", &late);
    assert_eq!(untold(), ["acme/orphan"], "another version");
    world.write("m2/acme/parent/9.9/parent-9.9.pom", &late);
    assert!(untold().is_empty());
    let told = world.json(&["deps", "who", CORE, "<2.17.1"]);
    assert_eq!(repos(&told["found"]), ["acme/child", "acme/direct", "acme/orphan", "acme/property"]);
}

#[test]
fn a_bill_of_materials_is_all_that_is_printed() {
    let world = fleet();
    let document = |args: &[&str]| -> Value {
        serde_json::from_str(&world.done(&[&["deps", "export"], args].concat()).stdout).unwrap()
    };
    let purl = "pkg:maven/org.apache.logging.log4j/log4j-core";
    let child = document(&["acme/child"]);
    assert_eq!(child["specVersion"], "1.6");
    assert_eq!(child["metadata"]["component"]["name"], "acme/child");
    assert_eq!(child["components"].as_array().unwrap().len(), 1);
    assert_eq!(child["components"][0]["purl"], format!("{purl}@2.14.1"));
    assert_eq!(child["components"][0]["evidence"]["occurrences"][0]["location"], "pom.xml");
    assert_eq!(child["dependencies"][0]["dependsOn"][0], format!("{purl}@2.14.1"));
    // Of this one the version cannot be told: none is named, and it says why.
    let orphan = document(&["acme/orphan"]);
    assert_eq!(
        (&orphan["components"][0]["purl"], &orphan["components"][0]["version"]),
        (&Value::from(purl), &Value::Null)
    );
    assert!(orphan["components"][0]["properties"][0]["value"].as_str().unwrap().contains("9.9"), "{orphan}");

    let component = document(&["property", "--format", "spdx"]);
    assert_eq!(
        (&component["spdxVersion"], &component["name"]),
        (&Value::from("SPDX-2.3"), &Value::from("component:default/property"))
    );
    assert_eq!(component["packages"][1]["versionInfo"], "2.12.0");
    assert_eq!(component["relationships"][1]["relationshipType"], "DEPENDS_ON");

    let all = document(&["--all", "--format", "cyclonedx"]);
    let below = |name: &str| {
        let all = all["dependencies"].as_array().unwrap();
        all.iter().find(|each| each["ref"] == name).unwrap_or(&Value::Null)["dependsOn"].clone()
    };
    let cores =
        all["components"].as_array().unwrap().iter().filter(|each| each["name"] == "log4j-core").count();
    assert_eq!(cores, 4, "one for each version, and one that cannot be told");
    assert_eq!(below("component:default/child"), below("component:default/direct"));
    assert_eq!(below("component:default/mended")[0], format!("{purl}@2.17.1"));
    world.run(&["deps", "export", "acme/nobody"]).ends(2);
    world.run(&["deps", "export"]).ends(2);
}

#[test]
fn a_bill_of_materials_follows_the_lockfile() {
    let world = World::new();
    let manifest = "[package]\nname = \"web\"\nversion = \"1.0.0\"\n[dependencies]\na = \"1\"\n\
        [dev-dependencies]\nc = \"3\"\n";
    let registry = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    let lock = format!(
        "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.1.0\"\n{registry}\ndependencies = [\n \"b\",\n]\n\n\
         [[package]]\nname = \"b\"\nversion = \"2.2.0\"\n{registry}\n\n\
         [[package]]\nname = \"c\"\nversion = \"3.3.0\"\n{registry}\n\n\
         [[package]]\nname = \"web\"\nversion = \"1.0.0\"\ndependencies = [\n \"a\",\n \"c\",\n]\n"
    );
    world.repo("acme/web", &[("Cargo.toml", manifest), ("Cargo.lock", &lock)]);
    world.done(&["repo", "sync"]);
    let told = world.done(&["deps", "export", "acme/web"]).stdout;
    let told: Value = serde_json::from_str(&told).unwrap();
    let below = |name: &str| {
        let all = told["dependencies"].as_array().unwrap();
        all.iter().find(|each| each["ref"] == name).unwrap_or(&Value::Null)["dependsOn"].clone()
    };
    assert_eq!(below("acme/web"), serde_json::json!(["pkg:cargo/a@1.1.0", "pkg:cargo/c@3.3.0"]), "{told:#}");
    assert_eq!(below("pkg:cargo/a@1.1.0"), serde_json::json!(["pkg:cargo/b@2.2.0"]));
    let scope = |name: &str| {
        let all = told["components"].as_array().unwrap();
        all.iter().find(|each| each["bom-ref"] == name).unwrap_or(&Value::Null)["scope"].clone()
    };
    assert_eq!(
        (scope("pkg:cargo/b@2.2.0"), scope("pkg:cargo/c@3.3.0")),
        ("required".into(), "excluded".into())
    );
}

#[test]
fn a_shift_selects_by_dependencies_and_by_advisories() {
    let world = fleet();
    let steps = "  steps: [{ file: { path: NOTE, content: x } }]";
    let select = |text: &str| format!("  targets: {{ select: '{text}' }}\n{steps}");
    let planned = |name: &str, text: &str| {
        let file = world.shift(name, &select(text));
        world.done(&["shift", "plan", &file]);
        world.stages(name).len()
    };
    assert_eq!(
        planned("old", r#"repo.dependsOn("maven:org.apache.logging.log4j:log4j-core", "<2.17.1")"#),
        3
    );
    assert_eq!(planned("any", r#"repo.dependsOn("maven:org.apache.logging.log4j:log4j-core")"#), 5);
    // Not knowing is not no: the one whose version cannot be told is in neither.
    assert_eq!(
        planned("not", r#"!repo.dependsOn("maven:org.apache.logging.log4j:log4j-core", "<2.17.1")"#),
        3
    );
    let why = world.done(&["shift", "why", "old", "acme/orphan"]).stdout;
    assert!(why.contains("could not find out") && why.contains("pom.xml"), "{why}");

    for (text, expected) in [
        (r#"repo.dependsOn("log4j")"#, "names no ecosystem"),
        (r#"repo.dependsOn("npm:x", ">=")"#, "targets.select"),
        ("repo.dependsOn(repo.name)", "takes texts in quotes"),
        ("repo.affectedBy()", "takes 1 text"),
    ] {
        let file = world.shift("bad", &select(text));
        let told = world.run(&["shift", "plan", &file]).ends(2).stderr;
        assert!(told.contains(expected), "{text}: {told}");
    }
    let file = world.shift("affected", &select(r#"repo.affectedBy("CVE-2021-44228")"#));
    let told = world.run(&["shift", "plan", &file]).ends(2).stderr;
    assert!(told.contains("dependencies.advisories"), "{told}");
}

#[test]
fn a_step_asks_for_dependencies() {
    let world = fleet();
    let old = r#"repo.dependsOn("maven:org.apache.logging.log4j:log4j-core", "<2.17.1")"#;
    let text = format!("  steps: [{{ if: '{old}', file: {{ path: NOTE, content: x }} }}]\n");
    let file = world.shift("note", &text);
    let stages = || {
        world.run(&["shift", "plan", &file]);
        let of = |line: String| line.split([':', ' ']).take(2).collect::<Vec<_>>().join(" ");
        world.stages("note").into_iter().map(of).collect::<Vec<_>>()
    };
    let first = ["acme/child made", "acme/direct made", "acme/mended notApplicable", "acme/orphan failed"];
    assert_eq!(
        stages(),
        [&first[..], &["acme/parent notApplicable", "acme/property made", "acme/web notApplicable"]].concat()
    );
    let all = world.stages("note").join("\n");
    assert!(all.contains("its condition has no answer") && all.contains("9.9"), "{all}");
    // What its parent says is part of what a result is made of: the child itself stays as it is.
    let fixed = pom(None, "parent", &MANAGED.replace("2.14.1", "2.17.1"));
    world.commit("acme/parent", "main", &[("100644", "pom.xml", Some(fixed.as_bytes()))]);
    assert_eq!(stages()[0], "acme/child notApplicable");
    let told = world.run(&["shift", "try", &file, "."]).ends(4).stderr;
    assert!(told.contains("a checkout has none"), "{told}");
}

#[test]
fn a_manifest_of_several_components_is_that_of_each() {
    let world = World::new();
    let component = |name: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{ name: {name} }}\nspec: {{ type: service, lifecycle: production, owner: pay }}\n"
        )
    };
    let both = format!("{}---\n{}", component("one"), component("two"));
    world.repo(
        "acme/both",
        &[
            ("catalog-info.yaml", &both),
            ("lib/catalog-info.yaml", &component("lib")),
            ("pom.xml", &pom(None, "both", &log4j("2.14.1"))),
            ("lib/pom.xml", &pom(None, "lib", &log4j("2.14.1"))),
        ],
    );
    world.done(&["repo", "sync"]);
    let told = world.json(&["deps", "who", CORE]);
    let of = |file: &str| {
        let found = told["found"].as_array().unwrap().iter().find(|found| found["file"] == file).unwrap();
        found["components"].clone()
    };
    assert_eq!(of("pom.xml"), serde_json::json!(["component:default/one", "component:default/two"]));
    assert_eq!(of("lib/pom.xml"), serde_json::json!(["component:default/lib"]));
}
