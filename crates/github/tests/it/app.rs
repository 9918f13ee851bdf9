//! Tokens of an app: few, narrow, renewed, never shown.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fleetwright_forge::http::{self, Http, Need, Permission, Tokens};
use fleetwright_forge::{Clock, ForgeError, Unmetered};
use fleetwright_github::{AppKey, AppTokens};
use serde_json::{Value, json};

use crate::stub::{Came, Say, Stub, not_found, say};

/// Made for this test by `openssl genrsa -traditional 2048`.
const PKCS1: &str = include_str!("keys/pkcs1.pem");
/// The same key, by `openssl pkcs8 -topk8 -nocrypt`.
const PKCS8: &str = include_str!("keys/pkcs8.pem");
/// Its public half, by `openssl rsa -RSAPublicKey_out -outform DER`.
const PUBLIC: &[u8] = include_bytes!("keys/public.der");

/// A clock that is set by hand.
struct Hand(AtomicI64);

#[async_trait]
impl Clock for Hand {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    async fn sleep_until(&self, until: i64) {
        self.0.fetch_max(until, Ordering::SeqCst);
    }
}

const START: i64 = 1_700_000_000_000;

fn tokens(stub: &Stub, clock: &Arc<Hand>, pem: &str) -> AppTokens {
    let key = AppKey::new("77", pem, clock.clone()).unwrap();
    assert_eq!(format!("{key:?}"), "AppKey(77)");
    let settings = http::Settings { url: stub.url.clone(), authority: None, timeout: Duration::from_secs(5) };
    let http = Http::new(&settings, Arc::new(key), Arc::new(Unmetered), clock.clone()).unwrap();
    AppTokens::new(&http, None)
}

fn need(repo: &str, permission: Permission) -> Need<'_> {
    Need { repo: Some(repo), permission }
}

/// GitHub's own checks: signature, times, at most 500 names, all of them there.
struct Office {
    clock: Arc<Hand>,
    minted: AtomicUsize,
    /// How far the office's own clock is behind ours, in seconds.
    behind: AtomicI64,
    gone: Mutex<Vec<String>>,
}

impl Office {
    fn answer(&self, came: &Came) -> Say {
        if let Some(why) = self.wrong_jwt(&came.header("authorization")) {
            let headers = vec![("date", "Tue, 14 Nov 2023 22:13:20 GMT".to_owned())];
            return Say(401, headers, json!({ "message": why }).to_string());
        }
        match came.path.as_str() {
            "/orgs/acme/installation" => say(200, json!({ "id": 5 })),
            "/users/ann/installation" => say(200, json!({ "id": 6 })),
            path if path.ends_with("/access_tokens") => self.mint(came),
            _ => not_found(),
        }
    }

    fn wrong_jwt(&self, header: &str) -> Option<&'static str> {
        let token = header.strip_prefix("Bearer ")?;
        let (said, signature) = token.rsplit_once('.')?;
        let public =
            ring::signature::UnparsedPublicKey::new(&ring::signature::RSA_PKCS1_2048_8192_SHA256, PUBLIC);
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        public.verify(said.as_bytes(), &signature).expect("signed by the app's key");
        let claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(said.split_once('.')?.1).unwrap()).unwrap();
        let now = self.clock.now() / 1_000 - self.behind.load(Ordering::SeqCst);
        let at = |claim: &str| claims[claim].as_i64().unwrap();
        assert_eq!((claims["iss"].as_str(), at("exp") - at("iat") <= 600), (Some("77"), true));
        (at("exp") > now + 600).then_some("'Expiration time' claim ('exp') is too far in the future")
    }

    fn mint(&self, came: &Came) -> Say {
        let names: Vec<&str> =
            came.body["repositories"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert!(names.len() <= 500);
        if self.gone.lock().unwrap().iter().any(|gone| names.contains(&gone.as_str())) {
            let message = "There is at least one repository that does not exist or is not accessible";
            return say(422, json!({ "message": message }));
        }
        let number = self.minted.fetch_add(1, Ordering::SeqCst);
        let ends = jiff::Timestamp::from_millisecond(self.clock.now() + 3_600_000).unwrap();
        let token = format!("ghs_77_{}{number}", "e".repeat(700));
        say(201, json!({ "token": token, "expires_at": ends.to_string() }))
    }
}

async fn office() -> (Stub, Arc<Office>, Arc<Hand>) {
    let clock = Arc::new(Hand(AtomicI64::new(START)));
    let office = Arc::new(Office {
        clock: clock.clone(),
        minted: AtomicUsize::new(0),
        behind: AtomicI64::new(0),
        gone: Mutex::default(),
    });
    let answering = office.clone();
    (Stub::new(move |came| answering.answer(came)).await, office, clock)
}

