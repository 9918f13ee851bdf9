//! The API: everything the program does for somebody, each as one struct that says its method, its path,
//! who may do it, and what is answered.
//!
//! The server serves these calls over HTTP; the command line makes them itself, or sends them to a server
//! with `--server`. There is one list of them ([`routes`]): a call that is not in it cannot be made by
//! anybody, and one without a need does not compile.

pub mod audit;
mod call;
pub mod catalog;
pub mod deps;
mod list;
mod openapi;
mod page;
pub mod people;
mod problem;
pub mod query;
pub mod repos;
mod route;
pub mod shifts;
mod written;

pub use call::{At, Call, Verb};
pub use list::routes;
pub use openapi::openapi;
pub use page::{Cursor, PAGE, Page};
pub use problem::{Kind, Problem};
pub use route::{BASE, Route, Run, Written};
pub use written::audited;
