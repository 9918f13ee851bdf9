//! Policies over declared resources.

use fleetwright_infra::{Policy, Severity};
use serde_json::json;

use crate::good;

const POLICY: &str = r#"apiVersion: fleetwright/v1
kind: Policy
metadata: {name: images}
spec:
  match:
    formats: [kubernetes, compose, terraform]
    files: ["k8s/**", "*.yaml"]
  rules:
  - name: pinned
    expr: declared.images.all(i, i.reference.contains('@sha256:') || !i.reference.endsWith(':latest'))
    message: an image is not pinned
    remedy: write its tag or digest
  - name: replicas
    expr: object.kind != 'Deployment' || object.spec.replicas >= 2
    message: fewer than two replicas
    severity: warning
    at: /spec/replicas
  exceptions:
  - {rule: replicas, repo: acme/batch, reason: runs alone, until: 2026-12-31}
  - {name: old, reason: goes away}
"#;

fn check(policy: &str, text: &str, repo: &str, today: &str) -> Vec<String> {
    let policy = Policy::parse("policy.yaml", policy).unwrap();
    let declared = good("k8s/a.yaml", text);
    let findings = declared.iter().flat_map(|each| policy.check(each, &json!({"name": repo}), today));
    findings.map(|each| format!("{}: {:?}: {}", each.line, each.severity, each.message)).collect()
}

const BAD: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  template: {spec: {containers: [{name: a, image: 'x:latest'}]}}\n";

#[test]
fn rules_that_do_not_hold_are_findings_with_their_place() {
    assert_eq!(
        check(POLICY, BAD, "acme/web", "2026-11-25"),
        [
            "1: Error: an image is not pinned (images/pinned)",
            "5: Warning: fewer than two replicas (images/replicas)",
        ]
    );
    let right = BAD.replace(": 1", ": 2").replace(":latest", ":1");
    assert_eq!(check(POLICY, &right, "acme/web", "2026-11-25"), Vec::<String>::new());
}

#[test]
fn no_answer_is_no_yes() {
    let silent = BAD.replace("  replicas: 1\n", "").replace(":latest", ":1");
    assert_eq!(
        check(POLICY, &silent, "acme/web", "2026-11-25"),
        [
            "4: Warning: the rule has no answer: there is no `replicas`: ask `has(...)` first (images/replicas)"
        ]
    );
}

#[test]
fn exceptions_have_an_end() {
    let all = check(POLICY, BAD, "acme/batch", "2026-12-31");
    assert_eq!(all, ["1: Error: an image is not pinned (images/pinned)"]);
    let over = check(POLICY, BAD, "acme/batch", "2027-01-01");
    assert_eq!(
        over[1],
        "5: Warning: fewer than two replicas (images/replicas); its exception ended on 2026-12-31"
    );
    assert_eq!(
        check(POLICY, &BAD.replace("name: web", "name: old"), "acme/web", "2026-11-25"),
        Vec::<String>::new()
    );
}

#[test]
fn what_a_policy_is_not_about() {
    let narrow = POLICY.replace("formats: [kubernetes, compose, terraform]", "kinds: [Service]");
    assert_eq!(check(&narrow, BAD, "acme/web", "2026-11-25"), Vec::<String>::new());
    let elsewhere = POLICY.replace("\"k8s/**\", \"*.yaml\"", "\"other/**\"");
    assert_eq!(check(&elsewhere, BAD, "acme/web", "2026-11-25"), Vec::<String>::new());
}

#[test]
fn a_rule_over_terraform() {
    let policy = Policy::parse("p.yaml", "apiVersion: fleetwright/v1\nkind: Policy\nmetadata: {name: s3}\nspec:\n  match: {kinds: [aws_s3_bucket]}\n  rules:\n  - name: tagged\n    expr: has(object.tags) && has(object.tags.Owner)\n    message: no owner\n").unwrap();
    let declared = good(
        "main.tf",
        "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"x\"\n}\nresource \"aws_s3_bucket\" \"b\" {\n  tags = { Owner = \"me\" }\n}\n",
    );
    let findings: Vec<_> =
        declared.iter().flat_map(|each| policy.check(each, &json!({}), "2026-11-25")).collect();
    assert_eq!((findings.len(), findings[0].line, findings[0].severity), (1, 1, Severity::Error));
}

#[test]
fn a_policy_that_is_none_is_refused_with_its_place() {
    for (change, to, line, message) in [
        ("kind: Policy", "kind: Shift", 2, "this is no policy"),
        ("object.spec.replicas >= 2", "objct.spec.replicas >= 2", 14, "unknown variable `objct`"),
        ("severity: warning", "severity: bad", 16, "`bad` is not known here"),
        ("severity: warning", "severty: warning", 16, "unknown key `severty`"),
        ("reason: runs alone", "reason: ' '", 19, "an exception needs a reason"),
        ("rule: replicas, repo", "rule: none, repo", 19, "there is no rule of this name"),
        ("until: 2026-12-31", "until: soon", 19, "this is no day"),
        ("{name: old, ", "{", 20, "this exception is from everything"),
        ("\"k8s/**\"", "\"k8s/[\"", 7, "not a glob"),
    ] {
        assert!(POLICY.contains(change), "{change}");
        let error = Policy::parse("p.yaml", &POLICY.replace(change, to)).unwrap_err();
        assert!(error.message.contains(message), "{error}");
        assert_eq!(error.line, line, "{error}");
    }
    assert!(
        Policy::parse(
            "p.yaml",
            "apiVersion: fleetwright/v1\nkind: Policy\nmetadata: {name: a}\nspec: {rules: []}\n"
        )
        .is_err()
    );
}
