//! Whose word a request carries.

use async_trait::async_trait;

use super::secret::Secret;
use crate::error::ForgeError;

/// What a request needs to be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Read repositories, pull requests, checks.
    Read,
    /// Push commits and delete branches.
    Contents,
    /// Open, change, merge and close pull requests.
    Pulls,
    /// Push commits that change workflow files.
    Workflows,
    /// Run checks again.
    Checks,
    /// Read teams and who is in them.
    Members,
}

/// What a credential is needed for: minted no broader than this where the forge can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Need<'a> {
    /// The repository, or an owner with a slash (`acme/`) for a question about all it has; `None`
    /// for a question about everything.
    pub repo: Option<&'a str>,
    /// What is to be done.
    pub permission: Permission,
}

/// Where credentials come from.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// A token good for the need, renewed before it ends.
    ///
    /// # Errors
    /// When none can be had; the error says why and holds no secret.
    async fn token(&self, need: Need<'_>) -> Result<Secret, ForgeError>;

    /// Hears which repositories there are, so that one credential can be made for many of them.
    fn known(&self, _repos: &[String]) {}

    /// Hears that the forge refused a token (401). Whether it is worth asking for another one.
    fn refused(&self, _need: Need<'_>, _token: &Secret) -> bool {
        false
    }
}

/// One token for everything, as a person makes it on the forge's pages.
pub struct Plain(pub Secret);

#[async_trait]
impl Tokens for Plain {
    async fn token(&self, _: Need<'_>) -> Result<Secret, ForgeError> {
        Ok(self.0.clone())
    }
}
