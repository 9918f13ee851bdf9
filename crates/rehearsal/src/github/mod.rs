//! GitHub's dialect: REST and webhooks as docs.github.com describes them, GraphQL as far as asked.

mod dialect;
mod graph;
mod headers;
mod hooks;
mod jwt;
mod rest;
mod shape;
mod wording;

pub use dialect::GitHub;
pub use jwt::{BadKey, public_key};
