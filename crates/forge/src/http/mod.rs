//! One HTTP client for every forge that is a service.
//!
//! It signs requests, asks the meter before each, never follows a redirect with a token, reads no
//! more of an answer than [`MAX_BODY`], and says what went wrong without the token in it. What a
//! status means is the adapter's business: only it knows which request it was.

mod client;
mod etags;
mod fault;
pub mod git;
pub mod limits;
mod reply;
mod rest;
mod secret;
mod tokens;

pub use client::{Ask, Http, Settings};
pub use etags::Etags;
pub use reply::Reply;
pub use rest::{About, Rest, Write, encoded};
pub use secret::Secret;
pub use tokens::{Need, Permission, Plain, Tokens};

/// The most bytes of an answer to an API request: a page of GraphQL is some 2 MB.
pub const MAX_BODY: usize = 32 << 20;
