//! GraphQL in general: parsing, running, and GitHub's way of counting costs. No schema is held
//! here: whoever answers a field knows what it is.

pub(crate) mod ast;
pub(crate) mod cost;
mod parse;
pub(crate) mod run;
mod token;

pub(crate) use parse::parse;
