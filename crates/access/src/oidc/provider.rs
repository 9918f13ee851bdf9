//! A sign-in through a provider: authorization code with PKCE (OpenID Connect Core 1.0, RFC 7636, RFC 9207).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::Mutex;
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::oidc::claims::{self, Vouched};
use crate::oidc::error::OidcError;
use crate::oidc::pending::Pending;
use crate::oidc::settings::OidcSettings;
use crate::oidc::signature;
use crate::oidc::wire::{Metadata, Wire};
use crate::secret::random;

/// How long what a provider says of itself is believed, in milliseconds: an hour.
const FRESH: i64 = 3_600_000;

/// How soon its keys are asked for again because a token names one that is not there: a minute.
const AGAIN: i64 = 60_000;

/// The longest code and state that are taken from an address, in bytes.
const LONGEST: usize = 4_096;

/// A provider of OpenID Connect. Cheap to clone.
#[derive(Clone)]
pub struct Provider {
    settings: Arc<OidcSettings>,
    wire: Wire,
    known: Arc<Mutex<Option<Known>>>,
}

/// What a provider said of itself, and when it was asked, in milliseconds since 1970 UTC.
#[derive(Clone)]
struct Known {
    metadata: Metadata,
    keys: JwkSet,
    at: i64,
}

/// What the browser brings back from a provider.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Callback {
    /// The code.
    pub code: Option<String>,
    /// Our state.
    pub state: Option<String>,
    /// The issuer, where it says so.
    pub iss: Option<String>,
    /// A no, as its word.
    pub error: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: Option<String>,
}

#[derive(Deserialize)]
struct TokenFault {
    error: String,
}

impl Provider {
    /// A provider by its settings; it is not asked yet.
    ///
    /// # Errors
    /// A sentence, when its address or the certificates cannot be used.
    pub fn new(settings: OidcSettings) -> Result<Provider, String> {
        signature::install();
        let wire = Wire::new(&settings)?;
        Ok(Provider { settings: Arc::new(settings), wire, known: Arc::default() })
    }

    /// What was said of it.
    pub fn settings(&self) -> &OidcSettings {
        &self.settings
    }

    /// Begins a sign-in: where the browser is sent, and what it keeps until it is back. `now` is in milliseconds
    /// since 1970 UTC.
    ///
    /// # Errors
    /// When the provider cannot be asked.
    pub async fn begin(&self, now: i64) -> Result<(String, Pending), OidcError> {
        let known = self.known(now, FRESH).await?;
        let random = || random().map_err(|error| self.wire.failed(error.to_string()));
        let pending = Pending { state: random()?, nonce: random()?, verifier: random()? };
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(pending.verifier.as_bytes()));
        let mut url = self.wire.address(&known.metadata.authorization_endpoint)?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &self.settings.redirect)
            .append_pair("scope", "openid profile email")
            .append_pair("state", &pending.state)
            .append_pair("nonce", &pending.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok((url.into(), pending))
    }

    /// Ends a sign-in: gives the code back for a token, and reads whom it vouches for. `pending` is what this browser
    /// kept.
    ///
    /// # Errors
    /// [`OidcError::Refused`] where anything does not hold; [`OidcError::Provider`] where it cannot be asked.
    pub async fn finish(&self, back: &Callback, pending: &Pending, now: i64) -> Result<Vouched, OidcError> {
        let known = self.known(now, FRESH).await?;
        let code = self.code(back, pending, &known.metadata)?;
        let token = self.token(code, pending, &known.metadata).await?;
        let mut keys = known.keys;
        if claims::key(&token, &keys)?.is_none() {
            // The provider may have a new key since.
            keys = self.known(now, AGAIN).await?.keys;
        }
        let key = claims::key(&token, &keys)?;
        let key = key
            .ok_or_else(|| OidcError::refused("the token is signed with a key the provider does not show"))?;
        claims::read(&token, key, &self.settings, (&pending.nonce, now))
    }

    /// The code, if this is the answer to what this browser asked.
    fn code<'a>(
        &self,
        back: &'a Callback,
        pending: &Pending,
        metadata: &Metadata,
    ) -> Result<&'a str, OidcError> {
        let state = back.state.as_deref().unwrap_or_default();
        if !bool::from(state.as_bytes().ct_eq(pending.state.as_bytes())) {
            return Err(OidcError::refused("this is not the answer to the sign-in that this browser began"));
        }
        match &back.iss {
            Some(issuer) if *issuer != self.settings.issuer => {
                return Err(OidcError::refused("the answer is of another provider"));
            }
            None if metadata.authorization_response_iss_parameter_supported => {
                return Err(OidcError::refused("the answer does not say which provider it is of"));
            }
            _ => {}
        }
        if let Some(error) = &back.error {
            return Err(OidcError::refused(format!("the provider says `{}`", word(error))));
        }
        let code = back.code.as_deref().filter(|code| !code.is_empty() && code.len() <= LONGEST);
        code.ok_or_else(|| OidcError::refused("the answer has no code"))
    }

    async fn token(&self, code: &str, pending: &Pending, metadata: &Metadata) -> Result<String, OidcError> {
        let url = self.wire.address(&metadata.token_endpoint)?;
        let methods = metadata.token_endpoint_auth_methods_supported.as_deref();
        // Basic is what counts where nothing is said (Discovery 1.0, section 3).
        let basic = methods.is_none_or(|all| all.iter().any(|one| one == "client_secret_basic"));
        let OidcSettings { client_id, client_secret, redirect, .. } = self.settings.as_ref();
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", redirect)
            .append_pair("code_verifier", &pending.verifier)
            .append_pair("client_id", client_id);
        let login = match client_secret {
            Some(secret) if basic => Some((encoded(client_id), encoded(secret))),
            Some(secret) => {
                form.append_pair("client_secret", secret);
                None
            }
            None => None,
        };
        let (status, body) = self.wire.post(url, form.finish(), login).await?;
        if status != 200 {
            let said = serde_json::from_slice::<TokenFault>(&body).map(|fault| word(&fault.error));
            let said = said.map_or_else(|_| status.to_string(), |said| format!("{status}, `{said}`"));
            return match status {
                400..500 => Err(OidcError::refused(format!("the provider took the code back with {said}"))),
                _ => Err(self.wire.failed(format!("it answered {said}"))),
            };
        }
        let tokens: Tokens = self.wire.json(&body)?;
        tokens.id_token.ok_or_else(|| OidcError::refused("the provider gave no id token"))
    }

    /// What the provider says of itself, asked anew when it is older than `fresh` milliseconds. One asks at a time.
    async fn known(&self, now: i64, fresh: i64) -> Result<Known, OidcError> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref().filter(|known| (0..fresh).contains(&(now - known.at))) {
            return Ok(known.clone());
        }
        let issuer = self.settings.issuer.trim_end_matches('/');
        let url = self.wire.address(&format!("{issuer}/.well-known/openid-configuration"))?;
        let metadata: Metadata = self.wire.get(url).await?;
        if metadata.issuer != self.settings.issuer {
            let why = format!("it calls itself `{}`: write `issuer` exactly so", shown(&metadata.issuer));
            return Err(self.wire.failed(why));
        }
        let keys: JwkSet = self.wire.get(self.wire.address(&metadata.jwks_uri)?).await?;
        let fresh = Known { metadata, keys, at: now };
        *known = Some(fresh.clone());
        Ok(fresh)
    }
}

/// A name or secret as Basic authentication wants it (RFC 6749, section 2.3.1).
fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// A word of somebody else's, as far as it is one.
fn word(text: &str) -> String {
    text.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').take(64).collect()
}

fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(200).collect()
}
