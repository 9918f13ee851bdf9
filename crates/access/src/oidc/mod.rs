//! Signing in through a provider of OpenID Connect.
//!
//! `claims` is what decides whether a token is believed, `provider` the walk with the browser, `wire` the requests,
//! `signature` the one place that knows ring.

mod claims;
mod error;
mod pending;
mod provider;
mod settings;
mod signature;
mod wire;

pub use claims::Vouched;
pub use error::OidcError;
pub use pending::{Pending, SIGN_IN_SECONDS};
pub use provider::{Callback, Provider};
pub use settings::OidcSettings;
