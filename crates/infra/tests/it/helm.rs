//! Helm charts, values and templates.

use fleetwright_infra::{DeclaredKind, read};

use crate::{good, images, said};

#[test]
fn a_chart_with_its_dependencies() {
    let text = "apiVersion: v2\nname: shop\nversion: 1.4.0\nappVersion: \"2.1\"\nmaintainers:\n- name: Ada\ndependencies:\n- name: postgresql\n  version: 15.x.x\n  repository: oci://registry.example/charts\n  condition: postgresql.enabled\n";
    let declared = good("charts/shop/Chart.yaml", text);
    let chart = &declared[0];
    assert_eq!((chart.kind, chart.name.as_str()), (DeclaredKind::HelmChart, "shop"));
    assert_eq!(
        (chart.facts["version"].as_str(), chart.facts["appVersion"].as_str()),
        (Some("1.4.0"), Some("2.1"))
    );
    assert_eq!(chart.facts["dependencies"][0]["version"], "15.x.x");
    assert_eq!(chart.facts["dependencies"][0]["line"], 8);
    assert_eq!(chart.depends_on, ["chart/postgresql"]);
}

#[test]
fn images_of_values_in_all_their_forms() {
    let text = r#"replicaCount: 2
image:
  registry: docker.io
  repository: acme/web
  tag: 1.10
  pullPolicy: IfNotPresent
sidecar:
  image: "acme/side:2"
jobs:
- image: {repository: acme/job, digest: sha256:abc}
metrics:
  image:
    repository: acme/metrics
    tag: ""
name: not/an:image
imagePullSecrets: []
"#;
    let declared = good("charts/shop/values.yaml", text);
    let values = &declared[0];
    assert_eq!((values.kind, values.name.as_str()), (DeclaredKind::HelmValues, "shop"));
    assert_eq!(
        images(values),
        ["4 docker.io/acme/web:1.1", "8 acme/side:2", "10 acme/job@sha256:abc", "13 acme/metrics"]
    );
    assert_eq!(values.facts["replicaCount"], 2);
    assert_eq!(good("charts/shop/ci/ha-values.yaml", "a: 1\n")[0].name, "ci/ha-values");
}

#[test]
fn templates_are_recognised() {
    let text = "{{- if .Values.ingress.enabled }}\napiVersion: v1\nkind: Service\nmetadata:\n  name: {{ include \"web.fullname\" . }}\n{{- end }}\n";
    let reading = read("charts/shop/templates/service.yaml", text);
    assert_eq!((reading.declared.len(), said(&reading), reading.template), (0, Vec::new(), true));
    // One without anything to fill in is a manifest.
    let plain = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n";
    assert_eq!(good("charts/shop/templates/service.yaml", plain).len(), 1);
}

#[test]
fn a_name_that_misleads() {
    let object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n";
    assert_eq!(good("values.yaml", object)[0].kind, DeclaredKind::Kubernetes);
    assert_eq!(good("Chart.yaml", "just: data\n").len(), 0);
    let broken = read("charts/shop/values.yaml", "a: [\n");
    assert_eq!(broken.findings.len(), 1);
}
