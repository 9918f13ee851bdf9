//! Webhooks: forged ones are refused unread, mad ones never hurt, good ones say where to look.

use fleetwright_forge::http::Secret;
use fleetwright_forge::webhook::{Delivery, Hint, MAX_DELIVERY, Refusal};
use fleetwright_github::webhook;
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::stub::oid;

fn sign(body: &[u8], secret: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={digits}")
}

fn headers(event: &str, signature: String) -> Vec<(String, String)> {
    let pairs = [("x-github-event", event.to_owned()), ("x-hub-signature-256", signature)];
    let pairs = pairs.into_iter().chain([("x-github-delivery", "72d3162e".to_owned())]);
    pairs.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn read(event: &str, body: &[u8]) -> Result<Vec<Hint>, Refusal> {
    let headers = headers(event, sign(body, "now"));
    webhook::read(&Delivery { headers: &headers, body }, &[Secret::new("before"), Secret::new("now")])
}

fn hints(event: &str, body: Value) -> Vec<Hint> {
    read(event, body.to_string().as_bytes()).unwrap()
}

fn pull(number: u64) -> Hint {
    Hint::Pull { repo: "acme/a".to_owned(), number }
}

#[test]
fn only_a_right_signature_over_the_raw_body_is_read() {
    let body = br#"{"repository":{"full_name":"acme/a"},"pull_request":{"number":7}}"#;
    let take = |signature: Option<String>, body: &[u8], secrets: &[Secret]| {
        let mut headers = headers("pull_request", String::new());
        headers.retain(|(name, _)| name != "x-hub-signature-256");
        headers.extend(signature.map(|signature| ("x-hub-signature-256".to_owned(), signature)));
        webhook::read(&Delivery { headers: &headers, body }, secrets)
    };
    let secrets = [Secret::new("new"), Secret::new("old")];
    assert_eq!(take(Some(sign(body, "new")), body, &secrets).unwrap(), [pull(7)]);
    assert_eq!(take(Some(sign(body, "old")), body, &secrets).unwrap(), [pull(7)], "while it is replaced");
    assert_eq!(take(Some(sign(body, "old")), body, &secrets[..1]), Err(Refusal::Forged));
    assert_eq!(take(None, body, &secrets), Err(Refusal::Forged));
    assert_eq!(take(Some("sha256=".to_owned()), body, &secrets), Err(Refusal::Forged));
    assert_eq!(
        take(Some(sign(body, "new").replace("sha256=", "sha1=")), body, &secrets),
        Err(Refusal::Forged)
    );
    let spaced = [body.as_slice(), b" "].concat();
    assert_eq!(take(Some(sign(body, "new")), &spaced, &secrets), Err(Refusal::Forged), "the raw body");
    assert_eq!(
        take(Some(sign(body, "")), body, &[Secret::new("")]),
        Err(Refusal::Forged),
        "no secret at all"
    );
    // What is not JSON is told as such only when it is signed.
    assert_eq!(take(Some(sign(b"{", "x")), b"{", &secrets), Err(Refusal::Forged));
    assert!(matches!(take(Some(sign(b"{", "new")), b"{", &secrets), Err(Refusal::Unreadable(_))));
    let huge = vec![b' '; MAX_DELIVERY + 1];
    assert_eq!(take(Some(sign(&huge, "new")), &huge, &secrets), Err(Refusal::TooLarge));
}

#[test]
fn events_say_where_to_look() {
    let repo = json!({"full_name":"acme/a","default_branch":"main"});
    let (a, b) = (oid('a'), oid('b'));
    let head = |head| Hint::Head { repo: "acme/a".to_owned(), head };
    let whole = Hint::Repo { repo: "acme/a".to_owned() };
    for event in ["pull_request", "pull_request_review", "pull_request_review_comment"] {
        assert_eq!(hints(event, json!({"repository":repo,"pull_request":{"number":3}})), [pull(3)]);
    }
    let comment = json!({"repository":repo,"issue":{"number":4,"pull_request":{"url":"x"}}});
    assert_eq!(hints("issue_comment", comment), [pull(4)]);
    assert_eq!(hints("issue_comment", json!({"repository":repo,"issue":{"number":4}})), [], "an issue");
    let run = json!({"repository":repo,"check_run":{"head_sha":a,"pull_requests":[{"number":5}]}});
    assert_eq!(hints("check_run", run), [pull(5), head(a)]);
    let suite = json!({"repository":repo,"check_suite":{"head_sha":a,"pull_requests":[]}});
    assert_eq!(hints("check_suite", suite), [head(a)]);
    assert_eq!(hints("status", json!({"repository":repo,"sha":b})), [head(b)]);
    let push = |name: &str| json!({"repository":repo,"ref":name,"before":a,"after":b});
    assert_eq!(hints("push", push("refs/heads/main")), std::slice::from_ref(&whole));
    assert_eq!(hints("push", push("refs/heads/fleet/x")), [head(a), head(b)]);
    let group =
        json!({"repository":repo,"merge_group":{"head_ref":"refs/heads/gh-readonly-queue/main/pr-12-ab"}});
    assert_eq!(hints("merge_group", group), [pull(12)]);
    let renamed = json!({"repository":repo,"changes":{"repository":{"name":{"from":"old"}}}});
    assert_eq!(hints("repository", renamed), [Hint::Repo { repo: "acme/old".to_owned() }, whole]);
    assert_eq!(hints("star", json!({"repository":repo})), []);
    let came = json!({"repositories_added":[{"full_name":"acme/a"}]});
    assert_eq!(hints("installation_repositories", came), [Hint::Repo { repo: "acme/a".to_owned() }]);
}

#[test]
fn a_form_is_read_too() {
    let body = b"payload=%7B%22repository%22%3A%7B%22full_name%22%3A%22acme%2Fa%22%7D%2C+%22pull_request%22%3A%7B%22number%22%3A9%7D%7D";
    let mut headers = headers("pull_request", sign(body, "now"));
    headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
    let delivery = Delivery { headers: &headers, body };
    assert_eq!(webhook::read(&delivery, &[Secret::new("now")]).unwrap(), [pull(9)]);
    assert_eq!(webhook::delivery_id(&delivery), Some("72d3162e"));
}

const EVENTS: [&str; 9] = [
    "pull_request",
    "issue_comment",
    "check_run",
    "check_suite",
    "status",
    "push",
    "merge_group",
    "repository",
    "installation",
];

/// JSON that has the right names in wrong places.
fn mad() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "repository",
        "full_name",
        "pull_request",
        "number",
        "issue",
        "check_run",
        "pull_requests",
        "head_sha",
        "ref",
        "before",
        "after",
        "merge_group",
        "head_ref",
        "changes",
        "name",
        "from",
        "repositories",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("acme/a")),
        Just(json!("refs/heads/gh-readonly-queue/pr-é-99999999999999999999")),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..6)
                .prop_map(|pairs| pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mad_bytes_never_hurt(bytes in prop::collection::vec(any::<u8>(), 0..64), event in 0..EVENTS.len(), form: bool) {
        let mut headers = headers(EVENTS[event], sign(&bytes, "now"));
        if form {
            headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        }
        let body = if form { [b"payload=".as_slice(), &bytes].concat() } else { bytes };
        let _ = webhook::read(&Delivery { headers: &headers, body: &body }, &[Secret::new("now")]);
        let _ = read(EVENTS[event], &body);
    }

    #[test]
    fn mad_json_never_hurts(value in mad(), event in 0..EVENTS.len()) {
        let _ = read(EVENTS[event], value.to_string().as_bytes());
    }
}
