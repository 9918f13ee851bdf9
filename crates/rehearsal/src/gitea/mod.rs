//! Gitea and Forgejo over HTTP: their API version 1, the words of its refusals, and their webhooks.
//!
//! Written from routers/api/v1, modules/structs and services/webhook of go-gitea/gitea, not from our
//! adapter: where both were wrong together, no test would tell.

mod dialect;
mod headers;
mod hooks;
mod rest;
mod shape;
mod wording;

pub use dialect::Gitea;
