//! Declared infrastructure: listed, validated, compared with what runs, and in the catalog.

use std::sync::Arc;

use fleetwright_store::{EntityRow, Silent, Store};
use serde_json::{Value, json};

use crate::world::{Entry, World};

const OWNERS: &str = "\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: shop }
spec: { type: team, children: [] }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: web }
spec: { type: service, lifecycle: production, owner: shop }
";

const WEB: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 2
  template:
    spec:
      containers:
      - name: web
        image: ghcr.io/acme/web:1.2
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { mode: fast }
";

const COMPOSE: &str = "\
services:
  db:
    image: postgres:latest
    labels: { team: data }
";

/// A folder of schemas with one for Deployments.
const SCHEMA: &str = r#"{ "type": "object", "required": ["spec"], "properties": {
  "apiVersion": { "type": "string" }, "kind": { "type": "string" }, "metadata": { "type": "object" },
  "spec": { "type": "object", "properties": { "replicas": { "type": "integer" }, "template": { "type": "object" } },
            "additionalProperties": false } } }"#;

const PINNED: &str = "\
apiVersion: fleetwright/v1
kind: Policy
metadata: { name: images }
spec:
  rules:
  - name: pinned
    expr: declared.images.all(i, !i.reference.endsWith(':latest'))
    message: an image is not pinned
    remedy: write its tag or digest
";

/// Two repositories: one with a catalog file and manifests, one without and with a Compose file.
fn declaring() -> World {
    let world = World::new();
    world.repo("acme/shop", &[("catalog-info.yaml", OWNERS), ("k8s/web.yaml", WEB)]);
    world.repo(
        "acme/store",
        &[("compose.yaml", COMPOSE), ("main.tf", "resource \"aws_s3_bucket\" \"logs\" {}\n")],
    );
    world.repo("other/empty", &[("README.md", "nothing\n")]);
    world.done(&["repo", "sync"]);
    world
}

fn schemas(world: &World) {
    world.write("schemas/deployment-apps-v1.json", SCHEMA);
}

#[test]
fn what_is_declared_is_listed_with_whose_it_is() {
    let world = declaring();
    let all = world.done(&["infra", "list"]).stdout;
    let end = "4 declared in 2 of 3 repositories: 1 compose, 2 kubernetes, 1 terraform; 1 without an owner\n";
    assert!(all.ends_with(end), "{all}");
    let line = all.lines().find(|line| line.contains("Deployment")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words, ["kubernetes", "Deployment", "shop/web", "acme/shop", "k8s/web.yaml:1", "web", "shop"]);

    let names = |args: &[&str]| -> Vec<String> {
        let listed = world.json(&[&["infra", "list"], args].concat());
        let all = listed["declared"].as_array().unwrap().iter();
        all.map(|each| format!("{} {}", each["kind"].as_str().unwrap(), each["name"].as_str().unwrap()))
            .collect()
    };
    assert_eq!(names(&["--repo", "acme/st*"]), ["service db", "aws_s3_bucket logs"]);
    assert_eq!(names(&["--format", "terraform,compose"]), ["service db", "aws_s3_bucket logs"]);
    assert_eq!(names(&["--kind", "configmap"]), ["ConfigMap settings"]);
    assert_eq!(names(&["--owner", "shop"]), ["Deployment web", "ConfigMap settings"]);
    assert_eq!(names(&["--owner", "group:default/data"]), ["service db"], "its label says so");
    assert_eq!(names(&["--owner", "nobody"]), Vec::<String>::new());

    let wrong = world.run(&["infra", "list", "--format", "kubernets"]).ends(2).stderr;
    assert!(wrong.contains("there is no such format\n  try: did you mean `kubernetes`?"), "{wrong}");
    let wrong = world.run(&["infra", "list", "--repo", "acme/shpo"]).ends(2).stderr;
    assert!(wrong.contains("try: did you mean `acme/shop`?"), "{wrong}");
}

#[test]
fn before_the_first_sync_it_is_said() {
    let world = World::new();
    let said = world.done(&["infra", "list"]).stdout;
    assert_eq!(said, "No repository was read yet. Next: fleetwright repo sync\n");
    let said = world.run(&["infra", "validate"]).ends(2).stderr;
    assert!(said.contains("no repository was read yet"), "{said}");
}

