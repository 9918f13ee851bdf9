//! What a provider says in a token, and whether it is to be believed: pure but for the clock that
//! jsonwebtoken asks.

use std::collections::BTreeMap;

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::oidc::error::OidcError;
use crate::oidc::settings::OidcSettings;
use crate::oidc::signature::fits;

/// How far clocks may be apart, in seconds.
const SKEW: u64 = 60;

/// The longest token that is looked at, in bytes: a thousand groups of fifty letters.
const LONGEST: usize = 64 << 10;

/// The most groups that count, and the most letters of one.
const GROUPS: usize = 1_000;
const LETTERS: usize = 200;

/// Whom a provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// The provider.
    pub issuer: String,
    /// Its own name of the person, which never changes.
    pub subject: String,
    /// The name people know.
    pub name: String,
    /// The groups it says they are in.
    pub groups: Vec<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: OneOrMany,
    azp: Option<String>,
    nonce: Option<String>,
    iat: f64,
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// The key of a set that a token says it is signed with; `None` where the set has none, and may be old.
///
/// # Errors
/// Where the token is none, or signed in a way that is not taken.
pub(super) fn key<'a>(token: &str, keys: &'a JwkSet) -> Result<Option<(&'a Jwk, Algorithm)>, OidcError> {
    if token.len() > LONGEST {
        return Err(OidcError::refused(format!("the token has more than {LONGEST} bytes")));
    }
    let header =
        decode_header(token).map_err(|why| OidcError::refused(format!("the token does not read: {why}")))?;
    if !matches!(header.alg, Algorithm::RS256 | Algorithm::PS256 | Algorithm::ES256) {
        return Err(OidcError::refused(format!("tokens signed by {:?} are not taken", header.alg)));
    }
    let fitting = keys.keys.iter().filter(|key| fits(key, header.alg));
    let mut named = fitting.filter(|key| header.kid.is_none() || key.common.key_id == header.kid);
    match (named.next(), named.next()) {
        (Some(key), None) => Ok(Some((key, header.alg))),
        (Some(_), Some(_)) => {
            Err(OidcError::refused("the token does not say which of several keys signed it"))
        }
        (None, _) => Ok(None),
    }
}

/// Reads a token that was signed with this key, and holds it against everything it must say.
///
/// # Errors
/// What is wrong with it, in words for the log: never the token itself.
pub(super) fn read(
    token: &str,
    (key, algorithm): (&Jwk, Algorithm),
    settings: &OidcSettings,
    (nonce, now): (&str, i64),
) -> Result<Vouched, OidcError> {
    let decoding = DecodingKey::from_jwk(key)
        .map_err(|why| OidcError::refused(format!("its key does not read: {why}")))?;
    let mut rules = Validation::new(algorithm);
    rules.leeway = SKEW;
    rules.validate_nbf = true;
    rules.set_audience(&[&settings.client_id]);
    rules.set_issuer(&[&settings.issuer]);
    rules.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    let decoded = decode::<Claims>(token, &decoding, &rules);
    let claims = decoded.map_err(|why| OidcError::refused(format!("the token does not hold: {why}")))?.claims;
    check(&claims, settings, (nonce, now))?;
    Ok(Vouched {
        name: name(&claims, settings)?,
        groups: groups(&claims, settings)?,
        issuer: claims.iss,
        subject: claims.sub,
    })
}

impl OneOrMany {
    fn all(&self) -> &[String] {
        match self {
            OneOrMany::One(one) => std::slice::from_ref(one),
            OneOrMany::Many(all) => all,
        }
    }
}

/// What the library leaves to us.
fn check(claims: &Claims, settings: &OidcSettings, (nonce, now): (&str, i64)) -> Result<(), OidcError> {
    // The library takes a list of issuers for one of them.
    if claims.iss != settings.issuer {
        return Err(OidcError::refused("the token is of another issuer"));
    }
    let is_said =
        claims.nonce.as_ref().is_some_and(|said| bool::from(said.as_bytes().ct_eq(nonce.as_bytes())));
    if !is_said {
        return Err(OidcError::refused("the token answers another sign-in: its nonce is not ours"));
    }
    let others = claims.aud.all().iter().any(|one| *one != settings.client_id);
    let is_other = claims.azp.as_ref().is_some_and(|azp| *azp != settings.client_id);
    if is_other || others && claims.azp.is_none() {
        return Err(OidcError::refused("the token was given to another client"));
    }
    // Milliseconds fit a float for some 280,000 years.
    if claims.iat * 1_000.0 > (now + 1_000 * SKEW as i64) as f64 {
        return Err(OidcError::refused(
            "the token is from the future: the clocks of the provider and of this machine differ",
        ));
    }
    if claims.sub.is_empty() || claims.sub.len() > 255 {
        return Err(OidcError::refused("the token names nobody"));
    }
    Ok(())
}

fn name(claims: &Claims, settings: &OidcSettings) -> Result<String, OidcError> {
    let said = claims.more.get(&settings.name_claim).and_then(Value::as_str).unwrap_or_default();
    let is_name = !said.trim().is_empty() && said.len() <= LETTERS && !said.chars().any(char::is_control);
    // An address counts only where the provider looked that it is theirs.
    let is_unseen =
        settings.name_claim == "email" && claims.more.get("email_verified") != Some(&Value::Bool(true));
    match is_name && !is_unseen {
        true => Ok(said.trim().to_owned()),
        false => Err(OidcError::refused(format!("the token has no usable `{}`", settings.name_claim))),
    }
}

/// The groups of the claim; none where there is no such claim, and an error where it is something else.
fn groups(claims: &Claims, settings: &OidcSettings) -> Result<Vec<String>, OidcError> {
    let wrong =
        || OidcError::refused(format!("`{}` in the token is no list of groups", settings.groups_claim));
    let Some(said) = claims.more.get(&settings.groups_claim) else { return Ok(Vec::new()) };
    let said = said.as_array().ok_or_else(wrong)?;
    if said.len() > GROUPS {
        return Err(OidcError::refused(format!("the token names more than {GROUPS} groups")));
    }
    let group = |value: &Value| {
        let text =
            value.as_str().filter(|text| text.len() <= LETTERS && !text.chars().any(char::is_control))?;
        // Keycloak writes groups as paths.
        Some(text.strip_prefix('/').unwrap_or(text).to_owned())
    };
    said.iter().map(|value| group(value).ok_or_else(wrong)).collect()
}
