//! Kubernetes objects, Crossplane and Config Connector.

use fleetwright_infra::{DeclaredKind, read};
use serde_json::json;

use crate::{good, images, said};

const WEB: &str = r"# The shop.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels:
    app.kubernetes.io/name: web
    app.kubernetes.io/part-of: storefront
  annotations:
    backstage.io/kubernetes-id: web-frontend
    acme.example/owner: team-web
spec:
  replicas: 3
  template:
    spec:
      serviceAccountName: web
      imagePullSecrets: [{name: registry}]
      initContainers:
      - name: migrate
        image: ghcr.io/acme/migrate:7
      containers:
      - name: web
        image: ghcr.io/acme/web:1.2   # moved by a shift
        envFrom: [{configMapRef: {name: web-config}}]
        env:
        - name: PASSWORD
          valueFrom: {secretKeyRef: {name: db, key: password}}
      volumes:
      - name: tls
        secret: {secretName: web-tls}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80, targetPort: 8080}, {port: 443}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
";

#[test]
fn objects_of_a_file() {
    let declared = good("k8s/web.yaml", WEB);
    assert_eq!(declared.len(), 3);
    let web = &declared[0];
    assert_eq!((web.kind, web.type_name.as_str(), web.line), (DeclaredKind::Kubernetes, "Deployment", 2));
    assert_eq!((web.api_version.as_str(), web.namespace.as_deref()), ("apps/v1", Some("shop")));
    assert_eq!(web.hints.component.as_deref(), Some("web-frontend"));
    assert_eq!(web.hints.owner.as_deref(), Some("team-web"));
    assert_eq!(web.hints.system.as_deref(), Some("storefront"));
    assert_eq!(images(web), ["21 ghcr.io/acme/migrate:7", "24 ghcr.io/acme/web:1.2"]);
    let mut needs = web.depends_on.clone();
    needs.sort();
    assert_eq!(
        needs,
        ["ConfigMap/web-config", "Secret/db", "Secret/registry", "Secret/web-tls", "ServiceAccount/web"]
    );
    assert_eq!(web.facts["replicas"], 3);
    assert_eq!(web.object.place("/spec/template/spec/containers/0/image"), (24, 9));
    assert_eq!(declared[1].facts["ports"], json!([80, 443]));
    assert_eq!((declared[1].line, declared[2].line), (33, 38));
    assert_eq!(declared[2].depends_on, ["Deployment/web"]);
}

#[test]
fn lists_hold_objects() {
    let text = r#"{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}},
  {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "b"}}
]}"#;
    let declared = good("deploy/all.json", text);
    let names: Vec<_> =
        declared.iter().map(|each| (each.type_name.as_str(), each.name.as_str(), each.line)).collect();
    assert_eq!(names, [("ConfigMap", "a", 2), ("Secret", "b", 3)]);
    let typed = "apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: a}\n- nonsense\n";
    let reading = read("a.yaml", typed);
    assert_eq!(reading.declared[0].type_name, "Deployment");
    assert_eq!(said(&reading), ["5: : an element of this list is no object: it has no `kind`"]);
    // A kind may end in `List` and be none.
    assert_eq!(good("a.yaml", "apiVersion: x.example/v1\nkind: AllowList\nmetadata: {name: a}\n").len(), 1);
}

#[test]
fn a_definition_names_the_kinds_it_defines_and_its_examples_are_no_images() {
    let text = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: crontabs.stable.example.com}\nspec:\n  group: stable.example.com\n  names: {kind: CronTab, plural: crontabs}\n  versions:\n  - {name: v1, schema: {openAPIV3Schema: {properties: {spec: {properties: {image: {type: string}}}}}}}\n  - {name: v2}\n";
    let declared = good("crds/crontab.yaml", text);
    assert_eq!(
        declared[0].facts["defines"],
        json!(["stable.example.com/v1 CronTab", "stable.example.com/v2 CronTab"])
    );
    assert!(declared[0].images.is_empty());
}

#[test]
fn only_containers_have_images_and_only_objects_are_needed() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{image: x}], volumes: [{name: v, rbd: {image: foo}}]}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nsubjects: [{kind: Group, name: g}, {kind: ServiceAccount, name: s, namespace: n}]\nroleRef: {kind: ClusterRole, name: r}\n---\napiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: c}\nspec: {image: 'quay.io/prometheus:v3'}\n";
    let declared = good("a.yaml", text);
    assert_eq!(
        (images(&declared[0]), images(&declared[2])),
        (vec!["4 x".to_owned()], vec!["15 quay.io/prometheus:v3".to_owned()])
    );
    assert_eq!(declared[1].depends_on, ["ServiceAccount/s", "ClusterRole/r"]);
}

