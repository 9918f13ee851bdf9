//! A sign-in through a provider: what is believed, and everything that is not.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fleetwright_access::oidc::{Callback, OidcError, Pending, Provider, Vouched};
use fleetwright_access::{AccessError, Doorkeeper, Proof, Refusal, Role, Via};
use fleetwright_store::{Silent, Store};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::stub::{Key, Stub, metadata};

fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// What a sign-in asked for, as the provider sees it.
fn asked(address: &str) -> HashMap<String, String> {
    Url::parse(address).unwrap().query_pairs().into_owned().collect()
}

/// A sign-in that came back from the provider with these claims changed, signed by `key` under `header`.
async fn sign_in(
    stub: &Stub,
    (key, header): (&Key, Value),
    change: impl FnOnce(&mut Value),
) -> Result<Vouched, OidcError> {
    let provider = Provider::new(stub.settings()).unwrap();
    finish(&provider, stub, (key, header), change).await
}

async fn finish(
    provider: &Provider,
    stub: &Stub,
    (key, header): (&Key, Value),
    change: impl FnOnce(&mut Value),
) -> Result<Vouched, OidcError> {
    let (address, pending) = provider.begin(now()).await?;
    let asked = asked(&address);
    let seconds = now() / 1_000;
    let mut claims = json!({
        "iss": stub.issuer, "aud": "fleet", "sub": "u-1", "nonce": asked["nonce"], "iat": seconds,
        "exp": seconds + 300, "preferred_username": "ada", "groups": ["platform", "/leads", "staff"],
    });
    change(&mut claims);
    let token = key.sign(&header, &claims);
    stub.say(|says| says.token = Some((200, json!({ "access_token": "x", "id_token": token }))));
    let back = back(&asked);
    provider.finish(&back, &pending, now()).await
}

fn back(asked: &HashMap<String, String>) -> Callback {
    Callback { code: Some("the-code".into()), state: Some(asked["state"].clone()), ..Callback::default() }
}

async fn started(keys: &[(&str, &Key)]) -> Stub {
    let stub = Stub::start().await;
    let shown: Vec<Value> = keys.iter().map(|(id, key)| key.shown(id)).collect();
    stub.say(|says| says.keys = json!({ "keys": shown }));
    stub
}

fn rs256(id: &str) -> Value {
    json!({ "alg": "RS256", "kid": id })
}

