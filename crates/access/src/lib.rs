//! Who may do what, and how they prove who they are.
//!
//! The decision (`role`, `person`, `scope`, `need`, `refusal`) is pure: no store, no clock, no network. A call that
//! has no [`Need`] cannot be answered, because the table of calls is built of them. The [`Doorkeeper`] keeps tokens,
//! sessions and one-time links in the store, as digests; [`same_origin`] keeps other sites from using a session, and
//! [`Buckets`] anybody from asking too often.

mod cookie;
mod doorkeeper;
mod error;
mod need;
pub mod oidc;
mod origin;
mod person;
mod rate;
mod refusal;
mod role;
mod scope;
mod secret;
mod standing;

pub use cookie::Cookie;
pub use doorkeeper::{Doorkeeper, LONGEST, NewToken, Proof, SESSION_SECONDS};
pub use error::AccessError;
pub use need::{Asked, Need, admit, decide};
pub use origin::{Sent, same_origin};
pub use person::{Person, Via};
pub use rate::{Buckets, Rate};
pub use refusal::Refusal;
pub use role::{Role, UnknownRole};
pub use scope::Scope;
pub use secret::{NoRandom, Secret, random};
