//! Bills of materials, through the binary.

use serde_json::{Value, json};

use crate::world::World;

const CORE: &str = "maven:org.apache.logging.log4j:log4j-core";

fn pom(artifact: &str, version: &str) -> String {
    format!(
        "<project>\n  <modelVersion>4.0.0</modelVersion>\n  <groupId>acme</groupId>\n  \
         <artifactId>{artifact}</artifactId>\n  <version>1.0</version>\n  <dependencies>\n    <dependency>\n      \
         <groupId>org.apache.logging.log4j</groupId>\n      <artifactId>log4j-core</artifactId>\n      \
         <version>{version}</version>\n    </dependency>\n  </dependencies>\n</project>\n"
    )
}

/// Three releases; the newest is of a day that is far off.
const BOM: &str = r#"apiVersion: fleetwright/v1
kind: Bom
metadata: { name: jvm, title: The JVM platform, description: What services are built with. }
spec:
  owner: group:platform
  channels: { stable: "2021.12" }
  minimumAge: 7d
  releases:
    - { version: "2021.09", released: 2021-09-01, packages: { "maven:org.apache.logging.log4j:log4j-core": "2.14.1" } }
    - { version: "2021.12", released: 2021-12-28, packages: { "maven:org.apache.logging.log4j:log4j-core": "2.17.1" } }
    - { version: "2999.01", released: 2999-01-01, packages: { "maven:org.apache.logging.log4j:log4j-core": "2.20.0" } }
"#;

/// One on each release, one below all, one that cannot be told, one that uses nothing, and two components in one.
fn fleet() -> World {
    let world = World::new();
    world.write("boms/jvm.yaml", BOM);
    for (name, version) in [("new", "2.17.1"), ("newer", "2.18.0"), ("old", "2.14.1"), ("older", "2.12.0")] {
        world.repo(&format!("acme/{name}"), &[("pom.xml", &pom(name, version))]);
    }
    world.repo("acme/unknown", &[("pom.xml", &pom("unknown", "${nowhere}"))]);
    world.repo("acme/none", &[("README.md", "nothing\n")]);
    let component = |name: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{ name: {name} }}\nspec: {{ type: service, \
             lifecycle: production, owner: pay }}\n"
        )
    };
    world.repo(
        "acme/two",
        &[
            ("a/catalog-info.yaml", &component("two-a")),
            ("a/pom.xml", &pom("two-a", "2.17.1")),
            ("b/catalog-info.yaml", &component("two-b")),
            ("b/pom.xml", &pom("two-b", "2.13.0")),
        ],
    );
    world.done(&["repo", "sync"]);
    world
}