#[test]
fn what_is_good_is_valid_and_what_has_no_schema_is_said() {
    let world = declaring();
    let none = world.done(&["infra", "validate"]).stdout;
    assert!(none.contains("Not validated: 2 objects of 2 kinds, for there is no schema.\n"), "{none}");
    schemas(&world);
    let good = world.done(&["infra", "validate", "--schemas", "schemas"]).stdout;
    assert_eq!(
        good,
        "Not validated: 1 object, for there is no schema of\n  v1 ConfigMap: 1   (would be configmap-v1.json)\n\
         2 repositories, 3 files, 4 declared: 1 validated, 0 policies; 0 errors, 0 warnings\n"
    );
}

#[test]
fn what_is_wrong_has_its_place() {
    let world = declaring();
    schemas(&world);
    let bad = WEB.replace("replicas: 2", "replicas: two\n  replicsa: 3");
    world.commit("acme/shop", "main", &[("100644", "k8s/web.yaml", Some(bad.as_bytes()))]);
    world.commit("acme/store", "main", &[("100644", "k8s/bad.yaml", Some(b"apiVersion: v1\nkind: [\n"))]);
    world.done(&["repo", "sync"]);
    world.write("fleetwright.yaml", format!("{}infra: {{ schemas: ./schemas }}\n", crate::world::CONFIG));
    let told = world.run(&["infra", "validate"]).ends(3).stdout;
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "acme/shop", "{told}");
    assert!(lines[1].starts_with("  k8s/web.yaml:7:3: error: /spec/replicas: "), "{told}");
    assert!(told.contains(
        "  k8s/web.yaml:8:3: error: /spec/replicsa: the key `replicsa` is not known here\n    try: "
    ));
    assert!(told.contains("acme/store\n  k8s/bad.yaml:"), "{told}");
    assert!(told.contains("3 errors, 0 warnings\n"), "{told}");
    let json: Value = world.run(&["infra", "validate", "--json", "--repo", "acme/shop"]).ends(3).document();
    assert_eq!((&json["errors"], &json["findings"][0]["line"]), (&json!(2), &json!(7)));
    assert_eq!(
        json["withoutSchema"],
        json!([{ "kind": "v1 ConfigMap", "objects": 1,
        "names": ["configmap-v1.json", "core/configmap_v1.json"] }])
    );
}

#[test]
fn a_checkout_is_validated_without_a_fleet() {
    let world = World::bare();
    world.write("checkout/k8s/web.yaml", WEB.replace("replicas: 2", "replicas: two"));
    world.write("checkout/compose.yaml", COMPOSE);
    world.write("policies/images.yaml", PINNED);
    schemas(&world);
    let words = ["infra", "validate", "--schemas", "schemas", "--policies", "policies"];
    let told = world.run(&[&words[..], &["checkout"]].concat()).ends(3).stdout;
    assert!(
        told.contains("checkout/compose.yaml:2:1: error: an image is not pinned (images/pinned)\n"),
        "{told}"
    );
    assert!(told.contains("checkout/k8s/web.yaml:7:3: error: /spec/replicas: "), "{told}");
    let one = world.run(&[&words[..], &["checkout/compose.yaml"]].concat()).ends(3).stdout;
    assert!(one.contains("1 file, 1 declared: 0 validated, 1 policy; 1 error, 0 warnings"), "{one}");

    // An exception is of a repository: `--repo` says whose checkout it is.
    let but =
        "  exceptions:\n  - { rule: pinned, repo: acme/store, reason: only on laptops, until: 2999-01-01 }\n";
    world.write("policies/images.yaml", format!("{PINNED}{but}"));
    world.done(&[&words[..], &["--repo", "acme/store", "checkout/compose.yaml"]].concat());
    world.run(&[&words[..], &["--repo", "acme/shop", "checkout/compose.yaml"]].concat()).ends(3);

    let missing = world.run(&["infra", "validate", "nowhere"]).ends(2).stderr;
    assert!(missing.starts_with("error: nowhere: No such file"), "{missing}");
    let other = world.run(&["infra", "validate", "schemas/deployment-apps-v1.json"]).ends(3).stdout;
    assert!(other.contains("of no format that declares infrastructure"), "{other}");
}

