//! GitHub Apps: who may mint tokens, and for what.

use std::collections::BTreeMap;

use super::account::{Level, Reach, Scope};

/// An App and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// The App's number: the `iss` of its tokens.
    pub id: u64,
    /// Its name in addresses; its robot is `<slug>[bot]`.
    pub slug: String,
    /// The public key as PKCS#1 in DER, which RS256 signatures are checked with.
    pub key: Vec<u8>,
    /// Where it is installed.
    pub installations: Vec<Installation>,
}

/// An App at one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Its number.
    pub id: u64,
    /// The organisation.
    pub account: String,
    /// The repositories it was given.
    pub reach: Reach,
    /// The permissions it was given: no token of it has more.
    pub scopes: BTreeMap<Scope, Level>,
    /// How many tokens were minted.
    pub minted: u64,
}