fn counts(shown: &Value) -> Vec<(String, u64, u64, u64)> {
    let number = |row: &Value, key: &str| row[key].as_u64().unwrap();
    let row = |row: &Value| {
        let version = row["version"].as_str().unwrap().to_owned();
        (version, number(row, "users"), number(row, "repositories"), number(row, "atOrBeyond"))
    };
    shown["releases"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn who_is_on_which_release_and_what_keeps_the_others() {
    let world = fleet();
    let shown = world.json(&["bom", "show", "jvm"]);
    assert_eq!(
        counts(&shown),
        [("2999.01".into(), 0, 0, 0), ("2021.12".into(), 3, 3, 3), ("2021.09".into(), 1, 1, 4)]
    );
    assert_eq!(
        (&shown["users"], &shown["repositories"], &shown["behind"], &shown["untold"]),
        (&json!(7), &json!(6), &json!(2), &json!(1))
    );
    assert_eq!((&shown["target"], &shown["targetChanges"]), (&json!("2021.12"), &Value::Null));
    let text = world.done(&["bom", "show", "jvm"]).stdout;
    assert!(text.contains("jvm: The JVM platform, of group:platform\nstable moves to 2021.12\n"), "{text}");
    assert!(text.contains("7 users in 6 repositories"), "{text}");
    assert!(text.contains("3 (42 %)") && text.contains("cannot be told"), "{text}");

    let behind = world.json(&["bom", "show", "jvm", "--behind"]);
    let listed: Vec<(&str, &str, &str, &str)> = behind["listed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let text =
                |value: &'_ Value| -> &'static str { Box::leak(value.as_str().unwrap().to_owned().into()) };
            let lack = &row["lacks"][0];
            (text(&row["repo"]), text(&row["component"]), text(&row["standing"]), text(&lack["version"]))
        })
        .collect();
    let component = |name: &str| -> &'static str { Box::leak(format!("component:default/{name}").into()) };
    assert_eq!(
        listed,
        [
            ("acme/old", component("old"), "on", "2.14.1"),
            ("acme/older", component("older"), "behind", "2.12.0"),
            ("acme/two", component("two-b"), "behind", "2.13.0"),
            ("acme/unknown", component("unknown"), "untold", ""),
        ]
    );
    let lack = &behind["listed"][2]["lacks"][0];
    assert_eq!(
        (&lack["file"], &lack["line"], &lack["wanted"]),
        (&json!("b/pom.xml"), &json!(9), &json!("2.17.1"))
    );
    assert!(behind["listed"][3]["lacks"][0]["why"].as_str().unwrap().contains("nowhere"), "{behind:#}");
    let text = world.done(&["bom", "show", "jvm", "--behind"]).stdout;
    assert!(text.contains("b/pom.xml:9") && text.contains("4 users"), "{text}");
    // Those on a release, and what keeps them from the next one.
    let who = world.json(&["bom", "show", "boms/jvm.yaml", "--who", "2021.09"]);
    assert_eq!(
        (&who["listed"][0]["repo"], &who["listed"][0]["wanted"]),
        (&json!("acme/old"), &json!("2021.12"))
    );
    assert_eq!(who["listed"].as_array().unwrap().len(), 1);
    assert_eq!(world.json(&["bom", "show"])["boms"][0]["name"], "jvm");
    assert!(world.done(&["bom", "show"]).stdout.contains("2021.12"));
}

#[test]
fn overrides_are_shown_with_their_days_and_conflicts() {
    let world = fleet();
    let over = |place: &str, version: &str, until: &str| {
        format!(
            "    - {{ package: '{CORE}', in: '{place}', version: '{version}', reason: 'waits for x', until: {until} }}\n"
        )
    };
    let overrides = [
        over("acme/old", "2.14.0", "2999-12-31"),
        over("acme/o*", "2.14.1", "2998-12-31"),
        over("component:default/older", "2.12.0", "2022-01-01"),
    ];
    world.write("boms/jvm.yaml", format!("{BOM}  overrides:\n{}", overrides.concat()));
    let shown = world.json(&["bom", "show", "jvm"]);
    // Held by its overrides, acme/old counts as on the stable release, and even on the one after it.
    assert_eq!(counts(&shown)[0].1, 1, "{shown:#}");
    let told: Vec<(&Value, &Value, &Value)> = shown["overrides"]
        .as_array()
        .unwrap()
        .iter()
        .map(|over| (&over["expired"], &over["users"], &over["neededBy"]))
        .collect();
    let row = |expired: bool, users: u64, needed: u64| (json!(expired), json!(users), json!(needed));
    let expected = [row(false, 1, 1), row(false, 2, 2), row(true, 1, 1)];
    assert_eq!(told, expected.iter().map(|(a, b, c)| (a, b, c)).collect::<Vec<_>>());
    assert_eq!(shown["conflicts"][0]["lines"], json!([13, 14]));
    let text = world.done(&["bom", "show", "jvm"]).stdout;
    assert!(
        text.contains(
            "boms/jvm.yaml:15: the override of maven:org.apache.logging.log4j:log4j-core in component:default/older is \
             over since 2022-01-01, and does not count: 1 user is below the stable release (waits for x)"
        ),
        "{text}"
    );
    assert!(text.contains("boms/jvm.yaml:13: ") && text.contains("both must allow it"), "{text}");
    // Left out of the change, whatever else is below.
    let shift = world.json(&["bom", "shift", "jvm"]);
    assert_eq!(shift["behind"], json!(["acme/two"]));
    let text = shift["shift"].as_str().unwrap();
    assert!(text.contains("repo.name == \\\"acme/old\\\" || repo.name.matches("), "{text}");
    assert!(!text.contains("older"), "one that is over leaves nobody out:\n{text}");
}

#[test]
fn a_release_that_lowers_a_version_is_said() {
    let world = fleet();
    world.write("boms/jvm.yaml", BOM.replace("2.20.0", "2.16.0"));
    let text = world.done(&["bom", "show", "jvm"]).stdout;
    let said = "release 2999.01 has maven:org.apache.logging.log4j:log4j-core 2.16.0, lower than 2.17.1 of release 2021.12";
    assert!(text.contains(said), "{text}");
}

#[test]
fn what_is_wrong_is_said_whole() {
    let world = fleet();
    let each = |args: &[&str], code: i32, message: &str| {
        let told = world.run(args).ends(code);
        assert_eq!(
            (told.stdout.as_str(), told.stderr.as_str()),
            ("", format!("error: {message}\n").as_str()),
            "{args:?}"
        );
    };
    each(
        &["bom", "show", "jwm"],
        2,
        "no bill of materials in boms is called `jwm`\n  try: did you mean `jvm`?",
    );
    each(
        &["bom", "show", "jvm", "--who", "1"],
        2,
        "`jvm` has no release `1`\n  try: one of 2021.09, 2021.12, 2999.01",
    );
    each(
        &["bom", "shift", "jvm", "--channel", "candidate"],
        2,
        "boms/jvm.yaml: the channel `candidate` of `jvm` points to no release\n  try: set `spec.channels.candidate`",
    );
    world.write("new/other.yaml", BOM.replace("name: jvm", "name: other"));
    each(
        &["bom", "adoption", "new/other.yaml"],
        2,
        "who is on `other` was never looked at\n  try: put its file into boms, then `fleetwright repo sync`",
    );
    world.write("new/young.yaml", BOM.replace("7d", "36500d"));
    each(
        &["bom", "shift", "new/young.yaml"],
        4,
        "no release of `jvm` is old enough for the channel `stable`: the first will be at 2121-08-08T00:00:00Z\n  try: \
         wait, or shorten `spec.minimumAge` in new/young.yaml",
    );
    // A file that is wrong stops no sync, and is told by all that read the folder.
    world.write("boms/other.yaml", BOM.replace("stable: \"2021.12\"", "stable: \"2021.11\""));
    let wrong =
        "boms/other.yaml:6:15: spec.channels.stable: no release is `2021.11`\n  try: did you mean `2021.12`?";
    each(&["bom", "show", "other"], 2, wrong);
    let synced = world.done(&["repo", "sync"]).stderr;
    assert!(synced.contains(&format!("a bill of materials is not followed: {wrong}")), "{synced}");
    let all = world.run(&["bom", "show"]).ends(3);
    assert!(all.stderr.contains(wrong) && all.stdout.contains("jvm"), "{all:?}");
    world.write("boms/other.yaml", BOM);
    each(
        &["bom", "show", "jvm"],
        2,
        "boms/other.yaml: metadata.name: `jvm` is the name of boms/jvm.yaml, too\n  try: rename one of them",
    );
}

#[test]
fn the_file_of_the_shift_is_written_over_its_own_only() {
    let world = fleet();
    let told = world.done(&["bom", "shift", "jvm", "--out", "shifts"]);
    assert_eq!(told.stdout, "Wrote shifts/bom-jvm.yaml.\n");
    assert!(told.stderr.contains("3 repositories are below release 2021.12"), "{}", told.stderr);
    let first = std::fs::read_to_string(world.path("shifts/bom-jvm.yaml")).unwrap();
    world.done(&["bom", "shift", "jvm", "--out", "shifts"]);
    let second = std::fs::read_to_string(world.path("shifts/bom-jvm.yaml")).unwrap();
    assert_eq!(first, second, "equal content gives equal bytes");
    world.write("shifts/bom-jvm.yaml", "kind: Shift\n");
    let told = world.run(&["bom", "shift", "jvm", "--out", "shifts"]).ends(4).stderr;
    assert!(told.contains("shifts/bom-jvm.yaml is there already"), "{told}");
}

#[test]
fn a_bump_is_the_next_round_of_the_same_shift() {
    let world = fleet();
    let file = "shifts/bom-jvm.yaml";
    let auto = |world: &World| {
        world.done(&["bom", "shift", "jvm", "--out", "shifts"]);
        let text = std::fs::read_to_string(world.path(file)).unwrap();
        world.write(file, format!("{text}  merge: {{ auto: true, require: {{ checks: none }} }}\n"));
        world.done(&["shift", "apply", file, "--amend", "--wait", "--quiet"]);
        world.done(&["repo", "sync"]);
    };
    world.write("boms/jvm.yaml", BOM.replace("stable: \"2021.12\"", "stable: \"2021.09\""));
    auto(&world);
    assert!(world.text("acme/older", "main", "pom.xml").contains("<version>2.14.1<"));
    assert_eq!(world.json(&["bom", "show", "jvm"])["behind"], 0);
    // The channel moves, and the same shift goes on.
    world.write("boms/jvm.yaml", BOM);
    auto(&world);
    for repo in ["acme/old", "acme/older"] {
        assert!(world.text(repo, "main", "pom.xml").contains("<version>2.17.1<"), "{repo}");
    }
    let shifts = world.json(&["shift", "list"]);
    assert_eq!(shifts.as_array().map_or(0, Vec::len), 1, "{shifts:#}");
    let shown = world.json(&["bom", "show", "jvm"]);
    assert_eq!(counts(&shown)[1].3, 6, "{shown:#}");
    let adoption = world.json(&["bom", "adoption", "jvm"]);
    let stable = &adoption["releases"][1];
    assert_eq!(stable["version"], "2021.12");
    let last = stable["points"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["atOrBeyond"], &last["users"]), (&json!(6), &json!(7)));
    let reached: Vec<&Value> =
        stable["reached"].as_array().unwrap().iter().map(|mark| &mark["percent"]).collect();
    assert_eq!(reached, [50, 70], "six of seven are 85 percent");
    let csv = world.done(&["bom", "adoption", "jvm", "--csv"]).stdout;
    assert!(csv.starts_with("release,time,atOrBeyond,users\n2021.09,"), "{csv}");
    assert!(
        csv.trim_end().lines().any(|line| line.starts_with("2021.12,") && line.ends_with(",6,7")),
        "{csv}"
    );
    let text = world.done(&["bom", "adoption", "jvm"]).stdout;
    assert!(text.contains("6 of 7 (85 %)") && text.contains("not yet"), "{text}");
}
