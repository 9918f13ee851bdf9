//! Images, actions, includes, charts, Terraform.

use fleetwright_bump::Verdict;

use crate::play::play;

const OLD: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const NEW: &str = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// What becomes of an image's tag.
fn image(tag: &str, to: &str) -> String {
    let text = format!("FROM nginx{tag} AS web\nRUN true\n");
    let done = play(&[("Dockerfile", &text)], "image:nginx", to).done();
    match done.verdict() {
        Verdict::Raised => {
            done.text("Dockerfile").strip_prefix("FROM nginx").unwrap().split(' ').next().unwrap().into()
        }
        Verdict::Unknown(why) => why.clone(),
        other => format!("{other:?}"),
    }
}

#[test]
fn tags_and_digests() {
    let both = format!("1.25.3@{NEW}");
    for (tag, to, expected) in [
        (":1.24", "1.25.3", ":1.25.3".to_owned()),
        (":v1.24", "1.25.3", ":v1.25.3".to_owned()),
        (":1.24-alpine", "1.25-alpine", ":1.25-alpine".to_owned()),
        (":1.24", &both, ":1.25.3".to_owned()),
        (&format!(":1.24@{OLD}"), &both, format!(":{both}")),
        (&format!(":1.25.3@{NEW}"), &both, "Already".to_owned()),
        (&format!("@{OLD}"), NEW, format!("@{NEW}")),
        (&format!("@{NEW}"), &both, "Already".to_owned()),
        (":1.25", "1.25.3", "Allowed".to_owned()),
        (":1.25.3", "1.25", "Already".to_owned()),
        (":1.26", "1.25.3", "Newer".to_owned()),
        (&format!(":1.26@{OLD}"), &both, "Newer".to_owned()),
    ] {
        assert_eq!(image(tag, to), expected, "{tag} {to}");
    }
    for (tag, to, words) in [
        (&*format!(":1.24@{OLD}"), "1.25.3", "give `to: 1.25.3@sha256:...`"),
        (":1.24-alpine", "1.25.3", "same ending"),
        (":1.24", "1.25.3-alpine", "same ending"),
        (":bookworm", "1.25.3", "no order"),
        (":latest", "1.25.3", "no order"),
        ("", "1.25.3", "no tag"),
        (":1.24", NEW, "TAG@DIGEST"),
    ] {
        let why = image(tag, to);
        assert!(why.contains(words), "{tag} {to}: {why}");
    }
}

#[test]
fn a_digest_beside_the_tag_of_values_is_not_outlived() {
    let values = format!("image:\n  repository: python\n  tag: 3.10.1\n  digest: {OLD}\n");
    let done =
        play(&[("chart/Chart.yaml", "name: a\n"), ("chart/values.yaml", &values)], "image:python", "3.12")
            .done();
    let Verdict::Unknown(why) = done.verdict() else { panic!("{:?}", done.told()) };
    assert!(why.contains("digest"), "{why}");
}

#[test]
fn images_in_their_files() {
    let docker =
        "ARG VERSION=3.11\r\nFROM python:${VERSION} AS one\r\nFROM python:3.10\r\nCOPY --from=one /a /a\r\n";
    let kubernetes = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        image: python:3.10 # app\n      - {name: b, image: \"python:3.9\"}\n";
    let compose = "services:\n  web:\n    image: 'python:3.10'\n";
    let values = "image:\n  repository: python\n  tag: 3.10.1\n";
    let files = [
        ("Dockerfile", docker),
        ("deploy/app.yaml", kubernetes),
        ("compose.yaml", compose),
        ("chart/Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0\n"),
        ("chart/values.yaml", values),
    ];
    let done = play(&files, "image:python", "3.12").done();
    done.is_with("Dockerfile", &[("VERSION=3.11", "VERSION=3.12"), ("python:3.10", "python:3.12")]);
    done.is_with("deploy/app.yaml", &[("python:3.10", "python:3.12"), ("python:3.9", "python:3.12")]);
    done.is_with("compose.yaml", &[("3.10", "3.12")]);
    // Without quotes YAML reads a number, 3.2 of 3.20.
    done.is_with("chart/values.yaml", &[("tag: 3.10.1", "tag: \"3.12\"")]);
    let pinned = docker.replace("FROM python:3.10", "# pinned: OPS-1\r\nFROM python:3.10");
    let done = play(&[("Dockerfile", &pinned)], "image:python", "3.12").done();
    done.is_with("Dockerfile", &[("VERSION=3.11", "VERSION=3.12")]);
}

