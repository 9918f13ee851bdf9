//! A provider of OpenID Connect on this machine, which signs whatever a test wants.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fleetwright_access::Role;
use fleetwright_access::oidc::OidcSettings;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};

/// A key of a provider.
pub(crate) enum Key {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

impl Key {
    pub(crate) fn rsa(number: u8) -> Key {
        let text = match number {
            1 => include_str!("keys/rsa1.txt"),
            _ => include_str!("keys/rsa2.txt"),
        };
        Key::Rsa(RsaKeyPair::from_pkcs8(&STANDARD.decode(text.replace('\n', "")).unwrap()).unwrap())
    }

    pub(crate) fn ec() -> Key {
        let (random, rule) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let pair = EcdsaKeyPair::generate_pkcs8(rule, &random).unwrap();
        Key::Ec(EcdsaKeyPair::from_pkcs8(rule, pair.as_ref(), &random).unwrap())
    }

    /// As the provider shows it.
    pub(crate) fn shown(&self, id: &str) -> Value {
        let url = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Key::Rsa(pair) => {
                let public: ring::rsa::PublicKeyComponents<Vec<u8>> = pair.public().into();
                json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id, "n": url(&public.n), "e": url(&public.e) })
            }
            Key::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-256", "kid": id, "x": url(&point[1..33]), "y": url(&point[33..]) })
            }
        }
    }

    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let url = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", url(header), url(claims));
        let random = SystemRandom::new();
        let signature = match self {
            Key::Rsa(pair) => {
                let mut bytes = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut bytes).unwrap();
                bytes
            }
            Key::Ec(pair) => pair.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec(),
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// What the provider does and what it was asked.
#[derive(Default)]
pub(crate) struct Says {
    pub(crate) metadata: Value,
    pub(crate) keys: Value,
    pub(crate) token: Option<(u16, Value)>,
    pub(crate) asked: Vec<(Option<String>, HashMap<String, String>)>,
    pub(crate) key_requests: usize,
}

/// A provider that runs until it is dropped.
#[derive(Clone)]
pub(crate) struct Stub {
    pub(crate) issuer: String,
    pub(crate) says: Arc<Mutex<Says>>,
}

impl Stub {
    pub(crate) async fn start() -> Stub {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let says = Says { metadata: metadata(&issuer), keys: json!({ "keys": [] }), ..Says::default() };
        let stub = Stub { issuer, says: Arc::new(Mutex::new(says)) };
        let router = axum::Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(stub.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        stub
    }

    pub(crate) fn settings(&self) -> OidcSettings {
        OidcSettings {
            issuer: self.issuer.clone(),
            client_id: "fleet".into(),
            client_secret: Some("s e+cret".into()),
            redirect: "https://fleet.example.com/sign-in/callback".into(),
            name_claim: "preferred_username".into(),
            groups_claim: "groups".into(),
            groups: vec![("platform".into(), Role::Operator), ("leads".into(), Role::Approver)],
            default: Some(Role::Viewer),
            authority: None,
        }
    }

    pub(crate) fn say(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.says.lock().unwrap());
    }
}

pub(crate) fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
    })
}

async fn configuration(State(stub): State<Stub>) -> Json<Value> {
    Json(stub.says.lock().unwrap().metadata.clone())
}

async fn keys(State(stub): State<Stub>) -> Json<Value> {
    let mut says = stub.says.lock().unwrap();
    says.key_requests += 1;
    Json(says.keys.clone())
}

async fn token(State(stub): State<Stub>, headers: HeaderMap, body: String) -> (StatusCode, Json<Value>) {
    let form = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let login = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let mut says = stub.says.lock().unwrap();
    says.asked.push((login, form));
    let (status, answer) = says.token.clone().unwrap_or((500, json!({})));
    (StatusCode::from_u16(status).unwrap(), Json(answer))
}
