//! The flow of a shift: select, make, propose, watch, merge. What is done; `core` says what.

pub mod adopt;
pub mod bom;
mod chosen;
pub mod command;
pub mod config;
pub mod deps;
pub mod drive;
mod error;
mod expression;
mod facts;
pub mod fleet;
pub mod forecast;
mod globs;
pub mod grep;
mod held;
mod hosted;
pub mod infra;
pub mod know;
mod leak;
pub mod load;
pub mod make;
mod marker;
pub mod progress;
pub mod query;
pub mod report;
mod room;
pub mod round;
mod scratch;
pub mod select;
pub mod sought;
pub mod sync;
pub mod teams;
mod terms;
pub mod trial;
pub mod workshop;

pub use error::EngineError;