fn refused(done: Result<Vouched, OidcError>) -> String {
    match done {
        Err(OidcError::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_good_sign_in_with_either_kind_of_key() {
    let (rsa, ec) = (Key::rsa(1), Key::ec());
    let stub = started(&[("r", &rsa), ("e", &ec)]).await;
    for (key, header) in [(&rsa, rs256("r")), (&ec, json!({ "alg": "ES256", "kid": "e" }))] {
        let vouched = sign_in(&stub, (key, header), |_| ()).await.unwrap();
        let groups = ["platform", "leads", "staff"].map(str::to_owned).to_vec();
        let issuer = stub.issuer.clone();
        assert_eq!(vouched, Vouched { issuer, subject: "u-1".into(), name: "ada".into(), groups });
    }
    // The secret went into the head, encoded as forms are, and the code was asked back with our verifier.
    let (login, form) = stub.says.lock().unwrap().asked[0].clone();
    let wanted = format!("Basic {}", STANDARD.encode("fleet:s+e%2Bcret"));
    assert_eq!(login.as_deref(), Some(wanted.as_str()));
    assert_eq!((form["code"].as_str(), form["grant_type"].as_str()), ("the-code", "authorization_code"));
    assert_eq!(form["redirect_uri"], "https://fleet.example.com/sign-in/callback");
    assert!(!form.contains_key("client_secret"));
}

#[tokio::test]
async fn the_verifier_is_the_one_of_the_challenge() {
    let key = Key::rsa(1);
    let stub = started(&[("r", &key)]).await;
    let provider = Provider::new(stub.settings()).unwrap();
    let (address, pending) = provider.begin(now()).await.unwrap();
    let (_, other) = provider.begin(now()).await.unwrap();
    assert_ne!(pending, other);
    let asked = asked(&address);
    let pending = Pending::read(&pending.cookie()).unwrap();
    stub.say(|says| says.token = Some((400, json!({ "error": "invalid_grant\u{1b}<b>" }))));
    let why = refused(provider.finish(&back(&asked), &pending, now()).await);
    assert!(why.contains("400, `invalid_grantb`"), "{why}");
    let verifier = stub.says.lock().unwrap().asked[0].1["code_verifier"].clone();
    assert_eq!(URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())), asked["code_challenge"]);
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!((asked["response_type"].as_str(), asked["scope"].as_str()), ("code", "openid profile email"));
}

#[tokio::test]
async fn a_token_that_says_anything_else_is_refused() {
    let key = Key::rsa(1);
    let stub = started(&[("r", &key)]).await;
    let seconds = now() / 1_000;
    type Change = Box<dyn Fn(&mut Value)>;
    let set =
        |name: &'static str, value: Value| -> Change { Box::new(move |claims| claims[name] = value.clone()) };
    let without = |name: &'static str| -> Change {
        Box::new(move |claims| {
            claims.as_object_mut().unwrap().remove(name);
        })
    };
    let table: Vec<(Change, &str)> = vec![
        (set("nonce", json!("another")), "nonce"),
        (without("nonce"), "nonce"),
        (set("iss", json!("https://evil.example")), "InvalidIssuer"),
        (set("iss", json!(["https://evil.example", stub.issuer])), "does not hold"),
        (without("iss"), "does not hold"),
        (set("aud", json!("another")), "InvalidAudience"),
        (set("aud", json!(["another"])), "InvalidAudience"),
        (set("aud", json!(["fleet", "another"])), "another client"),
        (set("azp", json!("another")), "another client"),
        (without("aud"), "does not hold"),
        (set("exp", json!(seconds - 90)), "ExpiredSignature"),
        (set("exp", json!("tomorrow")), "does not hold"),
        (without("exp"), "exp"),
        (set("nbf", json!(seconds + 90)), "ImmatureSignature"),
        (set("iat", json!(seconds + 90)), "future"),
        (without("iat"), "does not hold"),
        (set("sub", json!("")), "nobody"),
        (without("sub"), "does not hold"),
        (without("preferred_username"), "preferred_username"),
        (set("preferred_username", json!("a\u{0}")), "preferred_username"),
        (set("preferred_username", json!(7)), "preferred_username"),
        (set("groups", json!("platform")), "no list"),
        (set("groups", json!([{ "name": "platform" }])), "no list"),
        (set("groups", json!(vec!["x"; 1_001])), "1000 groups"),
    ];
    for (change, word) in table {
        let why = refused(sign_in(&stub, (&key, rs256("r")), change).await);
        assert!(why.contains(word), "`{word}` is not in: {why}");
    }
    // Clocks that are less than a minute apart do not matter.
    for (name, at) in [("exp", seconds - 30), ("nbf", seconds + 30), ("iat", seconds + 30)] {
        sign_in(&stub, (&key, rs256("r")), |claims| claims[name] = json!(at)).await.unwrap();
    }
    let both = |claims: &mut Value| {
        claims["aud"] = json!(["another", "fleet"]);
        claims["azp"] = json!("fleet");
    };
    sign_in(&stub, (&key, rs256("r")), both).await.unwrap();
    assert_eq!(
        sign_in(&stub, (&key, rs256("r")), |c| c["groups"] = json!([])).await.unwrap().groups,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_token_signed_in_any_other_way_is_refused() {
    let (key, other) = (Key::rsa(1), Key::rsa(2));
    let stub = started(&[("r", &key)]).await;
    let (before, after) = (json!({ "alg": "none" }), json!({ "alg": "HS256", "kid": "r" }));
    for header in [before, after, json!({ "alg": "RS384", "kid": "r" }), json!({ "alg": "RS257" }), json!({})]
    {
        let why = refused(sign_in(&stub, (&key, header.clone()), |_| ()).await);
        assert!(why.contains("not taken") || why.contains("not read"), "{header}: {why}");
    }
    // Another key under the name of ours; and a key whose kind does not fit the algorithm.
    let why = refused(sign_in(&stub, (&other, rs256("r")), |_| ()).await);
    assert!(why.contains("InvalidSignature"), "{why}");
    let why = refused(sign_in(&stub, (&key, json!({ "alg": "ES256", "kid": "r" })), |_| ()).await);
    assert!(why.contains("does not show"), "{why}");
    // What is symmetric in the set is no key to us, and one for encryption is none either.
    let mut encrypts = key.shown("r");
    encrypts["use"] = json!("enc");
    for shown in [json!({ "kty": "oct", "kid": "r", "k": "c2VjcmV0" }), encrypts] {
        stub.say(|says| says.keys = json!({ "keys": [shown] }));
        let why = refused(sign_in(&stub, (&key, rs256("r")), |_| ()).await);
        assert!(why.contains("does not show"), "{why}");
    }
    // A token that names no key is one of the only key, and of none of two.
    stub.say(|says| says.keys = json!({ "keys": [key.shown("r")] }));
    sign_in(&stub, (&key, json!({ "alg": "RS256" })), |_| ()).await.unwrap();
    stub.say(|says| says.keys = json!({ "keys": [key.shown("r"), other.shown("s")] }));
    let why = refused(sign_in(&stub, (&key, json!({ "alg": "RS256" })), |_| ()).await);
    assert!(why.contains("several keys"), "{why}");
}

#[tokio::test]
async fn a_new_key_is_found_and_asked_for_once_a_minute() {
    let (old, new) = (Key::rsa(1), Key::rsa(2));
    let stub = started(&[("old", &old)]).await;
    let provider = Provider::new(stub.settings()).unwrap();
    finish(&provider, &stub, (&old, rs256("old")), |_| ()).await.unwrap();
    let requests = || stub.says.lock().unwrap().key_requests;
    assert_eq!(requests(), 1);
    stub.say(|says| says.keys = json!({ "keys": [old.shown("old"), new.shown("new")] }));
    // Within the minute nobody makes us ask again.
    refused(finish(&provider, &stub, (&new, rs256("new")), |_| ()).await);
    assert_eq!(requests(), 1);
    let (address, pending) = provider.begin(now()).await.unwrap();
    let (asked, seconds) = (asked(&address), now() / 1_000);
    let claims = json!({ "iss": stub.issuer, "aud": "fleet", "sub": "u-1", "nonce": asked["nonce"], "iat": seconds,
        "exp": seconds + 300, "preferred_username": "ada" });
    let token = new.sign(&rs256("new"), &claims);
    stub.say(|says| says.token = Some((200, json!({ "id_token": token }))));
    provider.finish(&back(&asked), &pending, now() + 61_000).await.unwrap();
    assert_eq!(requests(), 2);
}

#[tokio::test]
async fn only_the_answer_to_this_browsers_question_counts() {
    let key = Key::rsa(1);
    let stub = started(&[("r", &key)]).await;
    let provider = Provider::new(stub.settings()).unwrap();
    let (address, pending) = provider.begin(now()).await.unwrap();
    let (_, other) = provider.begin(now()).await.unwrap();
    let good = back(&asked(&address));
    let with = |change: fn(&mut Callback)| {
        let mut back = good.clone();
        change(&mut back);
        back
    };
    let table = [
        (good.clone(), &other, "this browser began"),
        (with(|back| back.state = None), &pending, "this browser began"),
        (with(|back| back.iss = Some("https://evil.example".into())), &pending, "another provider"),
        (with(|back| back.error = Some("access_denied\r\n".into())), &pending, "`access_denied`"),
        (with(|back| back.code = None), &pending, "no code"),
        (with(|back| back.code = Some("x".repeat(5_000))), &pending, "no code"),
    ];
    for (back, pending, word) in table {
        let why = refused(provider.finish(&back, pending, now()).await);
        assert!(why.contains(word), "{why}");
    }
    assert!(stub.says.lock().unwrap().asked.is_empty(), "no code was given away");
    // Who says that it names itself must do so.
    stub.say(|says| says.metadata["authorization_response_iss_parameter_supported"] = json!(true));
    let provider = Provider::new(stub.settings()).unwrap();
    let (address, pending) = provider.begin(now()).await.unwrap();
    let why = refused(provider.finish(&back(&asked(&address)), &pending, now()).await);
    assert!(why.contains("does not say which"), "{why}");
}

#[tokio::test]
async fn a_provider_that_cannot_be_trusted_is_not_asked() {
    let key = Key::rsa(1);
    let stub = started(&[("r", &key)]).await;
    let asks = async || {
        Provider::new(stub.settings()).unwrap().begin(now()).await.map(|_| ()).unwrap_err().to_string()
    };
    stub.say(|says| says.metadata["issuer"] = json!("https://evil.example"));
    assert!(asks().await.contains("calls itself `https://evil.example`"));
    for bad in ["http://evil.example/keys", "https://a:b@evil.example/", "file:///etc/passwd", ""] {
        stub.say(|says| {
            says.metadata = metadata(&stub.issuer);
            says.metadata["jwks_uri"] = json!(bad);
        });
        assert!(asks().await.contains("addres"), "{bad}");
    }
    stub.say(|says| says.metadata = json!({ "pad": "x".repeat(2 << 20) }));
    assert!(asks().await.contains("bytes"));
    stub.say(|says| says.metadata = json!([]));
    assert!(asks().await.contains("does not read"));
    for issuer in ["http://sso.example.com", "ftp://x", "sso.example.com", ""] {
        let settings = fleetwright_access::oidc::OidcSettings { issuer: issuer.into(), ..stub.settings() };
        assert!(Provider::new(settings).is_err(), "{issuer}");
    }
}

#[tokio::test]
async fn groups_give_roles_and_a_name_stays_its_subjects() {
    let stub = Stub::start().await;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("fleet.db"), Arc::new(Silent)).await.unwrap();
    let keeper = Doorkeeper::new(store);
    let vouched = |subject: &str, name: &str, groups: &[&str]| Vouched {
        issuer: stub.issuer.clone(),
        subject: subject.into(),
        name: name.into(),
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
    };
    let settings = stub.settings();
    let (secret, ada) =
        keeper.welcome(&vouched("1", "ada", &["leads", "Platform", "platform"]), &settings, 0).await.unwrap();
    assert_eq!((ada.role, &ada.via), (Role::Operator, &Via::Oidc));
    assert!(ada.owns("group:default/platform") && !ada.owns("group:default/staff"));
    assert_eq!(keeper.identify(Proof::Cookie(secret.expose()), 1).await.unwrap(), ada);
    // Ada calls herself Bob at the provider: here she stays Ada. Who is called Ada elsewhere is not her.
    let (_, again) = keeper.welcome(&vouched("1", "bob", &[]), &settings, 0).await.unwrap();
    assert_eq!((again.name.as_str(), again.role), ("ada", Role::Viewer));
    let taken = keeper.welcome(&vouched("2", "ada", &[]), &settings, 0).await;
    assert!(matches!(taken, Err(AccessError::Refused(Refusal::NameTaken { .. }))), "{taken:?}");
    let strict = fleetwright_access::oidc::OidcSettings { default: None, ..settings };
    let nobody = keeper.welcome(&vouched("3", "eve", &["staff"]), &strict, 0).await;
    assert!(matches!(nobody, Err(AccessError::Refused(Refusal::NoRole { .. }))), "{nobody:?}");
}
