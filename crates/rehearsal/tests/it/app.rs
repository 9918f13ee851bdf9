//! A GitHub App: signs for itself, mints tokens, and is held to them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fleetwright_rehearsal::github::public_key;
use fleetwright_rehearsal::model::account::{Level, Reach, Scope};
use fleetwright_rehearsal::model::app::{App, Installation};
use fleetwright_rehearsal::world::RepoSpec;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};

use crate::support::{Place, app, said};

/// A key made for this test and used nowhere else.
const KEY: &str = include_str!("app_key.pem");

/// A token an App signs for itself.
pub(crate) fn jwt(app: u64, begun: i64, ends: i64) -> String {
    let text: String = KEY.lines().filter(|line| !line.starts_with("-----")).collect();
    let pair = KeyPair::from_der(&STANDARD.decode(text).unwrap()).unwrap();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({ "iat": begun, "exp": ends, "iss": app.to_string() });
    let signed = format!("{}.{}", part(&json!({ "alg": "RS256", "typ": "JWT" })), part(&claims));
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Makes an App known that may write contents and pull requests of `acme`.
pub(crate) fn install(place: &Place) -> String {
    let scopes =
        [(Scope::Contents, Level::Write), (Scope::Pulls, Level::Write), (Scope::Metadata, Level::Read)];
    let installation = Installation {
        id: 77,
        account: "acme".to_owned(),
        reach: Reach::All,
        scopes: BTreeMap::from(scopes),
        minted: 0,
    };
    let app = App {
        id: 5,
        slug: "fleet".to_owned(),
        key: public_key(KEY).unwrap(),
        installations: vec![installation],
    };
    place.world().lock().add_app(app);
    let now = place.world().now() / 1_000;
    jwt(5, now, now + 540)
}

async fn mint(place: &Place, jwt: &str, body: Value) -> crate::support::Got {
    place.with(jwt, "POST", "/app/installations/77/access_tokens", body).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minted_token_is_good_for_its_repositories_permissions_and_hour() {
    let place = Place::new(|_| {}).await;
    place.world().lock().make_repo(&RepoSpec { name: "acme/other".to_owned(), ..app() }).unwrap();
    let signed = install(&place);
    let minted = mint(
        &place,
        &signed,
        json!({ "repositories": ["app"], "permissions": { "pull_requests": "write" } }),
    )
    .await;
    assert_eq!(minted.status, 201, "{}", minted.text);
    let token = minted.body["token"].as_str().unwrap().to_owned();
    assert!(token.starts_with("ghs_5_") && token.len() > 100);
    let get = |path: &'static str| place.with(&token, "GET", path, Value::Null);
    assert_eq!(get("/repos/acme/app/pulls").await.unwrap().status, 200);
    assert_eq!(get("/repos/acme/other/pulls").await.unwrap().status, 404);
    let lacks = get("/repos/acme/app/git/ref/heads/main").await.unwrap();
    assert_eq!((lacks.status, lacks.message()), (403, "Resource not accessible by integration"));
    let listed = get("/installation/repositories").await.unwrap();
    assert_eq!(listed.body["total_count"], 1);
    let now = place.world().now();
    place.world().advance_to(now + 3_600_000);
    let late = get("/repos/acme/app/pulls").await.unwrap();
    assert_eq!((late.status, late.message()), (401, "Bad credentials"));
    assert_eq!(place.world().counts().minted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_gets_no_more_than_it_was_given() {
    let place = Place::new(|_| {}).await;
    let signed = install(&place);
    let more = mint(&place, &signed, json!({ "permissions": { "workflows": "write" } })).await;
    let words = "The permissions requested are not granted to this installation.";
    assert_eq!((more.status, more.message()), (422, words));
    let none = mint(&place, &signed, json!({ "repositories": ["nowhere"] })).await;
    assert_eq!(none.status, 422);
    let now = place.world().now() / 1_000;
    for bad in [jwt(5, now, now - 1), jwt(5, now, now + 3_600), jwt(6, now, now + 60), format!("{signed}x")] {
        assert_eq!(mint(&place, &bad, Value::Null).await.status, 401, "{bad}");
    }
    let all = mint(&place, &signed, Value::Null).await;
    let token = all.body["token"].as_str().unwrap().to_owned();
    let pushed = place.push_as(&token, "fleet/ci", (".github/workflows/ci.yml", "on: pull_request\n")).await;
    assert!(!pushed.status.success());
    let words = "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without \
        `workflows` permission";
    assert!(said(&pushed).contains(words), "{}", said(&pushed));
    let app = place.app();
    let left = place.world().lock().open(app).unwrap().branch("fleet/ci").unwrap();
    assert_eq!(left, None, "what was refused is not there");
    let pushed = place.push_as(&token, "fleet/app", ("app.yaml", "image: app:3\n")).await;
    assert!(!pushed.status.success(), "the branch was cut from the one with the workflow: {}", said(&pushed));
}
