//! What a forge knows, as plain values.

pub mod account;
pub mod app;
pub mod check;
pub mod method;
pub mod pull;
pub mod repo;
pub mod team;