#[test]
fn a_policy_holds_over_the_fleet_and_a_wrong_one_is_refused() {
    let world = declaring();
    world.write("policies/images.yaml", PINNED);
    let told = world.run(&["infra", "validate", "--policies", "policies"]).ends(3).stdout;
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(
        lines[..3],
        [
            "acme/store",
            "  compose.yaml:2:1: error: an image is not pinned (images/pinned)",
            "    try: write its tag or digest"
        ],
        "{told}"
    );
    world.write("policies/images.yaml", PINNED.replace("declared.images", "declraed.images"));
    let wrong = world.run(&["infra", "validate", "--policies", "policies"]).ends(2).stderr;
    assert!(wrong.contains("policies/images.yaml:7:") && wrong.contains("declraed"), "{wrong}");
    world.write("none/a.txt", "x");
    let none = world.run(&["infra", "validate", "--policies", "none"]).ends(2).stderr;
    assert!(none.contains("the folder of policies none has none"), "{none}");
}

#[test]
fn a_definition_in_one_repository_is_the_schema_of_objects_in_another() {
    let world = World::new();
    let definition = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: caches.acme.example }
spec:
  group: acme.example
  names: { kind: Cache, plural: caches }
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { size: { type: integer } } } } } }
";
    let object = "apiVersion: acme.example/v1\nkind: Cache\nmetadata: { name: a }\nspec: { size: large }\n";
    world.repo("acme/crds", &[("crd.yaml", definition)]);
    world.repo("acme/app", &[("cache.yaml", object)]);
    world.done(&["repo", "sync"]);
    let told = world.run(&["infra", "validate", "--repo", "acme/*"]).ends(3).stdout;
    assert!(told.contains("acme/app\n  cache.yaml:4:9: error: /spec/size: "), "{told}");
}

fn state(replicas: usize) -> String {
    json!({ "kind": "List", "apiVersion": "v1", "items": [
        { "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web", "namespace": "shop" },
          "spec": { "replicas": replicas, "template": { "spec": { "containers": [
              { "name": "web", "image": "ghcr.io/acme/web:1.2", "imagePullPolicy": "Always" }] } } } },
    ] })
    .to_string()
}

#[test]
fn what_runs_is_compared_with_what_git_declares() {
    let world = declaring();
    world.write("state.json", state(2));
    let same = world.done(&["infra", "drift", "--state", "state.json"]).stdout;
    assert!(
        same.starts_with("Not compared: 1 object\n  ConfigMap: 1: the export holds nothing of this kind"),
        "{same}"
    );
    let end = "2 objects declared, 1 in the export: 0 differences, 0 missing, 0 not declared\n";
    assert!(same.ends_with(end), "{same}");

    let mut scaled: Value = serde_json::from_str(&state(5)).unwrap();
    let mut extra = scaled["items"][0].clone();
    extra["metadata"]["name"] = "by-hand".into();
    scaled["items"].as_array_mut().unwrap().push(extra);
    world.write("state.json", scaled.to_string());
    let told = world.run(&["infra", "drift", "--state", "state.json"]).ends(3).stdout;
    let wanted = "acme/shop\n  k8s/web.yaml:7:3: error: /spec/replicas: Deployment shop/web: differs: git says 2, it is 5\n    try: ";
    assert!(told.starts_with(wanted), "{told}");
    assert!(
        told.contains("not declared\n  warning: Deployment shop/by-hand runs and is not declared\n"),
        "{told}"
    );
    let json: Value = world.run(&["infra", "drift", "--state", "state.json", "--json"]).ends(3).document();
    assert_eq!(json["drift"][0]["repo"], "acme/shop");
    assert_eq!((&json["drift"][0]["declared"], &json["drift"][0]["live"]), (&json!(2), &json!(5)));

    world.write("rendered/web.yaml", WEB);
    let told = world.run(&["infra", "drift", "--state", "state.json", "rendered"]).ends(3).stdout;
    assert!(told.starts_with("rendered/web.yaml:7:3: error: /spec/replicas: "), "{told}");
}

