//! Declared resources as entities of the catalog.

use std::collections::BTreeSet;

use fleetwright_infra::{Component, Declared, Surroundings, resources};
use serde_json::{Value, json};

use crate::good;

fn component(name: &str, folder: &str, owner: &str) -> Component {
    let reference = format!("component:default/{name}");
    Component { reference, owner: owner.to_owned(), folder: folder.to_owned() }
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn entities(declared: &[Declared], components: &[Component]) -> Vec<Value> {
    let browse = "https://git.example/acme/shop/blob/main/";
    let known = set(&["group:default/team-web", "group:default/shop", "system:default/store"]);
    let written = set(&["resource:default/written"]);
    let around = Surroundings { repo: "acme/shop", browse, components, known: &known, written: &written };
    resources(declared, around).into_iter().map(|(_, entity)| entity).collect()
}

const SHOP: &str = "group:default/shop";

#[test]
fn an_object_is_a_resource_with_owner_component_and_what_it_needs() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\n  labels: {app: web, team: team-web, app.kubernetes.io/part-of: store}\nspec: {template: {spec: {volumes: [{name: v, persistentVolumeClaim: {claimName: a}}], containers: [{image: a}]}}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web, labels: {team: nobody}}\n";
    let all =
        entities(&good("k8s/web.yaml", text), &[component("web", "", SHOP), component("api", "", SHOP)]);
    let (web, service) = (&all[0], &all[1]);
    let name = web["metadata"]["name"].as_str().unwrap();
    assert!(name.starts_with("web-deployment-"), "{name}");
    assert_eq!(
        *web,
        json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Resource",
            "metadata": {"name": name, "title": "shop/web", "annotations": {
                "backstage.io/source-location": "url:https://git.example/acme/shop/blob/main/k8s/web.yaml",
                "fleetwright/declared-in": "k8s/web.yaml:1",
                "fleetwright/declared-as": "kubernetes apps/v1 Deployment"}},
            "spec": {"type": "kubernetes-deployment", "owner": "group:default/team-web", "system": "store",
                "dependencyOf": ["component:default/web"]},
        })
    );
    // An owner nobody knows does not go before one that is known; a ConfigMap is no resource.
    assert_eq!(service["spec"], json!({"type": "kubernetes-service", "owner": SHOP}));
    assert_eq!(all.len(), 2);
    // The only component of a repository needs what is declared there.
    let all = entities(&good("k8s/web.yaml", text), &[component("shop", "", SHOP)]);
    assert_eq!(all[1]["spec"]["dependencyOf"], json!(["component:default/shop"]));
}

#[test]
fn of_several_components_the_nearest_folder_tells() {
    let text = "services: {web: {image: a}}\n";
    let components =
        [component("api", "services/api", "group:default/a"), component("ui", "ui", "group:default/u")];
    let whose = |file: &str| {
        let spec = entities(&good(file, text), &components)[0]["spec"].clone();
        (
            spec["owner"].as_str().unwrap().to_owned(),
            spec["dependencyOf"][0].as_str().unwrap_or_default().to_owned(),
        )
    };
    let api = ("group:default/a".to_owned(), "component:default/api".to_owned());
    assert_eq!(whose("services/api/deploy/compose.yaml"), api);
    assert_eq!(whose("services/api2/compose.yaml"), ("unknown".to_owned(), String::new()));
}

#[test]
fn what_a_catalog_file_declares_stands_for_its_thing() {
    let text = "resource \"aws_s3_bucket\" \"written\" {}\nresource \"aws_sqs_queue\" \"q\" { x = aws_s3_bucket.written.id }\n";
    let all = entities(&good("main.tf", text), &[]);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["spec"]["dependsOn"], json!(["resource:default/written"]));
}

