//! Webhooks. The bodies have the fields of modules/structs/hook.go of go-gitea/gitea, and the names of the
//! example of docs.gitea.com/usage/webhooks.

use fleetwright_forge::http::Secret;
use fleetwright_forge::webhook::{Delivery, Hint, MAX_DELIVERY, Refusal};
use fleetwright_gitea::webhook::{delivery_id, read};
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use sha2::Sha256;

const PULL: &str = r#"{"action":"synchronized","number":3,"pull_request":{"id":9,"number":3,"state":"open",
    "head":{"ref":"x","sha":"bffeb74224043ba2feb48d137756c8a9331c449a"}},
    "repository":{"id":140,"full_name":"gitea/webhooks","default_branch":"develop"},"sender":{"login":"gitea"}}"#;

const REVIEW: &str = r#"{"action":"reviewed","number":3,"pull_request":{"number":3},"review":
    {"type":"pull_request_review_approved","content":"fine"},"repository":{"full_name":"gitea/webhooks"}}"#;

const COMMENT: &str = r#"{"action":"created","issue":{"number":3,"pull_request":{"merged":false}},
    "comment":{"id":7,"body":"hold"},"repository":{"full_name":"gitea/webhooks"},"is_pull":true}"#;

const STATUS: &str = r#"{"context":"ci/build","id":5,"sha":"bffeb74224043ba2feb48d137756c8a9331c449a",
    "state":"success","repository":{"full_name":"gitea/webhooks"}}"#;

const PUSH: &str = r#"{"ref":"refs/heads/develop","before":"28e1879d029cb852e4844d9c718537df08844e03",
    "after":"bffeb74224043ba2feb48d137756c8a9331c449a",
    "repository":{"id":140,"full_name":"gitea/webhooks","default_branch":"develop"}}"#;

fn signed(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn take(event: &str, body: &[u8], (name, signature): (&str, &str)) -> Result<Vec<Hint>, Refusal> {
    let headers = [("x-gitea-event", event), (name, signature)];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let secrets = [Secret::new("of-another"), Secret::new(""), Secret::new("ours")];
    read(&Delivery { headers: &headers, body }, &secrets)
}

fn told(event: &str, body: &str) -> Vec<Hint> {
    take(event, body.as_bytes(), ("x-gitea-signature", &signed("ours", body.as_bytes()))).unwrap()
}

#[test]
fn each_event_says_where_to_look() {
    let repo = || "gitea/webhooks".to_owned();
    let pull = [Hint::Pull { repo: repo(), number: 3 }];
    for event in ["pull_request", "pull_request_sync", "pull_request_label"] {
        assert_eq!(told(event, PULL), pull, "{event}");
    }
    for event in ["pull_request_approved", "pull_request_rejected", "pull_request_comment"] {
        assert_eq!(told(event, REVIEW), pull, "{event}");
    }
    assert_eq!(told("issue_comment", COMMENT), pull);
    let issue = COMMENT.replace(r#","pull_request":{"merged":false}"#, "").replace("true", "false");
    assert_eq!(told("issue_comment", &issue), []);
    let head = |oid: &str| Hint::Head { repo: repo(), head: oid.parse().unwrap() };
    assert_eq!(told("status", STATUS), [head("bffeb74224043ba2feb48d137756c8a9331c449a")]);
    let was = head("28e1879d029cb852e4844d9c718537df08844e03");
    assert_eq!(told("push", PUSH), [Hint::Repo { repo: repo() }, was]);
    assert_eq!(told("wiki", PUSH), []);
}

#[test]
fn nothing_is_read_of_what_is_not_signed_by_us() {
    let body = b"not even JSON";
    let right = signed("ours", body);
    for (name, signature) in [
        ("x-gitea-signature", signed("", body)),
        ("x-gitea-signature", signed("guess", body)),
        ("x-gitea-signature", String::new()),
        ("x-gitea-signature", right[..62].to_owned()),
        ("x-gitea-signature", format!("{right}00")),
        ("x-gitea-signature", "\u{e9}".repeat(32)),
        ("x-signature", right.clone()),
    ] {
        assert_eq!(take("push", body, (name, &signature)), Err(Refusal::Forged), "{name} {signature}");
    }
    let hub = format!("sha256={right}");
    for (name, signature) in
        [("x-gitea-signature", &right), ("x-forgejo-signature", &right), ("x-hub-signature-256", &hub)]
    {
        assert!(matches!(take("push", body, (name, signature)), Err(Refusal::Unreadable(_))), "{name}");
    }
    let large = vec![b' '; MAX_DELIVERY + 1];
    assert_eq!(take("push", &large, ("x-gitea-signature", &right)), Err(Refusal::TooLarge));
}

#[test]
fn a_delivery_has_a_name() {
    let headers = [("x-gitea-delivery".to_owned(), "f6266f16".to_owned())];
    assert_eq!(delivery_id(&Delivery { headers: &headers, body: b"" }), Some("f6266f16"));
}

/// Any JSON: what a sender of ours would never write, and a hostile one would.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "\\PC{0,12}".prop_map(Into::into),
        "[0-9a-f]{40}".prop_map(Into::into),
    ];
    let key = "(repository|full_name|pull_request|number|issue|sha|before|ref|is_pull|[a-z]{1,3})";
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::hash_map(key, inner, 0..8)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_signed_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..600), event in "[a-z_]{0,24}") {
        let _ = take(&event, &body, ("x-gitea-signature", &signed("ours", &body)));
    }

    #[test]
    fn no_signature_panics(body in prop::collection::vec(any::<u8>(), 0..60), signature in "\\PC{0,80}") {
        prop_assert_eq!(take("push", &body, ("x-gitea-signature", &signature)), Err(Refusal::Forged));
    }

    #[test]
    fn no_json_panics(
        body in json(),
        event in "(push|status|issue_comment|pull_request(_sync)?|repository|workflow_run)",
    ) {
        let body = body.to_string();
        let _ = take(&event, body.as_bytes(), ("x-gitea-signature", &signed("ours", body.as_bytes())));
    }
}