#[test]
fn nothing_compared_is_no_answer() {
    let world = declaring();
    world.write("state.json", "{\"kind\": \"List\", \"items\": []}");
    let told = world.run(&["infra", "drift", "--state", "state.json"]).ends(2).stderr;
    assert!(told.starts_with("error: nothing was compared: 2 objects are declared"), "{told}");
    world.write("state.json", "NAME READY\n");
    let told = world.run(&["infra", "drift", "--state", "state.json"]).ends(2).stderr;
    assert!(told.contains("state.json: the export is not JSON") && told.contains("kubectl get"), "{told}");
}

/// The resources of the catalog: name, owner, component, file and line.
fn resources(world: &World) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let rows = runtime.block_on(async {
        let database = world.path(".fleetwright/fleet.db");
        let store = Store::open(&database, Arc::new(Silent)).await.unwrap();
        store.entities().await.unwrap()
    });
    let rows = rows.into_iter().filter(|row| row.kind == "Resource");
    let line = |row: EntityRow| {
        let body: Value = serde_json::from_str(&row.body).unwrap();
        let component = body["spec"]["dependencyOf"][0].as_str().unwrap_or("-").to_owned();
        let name = row.name.rsplit_once('-').map_or(row.name.as_str(), |(name, _)| name);
        format!("{name} {} {component} {}:{}", row.owner, row.path, row.line)
    };
    rows.map(line).collect()
}

#[test]
fn what_runs_and_keeps_state_is_in_the_catalog() {
    let world = declaring();
    assert_eq!(
        resources(&world),
        [
            "db-service group:default/data component:default/store compose.yaml:2",
            "logs-aws-s3-bucket  component:default/store main.tf:1",
            "web-deployment group:default/shop component:default/web k8s/web.yaml:1",
        ]
    );
    // A Resource that the catalog file declares itself stands for what Terraform declares.
    let own = "apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata: { name: logs }\n\
               spec: { type: bucket, owner: shop }\n";
    let entries: [Entry<'_>; 2] =
        [("100644", "catalog-info.yaml", Some(own.as_bytes())), ("100644", "compose.yaml", None)];
    world.commit("acme/store", "main", &entries);
    world.done(&["repo", "sync"]);
    assert_eq!(
        resources(&world),
        [
            "logs group:default/shop - catalog-info.yaml:1",
            "web-deployment group:default/shop component:default/web k8s/web.yaml:1",
        ]
    );
    let again = world.json(&["repo", "sync"]);
    assert_eq!(
        again["entities"],
        json!({ "changed": 0, "gone": 0, "whole": false }),
        "the same fleet is the same catalog"
    );
}

#[test]
fn hostile_what_one_repository_declares_without_end_is_bounded_and_said() {
    let world = World::new();
    let many = |name: &str| {
        let one =
            |at: usize| format!("apiVersion: v1\nkind: Service\nmetadata: {{ name: {name}{at} }}\n---\n");
        (0..1_000).map(one).collect::<String>()
    };
    let (a, b, c) = (many("a"), many("b"), many("c"));
    let escape = "services:\n  \"\\e[31mred\\nline\":\n    image: x:latest\n";
    world.repo("acme/flood", &[("a.yaml", &a), ("b.yaml", &b), ("c.yaml", &c), ("compose.yaml", escape)]);
    world.done(&["repo", "sync"]);
    assert_eq!(resources(&world).len(), 2_000);
    let listed = world.done(&["infra", "list", "--kind", "service"]).stdout;
    assert!(
        !listed.contains('\u{1b}') && listed.contains("[31mred\u{fffd}line"),
        "no escape reaches a terminal"
    );
    assert!(listed.ends_with(
        "3001 declared in 1 of 1 repository: 1 compose, 3000 kubernetes; 3001 without an owner\n"
    ));
    let policy = PINNED.replace("declared.images.all(i, !i.reference.endsWith(':latest'))", "file == ''");
    world.write("policies/no.yaml", policy);
    let told = world.run(&["infra", "validate", "--policies", "policies"]).ends(3).stdout;
    assert!(told.contains("  (all files): error: 3001 findings, of which 1000 are told\n"), "{told}");
    assert!(told.ends_with("1001 errors, 0 warnings\n"));
}
