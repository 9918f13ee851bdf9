//! Declared resources as entities of the catalog.

use std::collections::BTreeSet;

use fleetwright_infra::{Declared, Surroundings, resources};
use serde_json::{Value, json};

use crate::good;

fn entities(declared: &[Declared], components: &[&str]) -> Vec<Value> {
    let components: Vec<String> = components.iter().map(|each| (*each).to_owned()).collect();
    let browse = "https://git.example/acme/shop/blob/main/";
    resources(
        declared,
        Surroundings { repo: "acme/shop", browse, owner: "group:default/shop", components: &components },
    )
}

#[test]
fn an_object_is_a_resource_with_owner_component_and_what_it_needs() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\n  labels: {app: web, team: team-web, app.kubernetes.io/part-of: store}\nspec: {template: {spec: {containers: [{image: a, envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: outside}}]}]}}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n";
    let all = entities(&good("k8s/web.yaml", text), &["component:default/web", "component:default/api"]);
    let (web, settings) = (&all[0], &all[1]);
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
            "spec": {"type": "kubernetes-deployment", "owner": "team-web", "system": "store",
                "dependsOn": [format!("resource:{}", settings["metadata"]["name"].as_str().unwrap())],
                "dependencyOf": ["component:default/web"]},
        })
    );
    assert_eq!(settings["spec"], json!({"type": "kubernetes-configmap", "owner": "group:default/shop"}));
    // The only component of a repository needs what is declared there.
    let all = entities(&good("k8s/web.yaml", text), &["component:default/shop"]);
    assert_eq!(all[1]["spec"]["dependencyOf"], json!(["component:default/shop"]));
}

#[test]
fn names_are_valid_different_and_stay() {
    let object = |name: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n---\n");
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
        "resource \"aws_vpc\" \"v\" {}\nresource \"aws_subnet\" \"s\" { vpc = aws_vpc.v.id }\n",
    );
    declared.extend(good(
        "b/main.tf",
        "resource \"aws_vpc\" \"v\" {}\nresource \"aws_subnet\" \"t\" { vpc = aws_vpc.v.id }\n",
    ));
    declared.extend(good("c/main.tf", "resource \"aws_subnet\" \"u\" { vpc = aws_vpc.v.id }\n"));
    declared
        .extend(good("compose.yaml", "services:\n  web: {image: a, depends_on: [db]}\n  db: {image: b}\n"));
    let all = entities(&declared, &[]);
    let name = |at: usize| all[at]["metadata"]["name"].as_str().unwrap();
    assert_eq!(all[1]["spec"]["dependsOn"], json!([format!("resource:{}", name(0))]));
    assert_eq!(all[3]["spec"]["dependsOn"], json!([format!("resource:{}", name(2))]));
    assert_eq!(all[4]["spec"].get("dependsOn"), None, "which of two is meant is not known");
    assert_eq!(all[5]["spec"]["dependsOn"], json!([format!("resource:{}", name(6))]));
    assert_eq!(all[0]["spec"]["type"], "terraform-aws-vpc");
}

#[test]
fn config_connector_names_a_field_and_not_a_kind() {
    let object = |kind: &str, name: &str, spec: &str| {
        format!(
            "apiVersion: compute.cnrm.cloud.google.com/v1beta1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n---\n"
        )
    };
    let text = [
        object("ComputeNetwork", "a", "{}"),
        object("ComputeAddress", "a", "{}"),
        object("ComputeSubnetwork", "s", "{networkRef: {name: a}}"),
    ];
    let all = entities(&good("net.yaml", &text.concat()), &[]);
    assert_eq!(
        all[2]["spec"]["dependsOn"],
        json!([format!("resource:{}", all[0]["metadata"]["name"].as_str().unwrap())])
    );
}
