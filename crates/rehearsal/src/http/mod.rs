//! From a request to an answer, in whatever dialect.

pub mod answer;
pub mod call;
pub mod dialect;
pub(crate) mod pipeline;
pub(crate) mod record;
pub mod request;
pub mod route;
pub(crate) mod server;
mod wire;

pub use server::{Handle, ServeError, serve};
