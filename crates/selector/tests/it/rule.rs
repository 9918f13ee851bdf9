//! Rules over JSON values: what they answer, when there is no answer, and what hostile ones cost.

use std::time::{Duration, Instant};

use fleetwright_selector::{Rule, SelectorFault};
use proptest::prelude::*;
use serde_json::{Value, json};

fn pod() -> Value {
    json!({
        "kind": "Deployment",
        "metadata": {"name": "web", "labels": {"app.kubernetes.io/name": "web"}},
        "spec": {"replicas": 3, "ratio": 0.5, "big": 18446744073709551615_u64, "nothing": null,
            "containers": [{"name": "a", "image": "acme/a:1"}, {"name": "b", "image": "acme/b:latest"}]},
    })
}

fn holds(text: &str) -> Result<bool, (SelectorFault, String)> {
    let rule = Rule::compile(text, &["object", "file"]).unwrap();
    let answer = rule.holds(&[("object", &pod()), ("file", &json!("k8s/web.yaml"))]);
    answer.map_err(|error| (error.fault, error.message))
}

#[test]
fn rules_are_answered_from_the_values() {
    for text in [
        "object.kind == 'Deployment' && file.startsWith('k8s/')",
        "object.metadata.labels['app.kubernetes.io/name'] == 'web'",
        "object.spec.replicas > 2 && object.spec.ratio < 1.0 && object.spec.big > 9223372036854775807u",
        "object.spec.nothing == null",
        "object.spec.containers.exists(c, c.image.endsWith(':latest'))",
        "object.spec.containers.map(c, c.name) == ['a', 'b']",
        "object.spec.containers.filter(c, c.image.matches(':[0-9]+$')).size() == 1",
        "object.spec.containers.exists_one(c, c.name == 'b')",
        "object.spec.containers.map(c, c.name == 'b', c.image) == ['acme/b:latest']",
        "object.metadata.labels.all(key, key.contains('/'))",
        "'a' + 'b' + object.kind == 'abDeployment'",
        "!has(object.spec.missing) && has(object.spec.replicas)",
        "has(object.spec.missing) ? object.spec.missing > 1 : true",
    ] {
        assert_eq!(holds(text), Ok(true), "{text}");
    }
    assert_eq!(holds("object.spec.containers.all(c, !c.image.endsWith(':latest'))"), Ok(false));
}

#[test]
fn what_is_not_there_is_no_answer() {
    for text in [
        "object.spec.missing == 1",
        "object.spec.missing != 1",
        "!(object.spec.missing == 1)",
        "object.spec.containers.all(c, c.missing == 1)",
        "object.spec.containers.exists(c, c.missing == 1)",
    ] {
        let (fault, message) = holds(text).unwrap_err();
        assert_eq!(
            (fault, message.as_str()),
            (SelectorFault::Evaluation, "there is no `missing`: ask `has(...)` first")
        );
    }
    assert_eq!(holds("object.kind").unwrap_err().0, SelectorFault::Type);
    assert_eq!(holds("object.kind > 1").unwrap_err().0, SelectorFault::Evaluation);
    // A variable that is not given is null.
    let rule = Rule::compile("repo.name == 'x'", &["repo"]).unwrap();
    assert_eq!(rule.holds(&[]).unwrap_err().fault, SelectorFault::Evaluation);
}

#[test]
fn unknown_names_are_refused_with_their_place() {
    let error = Rule::compile("objct.kind == 'x'", &["object"]).unwrap_err();
    assert_eq!((error.fault, error.column), (SelectorFault::Name, 1));
    assert_eq!(error.message, "unknown variable `objct`: did you mean `object`?");
    for text in ["repo.hasFile('a')", "[1].all(object, true)", "object.frob()", "hasFile('a')", "(", ""] {
        assert!(Rule::compile(text, &["object"]).is_err(), "{text}");
    }
    // Names of a selector are plain variables here.
    let rule =
        Rule::compile("repo.name == 'a' && component.spec.type == 'b'", &["repo", "component"]).unwrap();
    let (repo, component) = (json!({"name": "a"}), json!({"spec": {"type": "b"}}));
    assert_eq!(rule.holds(&[("component", &component), ("repo", &repo)]), Ok(true));
}

fn limited(text: &str, object: &Value) {
    let start = Instant::now();
    let rule = Rule::compile(text, &["object"]).unwrap();
    let error = rule.holds(&[("object", object)]).unwrap_err();
    assert_eq!(error.fault, SelectorFault::Limit, "{text}: {error}");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}: {text}", start.elapsed());
}

#[test]
fn loops_and_what_they_build_are_limited() {
    let long = json!({"l": vec![1; 50_000], "s": "x".repeat(60_000), "ss": vec!["y".repeat(1_000); 5_000]});
    for text in [
        "object.l.all(a, object.l.all(b, a == b))",
        "object.l.exists(a, object.l.exists(b, a != b))",
        "object.l.exists_one(a, object.l.exists_one(b, a == b))",
        "size(object.l.map(a, object.l.filter(b, a != b))) == 1",
        "object.l.filter(a, size(object.l.map(b, b)) == 0).size() == 1",
        "size(object.l.map(a, object.s)) == 1",
        "size(object.l.map(a, object.l)) == 1",
        "size(object.ss.map(a, a + object.s)) == 1",
        "object.ss.all(a, size(a + object.s) > 1)",
        "object.l.map(a, true, object.s).size() == 1",
    ] {
        limited(text, &long);
    }
    let mut deep = json!(1);
    for _ in 0..1_000 {
        deep = json!([deep]);
    }
    limited("object == 1", &deep);
    limited("object == 1", &json!(vec![0; 500_001]));
}

#[test]
fn a_text_that_is_too_long_is_never_taken_for_another() {
    let long = "x".repeat(64 * 1024 + 1);
    let object = json!({"a": long, "b": long, "c": format!("{long}y")});
    let ask = |text: &str| Rule::compile(text, &["object"]).unwrap().holds(&[("object", &object)]);
    assert_eq!(ask("object.a == object.b && object.a != object.c && object.a != 'x'"), Ok(true));
    for text in [
        "object.a.contains('x')",
        "object.a.matches('x')",
        "size(object.a) == 1",
        "object.a < 'y'",
        "'x' + object.a != ''",
    ] {
        assert!(ask(text).is_err(), "{text}");
    }
}

#[test]
fn the_deepest_rule_evaluates_on_the_stack_of_a_worker() {
    let chain = format!("{} == 71", vec!["1"; 71].join(" + "));
    let mixed = format!("{}1{} == 36", "(1 + 1 * ".repeat(35), ")".repeat(35));
    for text in [chain, mixed] {
        let rule = Rule::compile(&text, &[]).unwrap();
        let worker = std::thread::Builder::new().stack_size(2 << 20);
        let answer = worker.spawn(move || rule.holds(&[])).unwrap().join().unwrap();
        assert_eq!(answer, Ok(true), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn likely_rules_never_panic(
        parts in prop::collection::vec(prop::sample::select(&[
            "object", ".spec", ".containers", "[0]", "['a']", ".all(x, ", ".map(x, ", ".exists(x, ", ")", "x", " + ", " == ",
            " && ", " in ", "'a'", "1", "null", "object.spec.replicas", "object.spec.containers", "size(", ".matches('a')",
            "{'a': ", "}", "[", "]", " ? ", " : ", "-", "!",
        ][..]), 1..30),
    ) {
        if let Ok(rule) = Rule::compile(&parts.concat(), &["object"]) {
            let _ = rule.holds(&[("object", &pod())]);
        }
    }
}
