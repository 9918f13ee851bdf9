//! What git declares against what runs.

use fleetwright_infra::{Drift, DriftKind, State, drift};
use serde_json::{Value, json};

use crate::good;

const WEB: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {app: web}
spec:
  replicas: 3
  paused: false
  template:
    spec:
      containers:
      - name: web
        image: acme/web:2
        args: [--port, '80']
        ports: [{containerPort: 80}, {containerPort: 53, protocol: UDP}]
        resources:
          limits: {cpu: 1000m, memory: 1Gi}
      - name: side
        image: acme/side:1
";

fn live() -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop", "uid": "x", "labels": {"app": "web", "extra": "y"}, "annotations": {"a": "b"}},
        "spec": {"replicas": 3, "progressDeadlineSeconds": 600, "template": {"spec": {"restartPolicy": "Always", "containers": [
            {"name": "side", "image": "acme/side:1", "imagePullPolicy": "Always"},
            {"name": "web", "image": "acme/web:2", "args": ["--port", "80"],
             "ports": [{"containerPort": 53, "protocol": "UDP"}, {"containerPort": 80, "protocol": "TCP"}],
             "resources": {"limits": {"cpu": "1", "memory": "1024Mi"}, "requests": {"cpu": "1"}}},
        ]}}},
        "status": {"readyReplicas": 1}})
}

fn run(text: &str, items: Vec<Value>) -> Vec<Drift> {
    let state = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
    drift(&good("k8s/web.yaml", text), &State::parse(&state).unwrap())
}

fn said(found: &[Drift]) -> Vec<String> {
    found.iter().map(|each| format!("{}:{} {each}", each.file, each.line)).collect()
}

#[test]
fn what_the_server_fills_in_is_no_drift() {
    assert_eq!(run(WEB, vec![live()]), []);
}

/// What a cluster adds to an object by itself, as exports of clusters have it.
#[test]
fn what_the_server_keeps_is_no_drift_where_an_export_was_committed() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\n  uid: old\n  \
        resourceVersion: '1'\n  generation: 1\n  creationTimestamp: '2020-01-01T00:00:00Z'\n  managedFields: [{manager: x}]\n  \
        annotations:\n    deployment.kubernetes.io/revision: '1'\n    kubectl.kubernetes.io/last-applied-configuration: '{}'\n    \
        mine: a\nspec: {replicas: 3}\nstatus: {readyReplicas: 9}\n";
    let mut is = live();
    is["metadata"]["annotations"] = json!({"deployment.kubernetes.io/revision": "7", "mine": "b"});
    let found = run(text, vec![is]);
    assert_eq!(said(&found), ["k8s/web.yaml:14 Deployment shop/web: differs: git says \"a\", it is \"b\""]);
}

#[test]
fn what_the_cluster_has_of_itself_is_not_extra() {
    let text =
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: mine}\nrules: []\n";
    let role = |name: &str, labels: Value| json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name, "labels": labels}});
    let found = run(
        text,
        vec![
            role("mine", json!({})),
            role("system:coredns", json!({})),
            role("kubeadm:get-nodes", json!({})),
            role("provisioner", json!({"addonmanager.kubernetes.io/mode": "Reconcile"})),
            role("dns", json!({"kubernetes.io/cluster-service": "true"})),
            role("view", json!({"kubernetes.io/bootstrapping": "rbac-defaults"})),
            role("by-hand", json!({"kubernetes.io/cluster-service": "false"})),
        ],
    );
    assert_eq!(said(&found), [":0 ClusterRole by-hand runs and is not declared"]);
}

#[test]
fn another_version_of_the_api_may_have_other_names() {
    let text = "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: web, namespace: shop}\n\
        spec: {maxReplicas: 9, targetCPUUtilizationPercentage: 80}\n";
    let is = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web", "namespace": "shop"}, "spec": {"maxReplicas": 5, "metrics": []}});
    let found = run(text, vec![is.clone()]);
    assert_eq!(
        said(&found),
        [
            "k8s/web.yaml:4 HorizontalPodAutoscaler shop/web: differs: git says 9, it is 5",
            "k8s/web.yaml:4 HorizontalPodAutoscaler shop/web: `/spec/targetCPUUtilizationPercentage` is not there, \
             and autoscaling/v2 may call it otherwise than autoscaling/v1",
        ]
    );
    assert_eq!((found[0].kind, found[1].kind), (DriftKind::Different, DriftKind::Unclear));
    let same = run(&text.replace("autoscaling/v1", "autoscaling/v2"), vec![is]);
    assert_eq!((same.len(), same[1].kind), (2, DriftKind::Different));
}

