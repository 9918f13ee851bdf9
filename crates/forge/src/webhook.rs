//! What a forge tells by itself: hints that something may have changed, never facts.
//!
//! A webhook may be lost, doubled, late, early or forged. It is verified over its raw bytes before
//! anything is parsed, and then only says where to look.

use crate::http::Secret;

/// Where to look, as a verified webhook says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Hint {
    /// At one pull request.
    Pull {
        /// The repository.
        repo: String,
        /// The pull request's number.
        number: u64,
    },
    /// At whatever pull request has this head: events of checks name no pull request.
    Head {
        /// The repository.
        repo: String,
        /// The commit.
        head: fleetwright_core::Oid,
    },
    /// At the repository: its default branch moved, or it was renamed, archived or deleted.
    Repo {
        /// The repository.
        repo: String,
    },
}

/// A webhook as it came in.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// Header names in small letters, and their values.
    pub headers: &'a [(String, String)],
    /// The raw body.
    pub body: &'a [u8],
}

impl Delivery<'_> {
    /// A header's value, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Why a webhook was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No signature, or a wrong one: nothing of it was read.
    #[error("the signature is missing or wrong")]
    Forged,
    /// The body is larger than allowed.
    #[error("the body is too large")]
    TooLarge,
    /// It is signed and cannot be read.
    #[error("the body cannot be read: {0}")]
    Unreadable(String),
}

/// The most bytes of a webhook's body: GitHub's own cap is 25 MB.
pub const MAX_DELIVERY: usize = 25 << 20;

/// Who takes in the webhooks of one forge.
pub trait Listener: Send + Sync {
    /// Verifies a delivery over its raw bytes; only then reads where to look.
    ///
    /// # Errors
    /// Why it is not taken. A signature that is missing or wrong is found before anything is read.
    fn receive(&self, delivery: &Delivery<'_>) -> Result<Vec<Hint>, Refusal>;

    /// The forge's own name of the delivery, by which a doubled one is known; `None` where it has none.
    fn id<'a>(&self, delivery: &'a Delivery<'_>) -> Option<&'a str>;
}

/// How a forge's crate verifies a delivery with the known secrets, and reads it.
pub type Receive = fn(&Delivery<'_>, &[Secret]) -> Result<Vec<Hint>, Refusal>;

/// A listener made of an adapter's two functions and the secrets its webhooks are signed with. There may be
/// two of them while one takes the other's place.
#[derive(Debug, Clone)]
pub struct Ear {
    /// Verifies and reads.
    pub receive: Receive,
    /// The delivery's own name.
    pub id: for<'a> fn(&'a Delivery<'_>) -> Option<&'a str>,
    /// The secrets.
    pub secrets: Vec<Secret>,
}

impl Listener for Ear {
    fn receive(&self, delivery: &Delivery<'_>) -> Result<Vec<Hint>, Refusal> {
        (self.receive)(delivery, &self.secrets)
    }

    fn id<'a>(&self, delivery: &'a Delivery<'_>) -> Option<&'a str> {
        (self.id)(delivery)
    }
}
