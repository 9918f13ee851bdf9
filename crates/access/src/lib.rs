//! Who may do what, and how they prove who they are.
//!
//! The decision (`role`, `person`, `scope`, `need`, `refusal`) is pure: no store, no clock, no network. A call that
//! has no [`Need`] cannot be answered, because the table of calls is built of them. The [`Doorkeeper`] keeps tokens,
//! sessions and one-time links in the store, as digests.

mod doorkeeper;
mod error;
mod need;
mod person;
mod refusal;
mod role;
mod scope;
mod secret;
mod standing;

pub use doorkeeper::{Doorkeeper, LONGEST, NewToken, Proof};
pub use error::AccessError;
pub use need::{Asked, Need, admit, decide};
pub use person::{Person, Via};
pub use refusal::Refusal;
pub use role::{Role, UnknownRole};
pub use scope::Scope;
pub use secret::{NoRandom, Secret, random};
