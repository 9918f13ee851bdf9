//! One test for each format.

use fleetwright_package::{Scope, Through};

use super::samples::{
    CHART, CHART_LOCK, COMPOSE, DOCKERFILE, GITLAB, KUBERNETES, TERRAFORM, TERRAFORM_LOCK, VALUES, WORKFLOW,
};
use super::{findings, read, rows, shown};

#[test]
fn a_dockerfile_has_stages_arguments_and_mounts() {
    let inventory = read(&[("Dockerfile", DOCKERFILE)]);
    assert_eq!(
        shown(&inventory, DOCKERFILE),
        [
            "image:golang 1.22.3-alpine [1.22.3-alpine@sha256:0123]",
            "image:python 3.12-slim [-]",
            "image:debian 12.5 [12.5]",
            "image:python 3.12 [3.12]",
            "image:registry.example.org:5000/team/base ? [-]",
            "image:busybox 1.36 [1.36]",
            "image:images.example.org/astral-sh/uv 0.4.0 [0.4.0]",
        ]
    );
    let declared = &inventory.manifests[0].declared;
    assert_eq!(declared[1].through, Through::Property("PYTHON".into()));
    assert_eq!(declared[3].set.as_ref().unwrap().line, 2);
    let runs: Vec<_> = declared.iter().filter(|declared| declared.scope == Scope::Runtime).collect();
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].package.name(), "registry.example.org:5000/team/base");
}

#[test]
fn a_base_that_is_told_when_building_is_a_finding() {
    let inventory = read(&[("Dockerfile", "ARG BASE\nFROM ${BASE}\n"), ("a/x.dockerfile", "FROM a:${V}\n")]);
    assert_eq!(
        findings(&inventory),
        ["Dockerfile:2 `FROM ${BASE}` names no image: its argument has no default"]
    );
    assert_eq!(inventory.manifests[0].declared[0].package.name(), "a");
    assert!(inventory.manifests[0].declared[0].version.known().is_none());
}

#[test]
fn compose_services_have_images() {
    let inventory = read(&[("docker-compose.yml", COMPOSE)]);
    assert_eq!(
        shown(&inventory, COMPOSE),
        ["image:postgres 16.2 [16.2]", "image:redis 7.2 [7.2]", "image:redis ? [-]", "image:nginx ? [-]",]
    );
    assert_eq!(inventory.manifests[0].declared[0].comment.as_deref(), Some("17 needs a dump"));
}

#[test]
fn every_document_of_kubernetes_is_read() {
    assert_eq!(
        rows("k8s/app.yaml", KUBERNETES),
        [
            "image:busybox 1.36 [1.36]",
            "image:images.example.org/x/a v1 [v1@sha256:00]",
            "image:hub.example.org/library/b ? [latest]",
        ]
    );
}

#[test]
fn a_workflow_uses_actions_and_images() {
    let inventory = read(&[(".github/workflows/ci.yml", WORKFLOW)]);
    assert_eq!(
        shown(&inventory, WORKFLOW),
        [
            "actions:actions/checkout v4 [v4]",
            "actions:actions/setup-go 0123456789012345678901234567890123456789 [0123456789012345678901234567890123456789]",
            "actions:github/codeql-action/init ? [main]",
            "actions:org/shared/.github/workflows/build.yml v2.1 [v2.1]",
            "image:alpine 3.19 [3.19]",
            "image:node 20.1 [20.1]",
            "image:postgres 16 [16]",
        ]
    );
    assert_eq!(inventory.manifests[0].declared[1].comment.as_deref(), Some("v5.0.1"));
}

#[test]
fn a_composite_action_uses_actions() {
    let text = "name: x\nruns:\n  using: composite\n  steps:\n    - uses: a/b@v1\n";
    assert_eq!(rows("action.yml", text), ["actions:a/b v1 [v1]"]);
    assert_eq!(rows("x/action.yaml", "runs:\n  using: docker\n  image: docker://a:1\n"), ["image:a 1 [1]"]);
}

#[test]
fn gitlab_includes_projects_and_components() {
    assert_eq!(
        rows(".gitlab-ci.yml", GITLAB),
        [
            "gitlab:platform/ci v1.4.0 [v1.4.0]",
            "gitlab:platform/other ? [-]",
            "gitlab:org/lint/check 2.0.1 [2.0.1]",
            "image:python 3.12 [3.12]",
            "image:golang 1.22 [1.22]",
            "image:postgres 16 [16]",
        ]
    );
}

#[test]
fn a_chart_is_locked() {
    let alone = [
        "helm:https://charts.example.org/postgresql 15.2.5 [15.2.5]",
        "helm:oci://registry.example.org/charts/redis ? [^19.0.0]",
        "helm:own ? [0.1.0]",
    ];
    assert_eq!(rows("Chart.yaml", CHART), alone);
    let inventory = read(&[("Chart.yaml", CHART), ("Chart.lock", CHART_LOCK)]);
    assert_eq!(shown(&inventory, CHART)[1], "helm:oci://registry.example.org/charts/redis 19.1.3 [^19.0.0]");
    let locked = inventory.manifests[0].declared[1].locked.unwrap();
    assert_eq!((locked.lock, locked.package, inventory.locks[0].packages[1].line), (0, 1, 5));
    let stale = CHART_LOCK.replace("19.1.3", "18.0.0");
    let told = findings(&read(&[("Chart.yaml", CHART), ("Chart.lock", &stale)]));
    assert!(
        told[0]
            .contains("asks for helm:oci://registry.example.org/charts/redis `^19.0.0`, this holds 18.0.0"),
        "{told:?}"
    );
}

#[test]
fn values_of_a_chart_name_images() {
    assert_eq!(
        rows("chart/values.yaml", VALUES),
        ["image:images.example.org/org/app 1.2.3 [1.2.3]", "image:envoy ? [-]"]
    );
}

#[test]
fn terraform_requires_providers_and_calls_modules() {
    assert_eq!(
        rows("main.tf", TERRAFORM),
        [
            "terraform:hashicorp/aws ? [5.40]",
            "terraform:hashicorp/random ? [>= 3, < 4]",
            "terraform:terraform-aws-modules/vpc/aws 5.8.1 [5.8.1]",
            "terraform:git::https://host.example/net.git//sub v1.2.0 [v1.2.0]",
        ]
    );
    let inventory = read(&[("main.tf", TERRAFORM), (".terraform.lock.hcl", TERRAFORM_LOCK)]);
    assert_eq!(inventory.manifests[0].declared[0].version.known(), Some("5.45.0"));
    assert_eq!(inventory.manifests[0].declared[0].comment.as_deref(), Some("6 renames things"));
    assert_eq!(
        findings(&inventory),
        [
            ".terraform.lock.hcl:0 it does not fit main.tf: that asks for terraform:hashicorp/random `>= 3, < 4`, this holds 2.9.0"
        ]
    );
}

#[test]
fn paths_tell_what_is_wanted() {
    let wants = fleetwright_deps_platform::wants;
    for path in [
        "Dockerfile",
        "a/Dockerfile.dev",
        "x.Dockerfile",
        "Containerfile",
        "compose.yaml",
        "a/b.tf",
        ".github/workflows/a.yml",
        "k8s/a.yaml",
        "Chart.lock",
    ] {
        assert!(wants(path), "{path}");
    }
    for path in ["README.md", "Dockerfiles.txt", "a.tfvars", "Cargo.lock", "x.json"] {
        assert!(!wants(path), "{path}");
    }
}