#[tokio::test]
async fn a_thousand_writers_share_two_tokens_and_readers_one() {
    for pem in [PKCS1, PKCS8, &PKCS1.replace('\n', "\\n")] {
        let (stub, office, clock) = office().await;
        let tokens = tokens(&stub, &clock, pem);
        let names: Vec<String> = (0..1_000).map(|n| format!("acme/r{n}")).collect();
        tokens.known(&names);
        for name in &names {
            tokens.token(need(name, Permission::Pulls)).await.unwrap();
            tokens.token(need(name, Permission::Contents)).await.unwrap();
            tokens.token(need(name, Permission::Read)).await.unwrap();
        }
        assert_eq!(office.minted.load(Ordering::SeqCst), 3);
        let bodies: Vec<Value> = stub.take().into_iter().map(|came| came.body).collect();
        let minted: Vec<&Value> = bodies.iter().filter(|body| body.get("permissions").is_some()).collect();
        let write = json!({ "contents": "write", "pull_requests": "write" });
        assert_eq!(minted.iter().filter(|body| body["permissions"] == write).count(), 2);
        let reads = minted.iter().find(|body| body["permissions"]["contents"] == "read").unwrap();
        assert!(reads["permissions"].as_object().unwrap().values().all(|value| value == "read"));
    }
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_after_it_was_refused() {
    let (stub, office, clock) = office().await;
    let tokens = tokens(&stub, &clock, PKCS1);
    let ask = need("acme/a", Permission::Pulls);
    let first = tokens.token(ask).await.unwrap();
    assert!(first.expose().len() > 700, "of any length");
    clock.0.store(START + 54 * 60_000, Ordering::SeqCst);
    assert_eq!(tokens.token(ask).await.unwrap(), first);
    clock.0.store(START + 55 * 60_000, Ordering::SeqCst);
    let second = tokens.token(ask).await.unwrap();
    assert_ne!(second, first);
    assert!(tokens.refused(ask, &second));
    assert_ne!(tokens.token(ask).await.unwrap(), second);
    assert_eq!(office.minted.load(Ordering::SeqCst), 3);
    let workflows = tokens.token(need("acme/a", Permission::Workflows)).await.unwrap();
    assert_ne!(workflows, tokens.token(ask).await.unwrap(), "workflows only when asked");
}

#[tokio::test]
async fn a_repository_that_comes_later_is_covered_too() {
    let (stub, office, clock) = office().await;
    let tokens = tokens(&stub, &clock, PKCS1);
    let first = tokens.token(need("acme/a", Permission::Pulls)).await.unwrap();
    let second = tokens.token(need("acme/b", Permission::Pulls)).await.unwrap();
    assert_ne!(first, second, "the first knows nothing of it");
    let asked = stub.take().pop().unwrap().body["repositories"].clone();
    assert_eq!(asked, json!(["a", "b"]));
    assert_eq!(tokens.token(need("acme/a", Permission::Pulls)).await.unwrap(), second);
    assert_eq!(office.minted.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn one_repository_that_is_gone_is_a_fault_of_its_own() {
    let (stub, office, clock) = office().await;
    let tokens = tokens(&stub, &clock, PKCS1);
    let names: Vec<String> = (0..500).map(|n| format!("acme/r{n}")).collect();
    tokens.known(&names);
    office.gone.lock().unwrap().push("r250".to_owned());
    for name in &names {
        let token = tokens.token(need(name, Permission::Pulls)).await;
        match name.as_str() {
            "acme/r250" => assert!(token.unwrap_err().to_string().contains("acme/r250 cannot be used")),
            _ => assert!(token.is_ok()),
        }
    }
    let asked = stub.take().iter().filter(|came| came.method == "POST").count();
    assert!(asked <= 30, "{asked} requests for one that is gone");
}

#[tokio::test]
async fn two_thousand_an_hour_are_never_passed() {
    let (stub, _, clock) = office().await;
    let tokens = tokens(&stub, &clock, PKCS1);
    let mut blocked = None;
    for n in 0..2_000 {
        // The worst case: every token is refused.
        let ask = need("acme/a", Permission::Pulls);
        let token = match tokens.token(ask).await {
            Ok(token) => token,
            Err(error) => {
                blocked = Some((n, error));
                break;
            }
        };
        tokens.refused(ask, &token);
    }
    let (after, error) = blocked.unwrap();
    assert_eq!(after, 1_900);
    assert!(matches!(error, ForgeError::Blocked { until, .. } if until == START + 3_600_000));
}

#[tokio::test]
async fn a_wrong_clock_is_named() {
    let (stub, office, clock) = office().await;
    office.behind.store(700, Ordering::SeqCst);
    clock.0.store(START + 700_000, Ordering::SeqCst);
    let error = tokens(&stub, &clock, PKCS1).token(need("acme/a", Permission::Read)).await.unwrap_err();
    assert!(error.to_string().contains("clock is 700 s ahead of the forge's"), "{error}");
}

#[test]
fn a_key_that_is_none_is_refused_without_being_shown() {
    let clock = Arc::new(Hand(AtomicI64::new(START)));
    let secret = STANDARD.encode("a very private thing");
    for pem in [
        String::new(),
        secret.clone(),
        format!("-----BEGIN RSA PRIVATE KEY-----\n{secret}\n-----END RSA PRIVATE KEY-----"),
        format!("-----BEGIN PUBLIC KEY-----\n{secret}\n-----END PUBLIC KEY-----"),
        format!("-----BEGIN RSA PRIVATE KEY-----\n{secret}"),
    ] {
        let why = AppKey::new("1", &pem, clock.clone()).unwrap_err();
        assert!(!why.contains(&secret) && !why.is_empty());
    }
}
