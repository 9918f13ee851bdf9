//! The word of a GitHub App about itself: a short-lived token signed with its private key.

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fleetwright_forge::http::{Need, Secret, Tokens};
use fleetwright_forge::{Clock, ForgeError};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::json;

/// How far in the past a token begins, in seconds: clocks differ (docs.github.com, "Generating a JSON
/// Web Token (JWT) for a GitHub App").
const BEFORE: i64 = 60;

/// How long a token is good, in seconds: GitHub takes ten minutes at most, by its own clock.
const GOOD: i64 = 8 * 60;

/// A GitHub App's name and private key. It signs its own tokens, which are good for asking for others.
pub struct AppKey {
    app: String,
    key: RsaKeyPair,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for AppKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AppKey({})", self.app)
    }
}

impl AppKey {
    /// Reads a private key as GitHub gives it out, in PEM: PKCS #1 or PKCS #8. `app` is the app's
    /// number or its client id.
    ///
    /// # Errors
    /// A sentence that holds nothing of the key.
    pub fn new(app: &str, pem: &str, clock: Arc<dyn Clock>) -> Result<AppKey, String> {
        let (kind, der) = pem_body(pem)?;
        let key = match kind {
            "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der),
            "PRIVATE KEY" => RsaKeyPair::from_pkcs8(&der),
            _ => return Err(format!("a private key is wanted, and this is a {}", kind.to_lowercase())),
        };
        let key = key.map_err(|error| format!("the app's private key cannot be used: {error}"))?;
        Ok(AppKey { app: app.to_owned(), key, clock })
    }

    fn sign(&self) -> Result<Secret, ForgeError> {
        let now = self.clock.now().div_euclid(1_000);
        let claims = json!({ "iat": now - BEFORE, "exp": now + GOOD, "iss": self.app });
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let said = format!("{}.{}", part(json!({ "alg": "RS256", "typ": "JWT" })), part(claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), said.as_bytes(), &mut signature)
            .map_err(|_| ForgeError::access(&self.app, "the app's private key cannot sign"))?;
        Ok(Secret::new(format!("{said}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }
}

#[async_trait]
impl Tokens for AppKey {
    async fn token(&self, _: Need<'_>) -> Result<Secret, ForgeError> {
        self.sign()
    }
}

/// What is between the lines of a PEM file, and what it is called.
fn pem_body(pem: &str) -> Result<(&str, Vec<u8>), String> {
    let wrong = || {
        "the app's private key is no PEM file: it begins with `-----BEGIN RSA PRIVATE KEY-----`".to_owned()
    };
    let (_, rest) = pem.split_once("-----BEGIN ").ok_or_else(wrong)?;
    let (kind, rest) = rest.split_once("-----").ok_or_else(wrong)?;
    let (body, _) = rest.split_once("-----END ").ok_or_else(wrong)?;
    // Keys that come through the environment have their line breaks written out.
    let body: String = body.replace("\\n", "").split_whitespace().collect();
    Ok((kind, STANDARD.decode(body).map_err(|_| wrong())?))
}
