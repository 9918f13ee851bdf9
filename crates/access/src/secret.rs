//! Secrets of our own: how they are made, written, and known again. `fw_`, an id, `_`, and 256 random bits.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What every secret of ours begins with; `fleetwright_core::secret` knows it.
const PREFIX: &str = "fw_";

/// Letters of an id: 48 bits in hex, no secret.
const ID: usize = 12;

/// Letters of 256 bits in base64.
const BITS: usize = 43;

/// The system has no randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gave no random bytes\n  try: again; a machine that just started may have none yet")]
pub struct NoRandom;

/// A secret as its owner gets it, once. Its `Debug` shows the id only.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The whole text, for whoever may have it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}_…", self.0.get(PREFIX.len()..PREFIX.len() + ID).unwrap_or_default())
    }
}

/// A new secret, with what is kept of it.
pub(crate) struct Minted {
    pub(crate) id: String,
    pub(crate) secret: Secret,
    pub(crate) hash: Vec<u8>,
}

/// 256 random bits as 43 letters of base64 that fit into addresses.
///
/// # Errors
/// [`NoRandom`].
pub fn random() -> Result<String, NoRandom> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandom)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

pub(crate) fn mint() -> Result<Minted, NoRandom> {
    let mut bytes = [0; ID / 2];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandom)?;
    let id: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let bits = random()?;
    let hash = hash(&bits);
    let secret = Secret(format!("{PREFIX}{id}_{bits}"));
    Ok(Minted { id, secret, hash })
}

/// The id and the random part, if a text is written as one of ours.
pub(crate) fn parts(text: &str) -> Option<(&str, &str)> {
    let (id, bits) = text.strip_prefix(PREFIX)?.split_at_checked(ID)?;
    let bits = bits.strip_prefix('_')?;
    let is_hex = id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_base64 = bits.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    (is_hex && is_base64 && bits.len() == BITS).then_some((id, bits))
}

/// What is kept: a plain digest is enough where the secret is as random as this one.
fn hash(bits: &str) -> Vec<u8> {
    Sha256::digest(bits.as_bytes()).to_vec()
}

/// Whether the random part is the one that was digested, in a time that does not depend on where it differs.
pub(crate) fn matches(bits: &str, kept: &[u8]) -> bool {
    bool::from(hash(bits).ct_eq(kept))
}

#[cfg(test)]
mod tests {
    use fleetwright_core::secret::Redactor;

    use super::*;

    #[test]
    fn a_secret_is_known_again_and_no_other() {
        let (one, two) = (mint().unwrap(), mint().unwrap());
        let (id, bits) = parts(one.secret.expose()).unwrap();
        assert_eq!(id, one.id);
        assert!(matches(bits, &one.hash));
        assert!(!matches(bits, &two.hash));
        assert!(!matches(bits, &one.hash[..31]) && !matches(bits, &[]));
        assert_eq!(one.hash.len(), 32);
        let debug = format!("{:?}", one.secret);
        assert!(debug.contains(&one.id) && !debug.contains(bits), "{debug}");
    }

    #[test]
    fn only_the_one_spelling_is_ours() {
        let good = mint().unwrap().secret.expose().to_owned();
        assert!(parts(&good).is_some());
        let long = format!("{good}a");
        let capital = good.replacen("fw_", "FW_", 1);
        let spaced = format!(" {good}");
        let wide = format!("fw_{}_{}", "é".repeat(6), "a".repeat(43));
        for bad in
            ["", "fw_", &good[..good.len() - 1], &long, &capital, &spaced, &wide, &good.replacen('_', "-", 1)]
        {
            assert_eq!(parts(bad), None, "{bad}");
        }
    }

    #[test]
    fn texts_are_shown_without_it() {
        for _ in 0..50 {
            let secret = mint().unwrap().secret;
            let text = format!("curl -H 'Authorization: Bearer {}' x", secret.expose());
            let shown = Redactor::default().text(&text).into_owned();
            assert!(!shown.contains(&secret.expose()[16..]), "{shown}");
        }
    }
}
