//! Webhooks. The bodies are the examples of docs.gitlab.com/user/project/integrations/webhook_events,
//! shortened to what names things; what they name is unchanged.

use fleetwright_forge::http::Secret;
use fleetwright_forge::webhook::{Delivery, Hint, MAX_DELIVERY, Refusal};
use fleetwright_gitlab::webhook::{delivery_id, read};
use proptest::prelude::*;

const MERGE_REQUEST: &str = r#"{"object_kind":"merge_request","event_type":"merge_request",
    "user":{"id":1,"name":"Administrator","username":"root"},
    "project":{"id":1,"name":"Gitlab Test","web_url":"http://example.com/gitlabhq/gitlab-test",
        "namespace":"GitlabHQ","path_with_namespace":"gitlabhq/gitlab-test","default_branch":"master"},
    "object_attributes":{"id":99,"iid":1,"target_branch":"master","source_branch":"ms-viewport","state":"opened",
        "merge_status":"unchecked","last_commit":{"id":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7"},
        "action":"open","detailed_merge_status":"mergeable"}}"#;

const NOTE: &str = r#"{"object_kind":"note","event_type":"note","project_id":5,
    "project":{"id":5,"name":"Gitlab Test","path_with_namespace":"gitlab-org/gitlab-test","default_branch":"master"},
    "object_attributes":{"id":1244,"note":"This MR needs work.","noteable_type":"MergeRequest","system":false,
        "action":"create"},
    "merge_request":{"id":7,"target_branch":"markdown","source_branch":"master","iid":1,"state":"opened"}}"#;

const PIPELINE: &str = r#"{"object_kind":"pipeline",
    "object_attributes":{"id":31,"iid":3,"ref":"master","tag":false,
        "sha":"bcbb5ec396a2c0f828686f14fac9b80b780504f2","source":"merge_request_event","status":"success"},
    "merge_request":{"id":1,"iid":1,"title":"Test","source_branch":"test","state":"opened"},
    "project":{"id":1,"path_with_namespace":"gitlab-org/gitlab-test","default_branch":"master"},
    "source_pipeline":{"project":{"id":41,"path_with_namespace":"gitlab-org/upstream-project"}}}"#;

const JOB: &str = r#"{"object_kind":"build","ref":"gitlab-script-trigger","tag":false,
    "before_sha":"2293ada6b400935a1378653304eaf6221e0fdb8f","sha":"2293ada6b400935a1378653304eaf6221e0fdb8f",
    "build_id":1977,"build_name":"test","build_status":"created","project_id":380,
    "project_name":"gitlab-org/gitlab-test",
    "repository":{"name":"gitlab_test","homepage":"http://192.168.64.1:3005/gitlab-org/gitlab-test"}}"#;

const PUSH: &str = r#"{"object_kind":"push","event_name":"push",
    "before":"95790bf891e76fee5e1747ab589903a6a1f80f22","after":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7",
    "ref":"refs/heads/master","project_id":15,
    "project":{"id":15,"name":"Diaspora","path_with_namespace":"mike/diaspora","default_branch":"master"}}"#;

const DESTROYED: &str = r#"{"event_name":"project_destroy","name":"project1","path":"project1",
    "path_with_namespace":"group1/project1","project_id":22}"#;

fn take(body: &[u8], token: Option<&str>) -> Result<Vec<Hint>, Refusal> {
    let token = token.map(|token| ("x-gitlab-token".to_owned(), token.to_owned()));
    let headers: Vec<_> = token.into_iter().collect();
    let secrets = [Secret::new("old"), Secret::new(""), Secret::new("new")];
    read(&Delivery { headers: &headers, body }, &secrets)
}

fn pull(repo: &str, number: u64) -> Hint {
    Hint::Pull { repo: repo.to_owned(), number }
}

fn head(repo: &str, head: &str) -> Hint {
    Hint::Head { repo: repo.to_owned(), head: head.parse().unwrap() }
}

#[test]
fn each_event_says_where_to_look() {
    let test = "gitlab-org/gitlab-test";
    let told = |body: &str| take(body.as_bytes(), Some("new")).unwrap();
    assert_eq!(told(MERGE_REQUEST), [pull("gitlabhq/gitlab-test", 1)]);
    assert_eq!(told(NOTE), [pull(test, 1)]);
    let built = head(test, "bcbb5ec396a2c0f828686f14fac9b80b780504f2");
    assert_eq!(told(PIPELINE), [pull(test, 1), built]);
    assert_eq!(told(JOB), [head(test, "2293ada6b400935a1378653304eaf6221e0fdb8f")]);
    let was = head("mike/diaspora", "95790bf891e76fee5e1747ab589903a6a1f80f22");
    assert_eq!(told(PUSH), [Hint::Repo { repo: "mike/diaspora".to_owned() }, was]);
    assert_eq!(told(DESTROYED), [Hint::Repo { repo: "group1/project1".to_owned() }]);
    assert_eq!(told(r#"{"object_kind":"wiki_page","project":{"path_with_namespace":"a/b"}}"#), []);
}

#[test]
fn nothing_is_read_of_what_has_no_token_of_ours() {
    for token in [None, Some(""), Some("ne"), Some("new "), Some("newer")] {
        assert_eq!(take(b"not even JSON", token), Err(Refusal::Forged), "{token:?}");
    }
    assert!(matches!(take(b"not even JSON", Some("old")), Err(Refusal::Unreadable(_))));
    let large = vec![b' '; MAX_DELIVERY + 1];
    assert_eq!(take(&large, Some("new")), Err(Refusal::TooLarge));
    let none: [Secret; 0] = [];
    let headers = [("x-gitlab-token".to_owned(), String::new())];
    let empty = Delivery { headers: &headers, body: PUSH.as_bytes() };
    assert_eq!(read(&empty, &none), Err(Refusal::Forged), "no secret is no open door");
}

#[test]
fn a_delivery_that_is_tried_again_keeps_its_name() {
    let headers =
        [("x-gitlab-event-uuid".to_owned(), "u".to_owned()), ("idempotency-key".to_owned(), "k".to_owned())];
    assert_eq!(delivery_id(&Delivery { headers: &headers, body: b"" }), Some("k"));
    assert_eq!(delivery_id(&Delivery { headers: &headers[..1], body: b"" }), Some("u"));
}

/// Any JSON: what a sender of ours would never write, and a hostile one would.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        "\\PC{0,12}".prop_map(Into::into),
        "[0-9a-f]{40}".prop_map(Into::into),
        "(merge_request|note|pipeline|build|push)".prop_map(Into::into),
    ];
    let key = "(object_kind|object_attributes|project|path_with_namespace|merge_request|iid|sha|before|ref|[a-z]{1,3})";
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
    fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = take(&body, Some("new"));
    }

    #[test]
    fn no_json_panics(body in json()) {
        let _ = take(body.to_string().as_bytes(), Some("new"));
    }

    #[test]
    fn no_cut_or_bitten_event_panics(which in 0_usize..6, cut in 0_usize..900, at in 0_usize..900, byte in any::<u8>()) {
        let bodies = [MERGE_REQUEST, NOTE, PIPELINE, JOB, PUSH, DESTROYED];
        let mut body = bodies[which].as_bytes().to_vec();
        body.truncate(cut.max(1));
        let at = at % body.len();
        body[at] = byte;
        let _ = take(&body, Some("new"));
    }
}