#[test]
fn an_export_in_several_pieces_is_one() {
    let service = |name: &str| json!({"metadata": {"name": name, "namespace": "shop"}, "spec": {"clusterIP": "10.0.0.1"}});
    let list = json!({"apiVersion": "v1", "kind": "ServiceList", "items": [service("web"), service("api")]});
    let text = format!("{list}\n{list}\n{}", live());
    let state = State::parse(&text).unwrap();
    let told: Vec<_> = state.objects().iter().map(|live| (live.group(), live.kind(), live.name())).collect();
    assert_eq!(told, [("", "Service", "web"), ("", "Service", "api"), ("apps", "Deployment", "web")]);
    assert!(State::parse(&format!("{list}}}")).is_err());
}

#[test]
fn every_changed_field_has_its_line() {
    let mut changed = live();
    *changed.pointer_mut("/spec/replicas").unwrap() = json!(5);
    *changed.pointer_mut("/metadata/labels/app").unwrap() = json!("web2");
    let containers = changed.pointer_mut("/spec/template/spec/containers").unwrap().as_array_mut().unwrap();
    containers[1]["image"] = json!("acme/web:1");
    containers[1]["args"] = json!(["--port", "80", "--debug"]);
    containers[1]["resources"]["limits"]["cpu"] = json!("2");
    containers[1]["ports"].as_array_mut().unwrap().remove(1);
    containers.push(json!({"name": "debug", "image": "busybox"}));
    assert_eq!(
        said(&run(WEB, vec![changed])),
        [
            "k8s/web.yaml:8 Deployment shop/web: differs: git says 3, it is 5",
            "k8s/web.yaml:14 Deployment shop/web: differs: git says \"acme/web:2\", it is \"acme/web:1\"",
            "k8s/web.yaml:15 Deployment shop/web: git says 2 elements, there are 3",
            "k8s/web.yaml:16 Deployment shop/web: differs: git says {\"containerPort\":80}, it is not there",
            "k8s/web.yaml:18 Deployment shop/web: differs: git says \"1000m\", it is \"2\"",
            "k8s/web.yaml:12 Deployment shop/web: an element runs that git does not declare: \"debug\"",
            "k8s/web.yaml:6 Deployment shop/web: differs: git says \"web\", it is \"web2\"",
        ]
    );
}

#[test]
fn what_is_never_applied_is_not_missing() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: setters, annotations: {config.kubernetes.io/local-config: 'true'}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: x-}\n";
    let other = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "other"}});
    assert_eq!(run(text, vec![other]), []);
}

#[test]
fn missing_and_extra() {
    let text = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: api, namespace: shop}\n";
    let service = |name: &str, namespace: &str| json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": namespace}});
    let mut owned = service("owned", "shop");
    owned["metadata"]["ownerReferences"] = json!([{"kind": "X"}]);
    let found = run(
        text,
        vec![
            service("web", "shop"),
            service("old", "shop"),
            service("old", "elsewhere"),
            owned,
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "other", "namespace": "shop"}}),
            json!({"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": {"name": "other", "namespace": "shop"}}),
        ],
    );
    assert_eq!(
        said(&found),
        [
            "k8s/web.yaml:5 Service shop/api is declared and does not run",
            ":0 Service shop/old runs and is not declared"
        ]
    );
    assert_eq!((found[0].kind, found[1].kind), (DriftKind::Missing, DriftKind::Extra));
}

#[test]
fn what_is_not_known_is_unclear() {
    let text = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: db}\n";
    let service = |namespace: &str| json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": namespace}});
    let found = run(text, vec![service("a"), service("b")]);
    assert_eq!(
        said(&found),
        [
            "k8s/web.yaml:1 Service web: it names no namespace and runs in several: a, b",
            "k8s/web.yaml:5 Secret db: the export holds nothing of this kind: it does not run, or was not exported",
        ]
    );
    assert_eq!(run("apiVersion: v1\nkind: Service\nmetadata: {name: web}\n", vec![service("a")]), []);
}

#[test]
fn no_secret_is_shown() {
    let text =
        "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: a}\ndata:\n  password: aHVudGVyMg==\n";
    let found = run(
        text,
        vec![
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "namespace": "a"}, "data": {"password": "c2VjcmV0"}}),
        ],
    );
    assert_eq!(said(&found), ["k8s/web.yaml:5 Secret a/db: a value differs (not shown)"]);
    let all = serde_json::to_string(&found).unwrap() + &format!("{:?}", found[0].finding());
    assert!(!all.contains("aHVudGVyMg") && !all.contains("c2VjcmV0"), "{all}");
}

#[test]
fn exports_that_are_none() {
    for text in ["", "[]", "{}", "{\"items\": [1]}", "{\"items\": [{\"kind\": \"a\"}]}", &"[".repeat(10_000)]
    {
        assert!(State::parse(text).is_err(), "{text:.20}");
    }
    assert_eq!(State::parse("{\"items\": []}").unwrap().objects().len(), 0);
    // A thousand elements of both are compared within their limit.
    let list: String = (0..1_000).map(|at| format!("  k{at}: a\n")).collect();
    let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ndata:\n{list}");
    let found = run(
        &text,
        vec![json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {}})],
    );
    assert_eq!(found.len(), 50);
}
