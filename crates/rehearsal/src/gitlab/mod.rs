//! GitLab over HTTP: its API version 4, the words of its refusals, and its webhooks.
//!
//! Written from docs.gitlab.com/api and lib/api of the server's source, not from our adapter: where both
//! were wrong together, no test would tell.

mod dialect;
mod headers;
mod hooks;
mod rest;
mod shape;
mod wording;

pub use dialect::GitLab;