#[test]
fn claims_and_managed_resources() {
    let text = r"apiVersion: database.platform.acme.example/v1alpha1
kind: PostgreSQLInstance
metadata: {name: orders, namespace: shop}
spec:
  parameters: {storageGB: 20}
  compositionRef: {name: postgres-small}
  writeConnectionSecretToRef: {name: orders-conn}
---
apiVersion: s3.aws.upbound.io/v1beta1
kind: Bucket
metadata: {name: assets}
spec: {forProvider: {region: eu-west-1}}
---
apiVersion: pubsub.cnrm.cloud.google.com/v1beta1
kind: PubSubSubscription
metadata:
  name: orders-sub
  annotations: {cnrm.cloud.google.com/project-id: acme-prod}
spec: {topicRef: {name: orders}}
---
apiVersion: notcrossplane.io/v1
kind: Thing
metadata: {name: thing}
";
    let declared = good("infra/claims.yaml", text);
    let kinds: Vec<_> = declared.iter().map(|each| each.kind.name()).collect();
    assert_eq!(kinds, ["crossplane", "crossplane", "config-connector", "kubernetes"]);
    assert_eq!(declared[0].depends_on, ["Composition/postgres-small"]);
    assert_eq!(declared[2].depends_on, ["topic/orders"]);
    assert_eq!(declared[2].facts["annotations"]["cnrm.cloud.google.com/project-id"], "acme-prod");
}

#[test]
fn what_is_no_object_is_not_called_one() {
    for text in [
        "site_name: docs\nnav: [a]\n",
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: web}\n",
        "apiVersion: fleetwright/v1\nkind: Shift\nmetadata: {name: x}\n",
        "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nnodes: []\n",
        "apiVersion: v1\nkind: Config\nclusters: []\n",
        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        "broken: [\n",
        "- !custom {a: 1}\n",
        "",
        "# only words\n",
    ] {
        let reading = read("a.yaml", text);
        assert_eq!((reading.declared.len(), said(&reading)), (0, Vec::new()), "{text}");
    }
}

#[test]
fn a_broken_object_is_said_with_its_line_and_hides_no_other() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n name: c\n---\napiVersion: v1\nkind: Service\nspec: {}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: d}\nmetadata: {name: e}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: f}\n";
    let reading = read("a.yaml", text);
    let names: Vec<_> = reading.declared.iter().map(|each| each.name.as_str()).collect();
    assert_eq!(names, ["a", "f"]);
    let said = said(&reading);
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said.iter().any(|each| each.starts_with("9: : not YAML")), "{said:?}");
    assert!(said.iter().any(|each| each == "18: : the key `metadata` is there twice"), "{said:?}");
    assert!(said.iter().any(|each| each == "11: /metadata/name: this Service has no name"), "{said:?}");
}

#[test]
fn half_an_object_is_said() {
    for (text, missing) in [
        ("apiVersion: v1\nmetadata: {name: x}\nspec: {}\n", "kind"),
        ("apiVersion: v1\nkind:\nmetadata: {name: x}\ndata: {}\n", "kind"),
        ("# x\nkind: Pod\nmetadata: {name: x}\nspec: {}\n", "apiVersion"),
    ] {
        let reading = read("a.yaml", text);
        assert_eq!(reading.declared, []);
        assert_eq!(reading.findings.len(), 1, "{text}");
        assert!(
            reading.findings[0].message.ends_with(&format!("has no `{missing}`")),
            "{:?}",
            reading.findings
        );
    }
    for text in ["apiVersion: 1\n", "kind: x\nspec: {}\n", "apiVersion: v2\nmetadata: {a: b}\n"] {
        assert_eq!(read("a.yaml", text).findings, []);
    }
}

#[test]
fn a_template_is_neither_read_nor_called_wrong() {
    for text in [
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .name }}\n",
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: '{{ .name }}'\n",
        "{{- if .x }}\napiVersion: v1\nkind: Service\n{{ end }}\n",
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: ${{ values.name }}\n",
    ] {
        let reading = read("skeleton/web.yaml", text);
        assert_eq!(
            (reading.declared.len(), said(&reading), reading.template),
            (0, Vec::new(), true),
            "{text}"
        );
    }
}
