//! Knowing the fleet, through the binary: the catalog, selections by it, questions about it.

use serde_json::{Value, json};

use crate::world::World;

fn component(name: &str, kind: &str, owner: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n  tags: [java]\nspec:\n  \
         type: {kind}\n  lifecycle: production\n  owner: {owner}\n"
    )
}

const ORG: &str = "\
# who is who
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: company }
spec: { type: department, children: [pay] }
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: pay }
spec: { type: team, parent: company, children: [], members: [ann] }
";

/// Two repositories with catalog files, one with owners only, one with nothing.
fn fleet() -> World {
    let world = World::new();
    world.repo(
        "acme/shop",
        &[
            ("catalog-info.yaml", &component("shop", "service", "pay")),
            ("lib/catalog-info.yaml", &component("shop-lib", "library", "search")),
            ("pom.xml", "<project/>\n"),
        ],
    );
    world.repo(
        "acme/site",
        &[("catalog-info.yaml", &component("site", "website", "pay")), ("a.txt", "needle\n")],
    );
    world.repo("acme/tool", &[("CODEOWNERS", "* @acme/pay\n"), ("src/Main.java", "class Main {}\n")]);
    world.repo("acme/odd", &[("README.md", "nothing\n")]);
    world.write("org.yaml", ORG);
    world.done(&["catalog", "import", "org.yaml"]);
    world.done(&["repo", "sync"]);
    world
}

fn names(list: &Value) -> Vec<String> {
    let name = |entity: &Value| entity["metadata"]["name"].as_str().unwrap().to_owned();
    list.as_array().unwrap().iter().map(name).collect()
}

#[test]
fn files_owners_and_groups_come_together() {
    let world = fleet();
    let all = world.json(&["catalog", "list", "--kind", "component"]);
    assert_eq!(names(&all), ["odd", "shop", "shop-lib", "site", "tool"]);
    let services =
        world.json(&["catalog", "list", "--filter", "kind=component,spec.type=service,spec.type=website"]);
    assert_eq!(names(&services), ["shop", "site"]);
    let query = r#"{"spec.type": {"$in": ["service", "website"]}, "$not": {"metadata.name": "site"}}"#;
    let told = world.run(&["catalog", "list", "--query", query]).ends(2).stderr;
    assert!(told.contains("--query: the predicate: `$not` stands alone"), "{told}");
    let query = r#"{"$all": [{"spec.type": {"$hasPrefix": "s"}}, {"relations": {"$contains": {"type": "ownedBy"}}}]}"#;
    assert_eq!(names(&world.json(&["catalog", "list", "--query", query, "--kind", "component"])), ["shop"]);
    let told = world.run(&["query", query]).ends(2).stderr;
    assert!(told.contains("try: fleetwright catalog list --query"), "{told}");
    // What a department owns is what the groups below it own; CODEOWNERS counts where no file speaks.
    let owned = world.json(&["catalog", "list", "--kind", "component", "--owner", "company"]);
    assert_eq!(names(&owned), ["shop", "site", "tool"]);
    let tool = world.json(&["catalog", "get", "tool"]);
    assert_eq!(tool["metadata"]["annotations"]["fleetwright.dev/discovered"], "true");
    assert_eq!(tool["spec"]["owner"], "group:default/pay");
    let relations = tool["relations"].as_array().unwrap();
    assert!(
        relations.contains(&json!({ "type": "ownedBy", "targetRef": "group:default/pay" })),
        "{relations:?}"
    );
    let text = world.run(&["catalog", "get", "shpo"]).ends(2).stderr;
    assert!(text.contains("did you mean `component:default/shop`?"), "{text}");
    let exported = world.done(&["catalog", "export", "--kind", "group"]).stdout;
    world.write("again.yaml", &exported);
    assert!(world.done(&["catalog", "validate", "again.yaml"]).stdout.contains("2 entities"), "{exported}");
}