#[test]
fn hostile_names_and_labels_still_make_good_entities() {
    let object = |name: &str, owner: &str, app: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: 'a b/:', labels: {{owner: {owner}, app: {app}}}}}\n---\n"
        )
    };
    let text = [
        object("'\u{e9}\u{4e2d}'", "'group:a/b/c'", "'../x'"),
        object("\"a\\nb\"", "'nobody here'", "'c:d/e'"),
        object(&"x".repeat(300), &"y".repeat(100), "'-'"),
        object("'--'", "'user:default/ann'", "web"),
    ];
    for entity in
        entities(&good("a.yaml", &text.concat()), &[component("web", "", SHOP), component("api", "x", "")])
    {
        let Value::Object(document) = entity.clone() else { panic!("{entity}") };
        let entity = fleetwright_catalog::derived(document, "a.yaml", 1);
        assert_eq!(fleetwright_catalog::validate(&entity), [], "{entity:?}");
    }
}

#[test]
fn what_is_there_twice_has_two_names() {
    let text = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\n";
    let all = entities(&good("a.yaml", text), &[]);
    assert_ne!(all[0]["metadata"]["name"], all[1]["metadata"]["name"]);
}

#[test]
fn names_are_valid_different_and_stay() {
    let object = |name: &str| format!("apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\n---\n");
    let long = "x".repeat(200);
    let text = ["a", "A.b:c", "system:node", "'é'", long.as_str()].map(object).concat();
    let mut declared = good("base/a.yaml", &text);
    declared.extend(good("overlay/a.yaml", &text));
    let names = |declared: &[Declared]| -> Vec<String> {
        entities(declared, &[])
            .iter()
            .map(|each| each["metadata"]["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = names(&declared);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 10, "{all:?}");
    for name in &all {
        assert!(name.len() <= 63 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{name}");
        assert!(!name.starts_with('-') && !name.ends_with('-'), "{name}");
    }
    declared.reverse();
    let mut again = names(&declared);
    again.reverse();
    assert_eq!(all, again);
}

#[test]
fn references_are_resolved_within_a_format_and_near_first() {
    let mut declared = good(
        "a/main.tf",
        "resource \"aws_rds_cluster\" \"v\" {}\nresource \"aws_instance\" \"s\" { vpc = aws_rds_cluster.v.id }\n",
    );
    declared.extend(good(
        "b/main.tf",
        "resource \"aws_rds_cluster\" \"v\" {}\nresource \"aws_instance\" \"t\" { vpc = aws_rds_cluster.v.id }\n",
    ));
    declared.extend(good("c/main.tf", "resource \"aws_instance\" \"u\" { vpc = aws_rds_cluster.v.id }\n"));
    declared
        .extend(good("compose.yaml", "services:\n  web: {image: a, depends_on: [db]}\n  db: {image: b}\n"));
    let all = entities(&declared, &[]);
    let name = |at: usize| all[at]["metadata"]["name"].as_str().unwrap();
    assert_eq!(all[1]["spec"]["dependsOn"], json!([format!("resource:default/{}", name(0))]));
    assert_eq!(all[3]["spec"]["dependsOn"], json!([format!("resource:default/{}", name(2))]));
    assert_eq!(all[4]["spec"].get("dependsOn"), None, "which of two is meant is not known");
    assert_eq!(all[5]["spec"]["dependsOn"], json!([format!("resource:default/{}", name(6))]));
    assert_eq!(all[0]["spec"]["type"], "terraform-aws-rds-cluster");
}

#[test]
fn config_connector_names_a_field_and_not_a_kind() {
    let object = |kind: &str, name: &str, spec: &str| {
        format!(
            "apiVersion: compute.cnrm.cloud.google.com/v1beta1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n---\n"
        )
    };
    let text = [
        object("ContainerCluster", "a", "{}"),
        object("StorageBucket", "a", "{}"),
        object("SQLInstance", "s", "{clusterRef: {name: a}}"),
    ];
    let all = entities(&good("net.yaml", &text.concat()), &[]);
    assert_eq!(
        all[2]["spec"]["dependsOn"],
        json!([format!("resource:default/{}", all[0]["metadata"]["name"].as_str().unwrap())])
    );
}
