//! GitHub Actions and GitLab CI.

use fleetwright_infra::{DeclaredKind, read};
use serde_json::json;

use crate::{good, images, said};

#[test]
fn a_workflow() {
    let text = r"name: CI
on:
  push: {branches: [main]}
  pull_request:
permissions:
  contents: read
jobs:
  test:
    runs-on: ${{ matrix.os }}
    container: {image: rust:1.95}
    services:
      db: {image: 'postgres:16'}
    permissions: {id-token: write}
    steps:
    - uses: actions/checkout@v4
    - name: scan
      uses: docker://aquasec/trivy:0.50
    - run: |
        echo '---'
  release:
    needs: [test]
    uses: acme/workflows/.github/workflows/release.yml@8f4b7f8
";
    let declared = good(".github/workflows/ci.yml", text);
    let ci = &declared[0];
    assert_eq!(
        (ci.kind, ci.name.as_str(), ci.type_name.as_str()),
        (DeclaredKind::GithubWorkflow, "CI", "workflow")
    );
    assert_eq!(ci.facts["on"], json!(["push", "pull_request"]));
    assert_eq!(ci.facts["permissions"], json!({"contents": "read"}));
    assert_eq!(images(ci), ["10 rust:1.95", "12 postgres:16", "17 aquasec/trivy:0.50"]);
    assert_eq!(
        ci.facts["uses"],
        json!([
            {"uses": "actions/checkout", "version": "v4", "line": 15},
            {"uses": "acme/workflows/.github/workflows/release.yml", "version": "8f4b7f8", "line": 22},
        ])
    );
    let jobs = ci.facts["jobs"].as_array().unwrap();
    assert_eq!((jobs[0]["id"].as_str(), jobs[0]["line"].as_u64()), (Some("test"), Some(8)));
    assert_eq!(jobs[0]["permissions"], json!({"id-token": "write"}));
    assert_eq!(jobs[1]["needs"], json!(["test"]));
}

#[test]
fn a_workflow_that_cannot_run() {
    let reading = read(".github/workflows/a.yml", "on: push\njobs:\n  a/b:\n    steps: []\n");
    assert_eq!(said(&reading), ["3: /jobs/a~1b: the job `a/b` has neither `runs-on` nor `uses`"]);
    assert_eq!(said(&read(".github/workflows/a.yml", "on: push\n")), ["1: : this workflow has no `jobs`"]);
}

#[test]
fn actions() {
    let text = "name: Setup\ninputs: {version: {required: true}}\nruns:\n  using: composite\n  steps:\n  - uses: actions/cache@v4\n  - run: make\n    shell: bash\n";
    let declared = good("setup/action.yml", text);
    assert_eq!(
        (declared[0].type_name.as_str(), declared[0].facts["using"].as_str()),
        ("action", Some("composite"))
    );
    assert_eq!(declared[0].depends_on, ["actions/cache"]);
    let docker = good("action.yaml", "name: Lint\nruns: {using: docker, image: 'docker://acme/lint:1'}\n");
    assert_eq!(images(&docker[0]), ["2 acme/lint:1"]);
    assert_eq!(good("action.yml", "some: thing\n").len(), 0);
}

#[test]
fn a_pipeline() {
    let text = r"stages: [build, deploy]
default:
  image: rust:1.95
include:
- local: /ci/base.yml
- project: acme/ci
  ref: v3
  file: [/go.yml, /lint.yml]
- https://example.com/all.yml
- component: gitlab.example/acme/scan@1.2
.base: &base
  tags: [docker]
build:
  <<: *base
  stage: build
  services: [{name: 'postgres:16', alias: db}]
  script:
  - !reference [.setup, script]
  - cargo build
deploy:
  extends: .base
  stage: deploy
  image: {name: acme/deploy:2, entrypoint: ['']}
  needs: [{job: build, artifacts: true}]
  environment: production
  script: [./deploy]
";
    let declared = good(".gitlab-ci.yml", text);
    let pipeline = &declared[0];
    assert_eq!((pipeline.kind, pipeline.name.as_str()), (DeclaredKind::GitlabCi, "pipeline"));
    assert_eq!(pipeline.facts["stages"], json!(["build", "deploy"]));
    assert_eq!(images(pipeline), ["3 rust:1.95", "16 postgres:16", "23 acme/deploy:2"]);
    assert_eq!(
        pipeline.depends_on,
        ["/ci/base.yml", "acme/ci", "https://example.com/all.yml", "gitlab.example/acme/scan@1.2"]
    );
    assert_eq!(
        pipeline.facts["includes"][1],
        json!({"project": "acme/ci", "file": ["/go.yml", "/lint.yml"], "ref": "v3", "line": 6})
    );
    let jobs = pipeline.facts["jobs"].as_array().unwrap();
    let ids: Vec<_> = jobs.iter().map(|job| job["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [".base", "build", "deploy"]);
    assert_eq!((&jobs[2]["needs"], &jobs[0]["hidden"]), (&json!(["build"]), &json!(true)));
}

#[test]
fn a_component_has_its_inputs_before() {
    let text = "spec:\n  inputs:\n    stage: {default: test}\n---\n\"scan-$[[ inputs.stage ]]\":\n  stage: $[[ inputs.stage ]]\n  script: [scan]\n";
    let declared = good("templates/scan.gitlab-ci.yml", text);
    assert_eq!(declared[0].facts["inputs"], json!(["stage"]));
    assert_eq!(declared[0].facts["jobs"][0]["line"], 5);
}

#[test]
fn what_names_no_image_is_none() {
    // A placeholder that others override, references to other jobs, and a block with its line end.
    let table = [
        (".a:\n  image:\n    name: _ # keeps linters happy\n    entrypoint: [x]\n", None),
        ("a:\n  image: !reference [.setup, image]\n  services: [!reference [.setup, services]]\n", None),
        ("a:\n  image: |\n    x:1\n  script: x\n", Some("3 x:1")),
        ("a:\n  image: $IMAGE\n  script: x\n", Some("2 $IMAGE")),
    ];
    for (text, wanted) in table {
        let declared = good(".gitlab-ci.yml", text);
        assert_eq!(images(&declared[0]).first().map(String::as_str), wanted, "{text}");
    }
}