#[test]
fn a_bad_file_is_said_with_its_line_and_the_good_version_stays() {
    let world = fleet();
    let bad = component("site", "website", "pay").replace("  name: site", "  name: 'no good name'");
    world.write("bad/catalog-info.yaml", &bad);
    let told = world.run(&["catalog", "validate", "bad"]).ends(2).stderr;
    assert!(told.contains("bad/catalog-info.yaml:4:") && told.contains("metadata.name"), "{told}");
    world.commit("acme/site", "main", &[("100644", "catalog-info.yaml", Some(bad.as_bytes()))]);
    world.done(&["repo", "sync"]);
    let findings = world.run(&["catalog", "validate", "--json"]).ends(3).document();
    let mine: Vec<_> = findings.as_array().unwrap().iter().filter(|row| row["repo"] == "acme/site").collect();
    assert_eq!(
        (mine.len(), &mine[0]["line"], &mine[0]["area"]),
        (1, &json!(4), &json!("catalog")),
        "{mine:?}"
    );
    assert_eq!(world.json(&["catalog", "get", "site"])["spec"]["type"], "website");
    // Mended, moved and deleted.
    let moved = component("page", "website", "pay");
    world.commit("acme/site", "main", &[("100644", "catalog-info.yaml", Some(moved.as_bytes()))]);
    world.commit("acme/shop", "main", &[("100644", "lib/catalog-info.yaml", None)]);
    world.done(&["repo", "sync"]);
    let all = world.json(&["catalog", "list", "--kind", "component"]);
    assert_eq!(names(&all), ["odd", "page", "shop", "tool"]);
    std::fs::remove_dir_all(world.bare_repo("acme/tool")).unwrap();
    world.done(&["repo", "sync"]);
    assert_eq!(names(&world.json(&["catalog", "list", "--kind", "component"])), ["odd", "page", "shop"]);
}

#[test]
fn a_file_that_no_location_names_any_more_stays_as_an_orphan_until_it_is_gone() {
    let world = World::new();
    let location = |targets: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {{ name: all }}\nspec: {{ targets: [{targets}] }}\n"
        )
    };
    let part = component("part", "service", "pay");
    world.repo("acme/shop", &[("catalog-info.yaml", &location("./parts/*.yaml")), ("parts/a.yaml", &part)]);
    world.done(&["repo", "sync"]);
    let orphan = || {
        let part = world.run(&["catalog", "get", "part", "--json"]);
        (part.code == 0).then(|| part.document()["metadata"]["annotations"]["backstage.io/orphan"].clone())
    };
    assert_eq!(orphan(), Some(Value::Null));
    let named = |targets: &str| {
        let text = location(targets);
        world.commit("acme/shop", "main", &[("100644", "catalog-info.yaml", Some(text.as_bytes()))]);
        world.done(&["repo", "sync"]);
        orphan()
    };
    assert_eq!(named(""), Some(json!("true")));
    assert_eq!(named("./parts/a.yaml"), Some(Value::Null), "it is named again");
    named("");
    world.commit("acme/shop", "main", &[("100644", "parts/a.yaml", None)]);
    world.done(&["repo", "sync"]);
    assert_eq!(orphan(), None);
}

#[test]
fn what_was_read_says_at_which_commit_and_when() {
    let world = fleet();
    let begun = jiff::Timestamp::now().to_string()[..19].to_owned();
    world.commit("acme/site", "main", &[("100644", "b.txt", Some(b"x"))]);
    world.done(&["repo", "sync"]);
    for (table, filter) in [("repo", "name = 'acme/site'"), ("entity", "ref = 'component:default/site'")] {
        let sql = format!("SELECT tip, read_at FROM {table} WHERE {filter}");
        let row = world.json(&["query", "--sql", &sql])["rows"][0].clone();
        assert_eq!(row["tip"], world.git("acme/site", &["rev-parse", "main"]).trim(), "{table}");
        let at = row["read_at"].as_str().unwrap();
        assert!(at[..19] >= *begun && at.ends_with('Z'), "{table}: {at}, after {begun}");
    }
    let sql = "SELECT count(*) AS n FROM entity WHERE repo IS NOT NULL AND (tip IS NULL OR read_at IS NULL)";
    assert_eq!(world.json(&["query", "--sql", sql])["rows"][0]["n"], 0);
}

