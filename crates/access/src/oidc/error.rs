//! Why a sign-in through a provider came to nothing.

/// Nobody was signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// What came back is not to be believed, or says no.
    #[error(
        "the sign-in was refused: {0}\n  try: sign in again; if it stays so, an admin looks at `people.oidc`"
    )]
    Refused(String),
    /// The provider could not be asked.
    #[error(
        "the provider {issuer} could not be asked: {why}\n  try: again later, and look at `people.oidc.issuer`"
    )]
    Provider {
        /// The provider.
        issuer: String,
        /// Why not.
        why: String,
    },
}

impl OidcError {
    pub(super) fn refused(why: impl Into<String>) -> OidcError {
        OidcError::Refused(why.into())
    }

    /// The status of HTTP it is answered with.
    pub fn status(&self) -> u16 {
        match self {
            OidcError::Refused(_) => 403,
            OidcError::Provider { .. } => 502,
        }
    }
}
