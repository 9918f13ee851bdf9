//! An App says who it is by a token it signed itself (RFC 7519, RS256).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rsa::KeyPair;
use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;

use crate::world::State;

/// The longest an App's token may live, in seconds (GitHub docs, "Generating a JWT").
const LONGEST: i64 = 600;

/// A key that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the key of an App cannot be read: {0}\n  try: an RSA private key in PEM, as GitHub gives it out")]
pub struct BadKey(String);

/// The public half of an App's private key in PEM, for [`crate::model::app::App::key`].
///
/// # Errors
/// [`BadKey`] for anything but an RSA private key in PKCS#1 or PKCS#8.
pub fn public_key(pem: &str) -> Result<Vec<u8>, BadKey> {
    let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    let der = STANDARD.decode(base64).map_err(|error| BadKey(error.to_string()))?;
    let pair = KeyPair::from_der(&der).or_else(|_| KeyPair::from_pkcs8(&der));
    let pair = pair.map_err(|error| BadKey(error.to_string()))?;
    Ok(pair.public_key().as_ref().to_vec())
}

/// The App that signed a token, if it is known and the token good now.
pub(super) fn app(state: &State, token: &str) -> Option<u64> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let part = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let json = |text: &str| serde_json::from_slice::<Value>(&part(text)?).ok();
    if json(header)?["alg"] != "RS256" {
        return None;
    }
    let claims = json(claims)?;
    let issuer = &claims["iss"];
    let id = issuer.as_u64().or_else(|| issuer.as_str()?.parse().ok())?;
    let (begun, ends) = (claims["iat"].as_i64()?, claims["exp"].as_i64()?);
    let now = state.now() / 1_000;
    // GitHub allows for a minute between its clock and the App's.
    if begun > now + 60 || ends <= now || ends > now + LONGEST + 60 {
        return None;
    }
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &state.app(id)?.key);
    key.verify(signed.as_bytes(), &part(signature)?).ok().map(|()| id)
}