#[test]
fn what_is_wrong_beside_the_configuration_is_told() {
    let world = fleet();
    let before = world.run(&["catalog", "validate", "--json"]).ends(3).document().as_array().unwrap().len();
    let names =
        "[https://files.example/x.yaml, https://user:pw@files.example/y.yaml, ./z.yaml, ./places.yaml]";
    let places = format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {{ name: places }}\nspec:\n  targets: {names}\n\
         ---\napiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {{ name: no good name }}\nspec: {{ type: team, children: [] }}\n"
    );
    world.write("catalog/places.yaml", &places);
    let findings = world.run(&["catalog", "validate", "--json"]).ends(3).document();
    let mine: Vec<_> = findings.as_array().unwrap().iter().filter(|row| row["repo"] == "").collect();
    assert_eq!((mine.len(), findings.as_array().unwrap().len()), (4, before + 4), "{findings}");
    let said = |line: u64, words: &str| {
        let told =
            mine.iter().any(|row| row["line"] == line && row["message"].as_str().unwrap().contains(words));
        assert!(told, "{words}: {mine:?}");
    };
    said(5, "it was not fetched: ");
    said(5, "is no plain https address");
    said(5, "`z.yaml` is no YAML file of the folder");
    said(9, "metadata.name");
    assert!(
        mine.iter().all(|row| row["file"].as_str().unwrap().ends_with("catalog/places.yaml")),
        "{mine:?}"
    );
    let text = world.run(&["catalog", "validate"]).ends(3).stdout;
    assert!(text.contains("catalog/places.yaml:5: "), "{text}");
}

#[test]
fn a_name_that_is_taken_is_kept_by_the_first() {
    let world = fleet();
    world.repo("acme/zz", &[("catalog-info.yaml", &component("shop", "other", "pay"))]);
    world.done(&["repo", "sync"]);
    assert_eq!(world.json(&["catalog", "get", "shop"])["spec"]["type"], "service");
    let findings = world.run(&["catalog", "validate", "--json"]).ends(3).document();
    let taken = findings.as_array().unwrap().iter().find(|row| row["area"] == "assembly").unwrap();
    assert_eq!((&taken["repo"], &taken["file"]), (&json!("acme/zz"), &json!("catalog-info.yaml")));
    let told = taken["message"].as_str().unwrap();
    assert!(told.contains("is declared already, in acme/shop:catalog-info.yaml:1 ("), "{taken}");
}

#[test]
fn of_repositories_that_are_first_seen_together_the_first_listed_keeps_a_name() {
    let world = World::new();
    let shop = component("shop", "service", "pay");
    // The first one is the slowest to fetch.
    let more: Vec<_> = (0..400).map(|at| (format!("{at}.txt"), at.to_string())).collect();
    let mut files: Vec<_> = more.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("catalog-info.yaml", &shop));
    world.repo("acme/a", &files);
    for name in ["b", "c", "d", "e", "f"] {
        world.repo(&format!("acme/{name}"), &[("catalog-info.yaml", &shop)]);
    }
    world.done(&["repo", "sync"]);
    let told =
        world.json(&["query", "--sql", "SELECT repo FROM entity WHERE ref = 'component:default/shop'"]);
    assert_eq!(told["rows"], json!([{ "repo": "acme/a" }]));
}

#[test]
fn what_two_forges_call_alike_stays_apart() {
    let world = World::new();
    let forge =
        |name: &str, root: &str| format!("  - {{ name: {name}, type: local, root: {root}, checks: [] }}\n");
    world.write(
        "fleetwright.yaml",
        format!("forges:\n{}{}", forge("one", "./repos"), forge("two", "./others")),
    );
    world.repo("acme/odd", &[("README.md", "first\n")]);
    std::fs::create_dir_all(world.path("others/acme")).unwrap();
    let mut copy = std::process::Command::new("cp");
    copy.arg("-r").arg(world.bare_repo("acme/odd")).arg(world.path("others/acme"));
    assert!(copy.status().unwrap().success());
    world.done(&["repo", "sync"]);
    let told =
        world.json(&["query", "--sql", "SELECT ref, forge, repo FROM entity WHERE discovered ORDER BY 1"]);
    assert_eq!(
        told["rows"],
        json!([
            { "ref": "component:default/acme-odd", "forge": "two", "repo": "acme/odd" },
            { "ref": "component:default/odd", "forge": "one", "repo": "acme/odd" },
        ])
    );
}

/// Who is in, by a selection.
fn picked(world: &World, select: &str) -> (Vec<String>, Value) {
    let file = world.shift(
        "pick",
        &format!("  targets: {{ select: '{select}' }}\n  steps:\n    - file: {{ path: x, content: y }}\n"),
    );
    let plan = world.json(&["shift", "plan", &file, "--amend"]);
    let stages = world.stages("pick");
    (
        stages.iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect(),
        plan["neverOpened"].clone(),
    )
}

