//! GitHub's GraphQL, as far as a tool that changes many repositories asks.

mod change;
mod commit;
mod connection;
mod endpoint;
mod pull;
mod record;
mod repository;
mod resolve;
mod root;
mod team;
mod thing;

pub(super) use endpoint::answer;