#[test]
fn actions() {
    let old = "a".repeat(40);
    let new = "b".repeat(40);
    let to = format!("v4.1.0@{new}");
    let text = |uses: &str| {
        format!(
            "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - uses: actions/checkout@{uses}\n    - run: make\n"
        )
    };
    let done = |uses: &str, to: &str| {
        play(&[(".github/workflows/a.yml", &text(uses))], "actions:actions/checkout", to).done()
    };
    let is = |uses: &str, to: &str, expected: &str| {
        done(uses, to).is_with(".github/workflows/a.yml", &[(uses, expected)]);
    };
    is("v3", "v4", "v4");
    is("v3", "4.1.0", "v4.1.0");
    is("v3.1.0 # the code", &to, "v4.1.0 # the code");
    is(&format!("{old} # v3.1.0"), &to, &format!("{new} # v4.1.0"));
    is(&format!("{old} # tag=3.1.0, for all"), &to, &format!("{new} # tag=4.1.0, for all"));
    assert_eq!(done("v4", "v4.1.0").verdict(), &Verdict::Allowed);
    assert_eq!(done("v5", &to).verdict(), &Verdict::Newer);
    assert_eq!(done(&format!("{old} # v4.2.0"), &to).verdict(), &Verdict::Newer);
    assert_eq!(done(&format!("{new} # v4.1.0"), &to).verdict(), &Verdict::Already);
    assert_eq!(done(&format!("{old} # v4.1.0"), "v4.1.0").verdict(), &Verdict::Already);
    assert!(done(&format!("{old} # v3.1.0"), "v4.1.0").unknown().contains("v4.1.0@COMMIT"));
    assert!(done(&old, &to).unknown().contains("no comment"));
    assert!(done(&format!("{old} # v4"), &to).unknown().contains("already"));
    assert!(done("main", "v4").unknown().contains("no order"));
    let by_hand =
        play(&[(".github/workflows/a.yml", &text(&old))], "actions:actions/checkout", &to).pinned().done();
    by_hand.is_with(".github/workflows/a.yml", &[(&old, &new)]);
}

#[test]
fn includes_of_gitlab() {
    let text = "include:\n  - project: group/ci\n    ref: v1.2.0\n    file: a.yml\n  - project: group/ci\n    ref: 1.0\n    file: b.yml\n";
    let done = play(&[(".gitlab-ci.yml", text)], "gitlab:group/ci", "2.0").done();
    done.is_with(".gitlab-ci.yml", &[("v1.2.0", "v2.0"), ("ref: 1.0", "ref: \"2.0\"")]);
}

#[test]
fn charts() {
    for (requirement, to, expected) in [
        ("1.2.3", "2.17.1", "2.17.1"),
        ("^1.2", "2.17.1", "^2.17.1"),
        ("~1.2.3", "2.17.1", "~2.17.1"),
        ("1.x.x", "2.0.0", "2.x.x"),
        ("\">=1.2 <3\"", "2.17.1", "\">=2.17.1 <3\""),
    ] {
        let text = format!(
            "apiVersion: v2\nname: x\nversion: 1.0.0\ndependencies:\n- name: redis\n  repository: https://h.example/charts\n  version: {requirement} # cache\n"
        );
        play(&[("Chart.yaml", &text)], "helm:https://h.example/charts/redis", to)
            .done()
            .is_with("Chart.yaml", &[(&format!("version: {requirement}"), &format!("version: {expected}"))]);
    }
}

#[test]
fn terraform() {
    for (requirement, to, expected) in [
        ("5.0.0", "5.31.1", "5.31.1"),
        ("= 5.0.0", "5.31.1", "= 5.31.1"),
        ("~> 4.0", "5.31.1", "~> 5.31, >= 5.31.1"),
        ("~> 4.0", "5.31.0", "~> 5.31"),
        ("~> 4.0.1", "5.31.1", "~> 5.31.1"),
        (">= 4.0", "5.31.1", ">= 5.31.1"),
        (">= 4.0, < 6.0", "5.31.1", ">= 5.31.1, < 6.0"),
    ] {
        let text = format!(
            "terraform {{\n  required_providers {{\n    aws = {{\n      source  = \"hashicorp/aws\"\n      version = \"{requirement}\" # cloud\n    }}\n  }}\n}}\n"
        );
        let quoted = |text: &str| format!("\"{text}\"");
        play(&[("main.tf", &text)], "terraform:hashicorp/aws", to)
            .done()
            .is_with("main.tf", &[(&quoted(requirement), &quoted(expected))]);
    }
}
