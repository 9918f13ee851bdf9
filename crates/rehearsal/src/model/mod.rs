//! What a forge knows, as plain values.

pub mod account;
pub mod app;
pub mod check;
pub mod pull;
pub mod repo;