#[test]
fn a_selection_asks_the_catalog_and_the_index_before_it_opens_anything() {
    for (select, repos) in [
        ("component.type == \"service\"", &["acme/shop"][..]),
        ("component.inGroup(\"company\") && repo.language == \"java\"", &["acme/tool"]),
        ("group.name == \"pay\" && group.type == \"team\"", &["acme/shop", "acme/site", "acme/tool"]),
        ("\"group:default/company\" in group.ancestors", &["acme/shop", "acme/site", "acme/tool"]),
        ("repo.hasFile(\"**/pom.xml\")", &["acme/shop"]),
        ("component.type == \"library\" && component.owner == \"group:default/search\"", &["acme/shop"]),
    ] {
        let (found, unopened) = picked(&fleet(), select);
        assert_eq!(
            (found, unopened),
            (repos.iter().map(|name| (*name).to_owned()).collect(), json!(4)),
            "{select}"
        );
    }
    // Only the one file that may hold the word is read.
    let world = fleet();
    let (found, unopened) = picked(&world, "repo.contains(\"*.txt\", \"need[l]e\")");
    assert_eq!((found, unopened), (vec!["acme/site".to_owned()], json!(3)));
    // However many components it has, a repository is opened once.
    let (_, unopened) = picked(&fleet(), "repo.contains(\"pom.xml\", \"<project/>\")");
    assert_eq!(unopened, json!(3));
    let why = world.done(&["shift", "why", "pick", "acme/odd"]).stdout;
    assert!(why.contains("targets.select is false"), "{why}");
}

#[test]
fn questions_have_answers_that_stay() {
    let world = fleet();
    let sql = "SELECT repo, count(*) AS n FROM entity WHERE kind = 'Component' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1";
    let first = world.json(&["query", "--sql", sql]);
    assert_eq!(first["rows"], json!([{ "repo": "acme/shop", "n": 2 }]));
    let id = first["snapshot"].to_string();
    let cel =
        "entity.kind == \"Component\" && \"java\" in entity.metadata.tags && repo.name == \"acme/shop\"";
    let told = world.json(&["query", cel]);
    let rows: Vec<_> = told["rows"].as_array().unwrap().iter().map(|row| row["ref"].clone()).collect();
    assert_eq!(rows, ["component:default/shop", "component:default/shop-lib"]);
    let untagged = world.json(&["query", "\"java\" in entity.metadata.tags"]);
    assert_eq!(untagged["rows"].as_array().unwrap().len(), 3);
    assert_eq!(untagged["unanswered"], 4, "those without tags are not taken for a no");

    world.commit("acme/shop", "main", &[("100644", "lib/catalog-info.yaml", None)]);
    world.done(&["repo", "sync"]);
    assert_eq!(world.json(&["query", "--sql", sql])["rows"][0]["n"], 1);
    assert_eq!(world.json(&["query", "--sql", sql, "--snapshot", &id])["rows"], first["rows"]);
    assert_eq!(world.json(&["query", cel, "--snapshot", &id])["rows"], told["rows"]);
    let csv = world.done(&["query", "--sql", "SELECT 'a,b' AS x, 1 AS y", "--csv"]).stdout;
    assert_eq!(csv, "x,y\n\"a,b\",1\n");
    let few = world.json(&["query", "true", "--from", "repo", "--limit", "2"]);
    assert_eq!((few["rows"].as_array().unwrap().len(), &few["more"]), (2, &json!(true)));
    for (args, said) in [
        (&["query", "--sql", "DELETE FROM repo"][..], "DELETE is not a question"),
        (&["query", "nobody.knows"], "unknown variable"),
        (&["query", "true", "--snapshot", "99999"], "there is no snapshot 99999"),
    ] {
        let told = world.run(args).ends(2).stderr;
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn an_address_is_followed_only_to_hosts_that_are_allowed() {
    let world = World::new();
    let location = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: all }\nspec:\n  targets:\n  \
        - https://files.invalid/all.yaml\n";
    world.repo("acme/shop", &[("catalog-info.yaml", location)]);
    let told = |words: &str| {
        world.done(&["repo", "sync"]);
        let found = world.run(&["catalog", "validate"]).ends(3).stdout;
        assert!(found.starts_with("acme/shop/catalog-info.yaml:6: spec.targets[0]: "), "{found}");
        assert!(found.contains(words), "{found}");
    };
    told("not on the list of allowed hosts\n  try: add the host to `catalog.hosts` in fleetwright.yaml");
    let config = std::fs::read_to_string(world.path("fleetwright.yaml")).unwrap();
    world.write("fleetwright.yaml", format!("{config}catalog: {{ hosts: [files.invalid] }}\n"));
    // No name below `invalid` is ever given out (RFC 6761).
    told("https://files.invalid/all.yaml: it was not fetched: files.invalid cannot be reached: ");
}
