//! Who may do what: roles, what a call needs, and the one function that decides.
//!
//! Everything in `role`, `person`, `scope`, `need` and `refusal` is pure: no store, no clock, no network. A call
//! that has no [`Need`] cannot be answered, because the table of calls is built of them.

mod need;
mod person;
mod refusal;
mod role;
mod scope;

pub use need::{Asked, Need, admit, decide};
pub use person::{Person, Via};
pub use refusal::Refusal;
pub use role::{Role, UnknownRole};
pub use scope::Scope;
