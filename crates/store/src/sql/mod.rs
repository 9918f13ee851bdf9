//! One way to ask both databases.
//!
//! Each question is one text with `$1` placeholders; what SQLite has and PostgreSQL lacks (`json_each`,
//! `json_extract`) is defined there by `migrations/postgres.sql`, and what is left is in [`dialect`].

mod begin;
pub(crate) mod dialect;
mod patience;
mod pool;
mod query;
mod row;
mod value;

pub(crate) use patience::Patience;
pub(crate) use pool::{At, Pool, Tx};
pub(crate) use query::query;
pub(crate) use row::Row;
pub(crate) use value::{Value, whole};
