//! A forge to rehearse on: GitHub, GitLab and Gitea dialects over real bare repositories.
//!
//! [`World`] is the forge itself: repositories in bare folders, pull requests, checks, people,
//! limits and faults, all drawn from one seed, in real or virtual time. A dialect ([`http::dialect`])
//! says it over HTTP, and git's smart protocol is spoken by the real `git`. Whatever happens is
//! written down in [`history::History`], which tests and reports ask what was opened twice or
//! merged unchecked.

pub mod clock;
pub mod faults;
mod git_http;
pub mod gitea;
pub mod github;
pub mod gitlab;
mod graphql;
pub mod history;
pub mod http;
pub mod limits;
pub mod model;
pub mod script;
pub mod seed;
pub mod world;

pub use http::{Handle, ServeError, serve};
pub use world::{Settings, World};
