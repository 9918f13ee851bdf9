//! The selector: a CEL expression that picks repositories.

mod check;
mod code;
mod error;
mod evaluate;
mod facts;
mod parse;
mod selector;

pub use error::{SelectorError, SelectorFault};
pub use facts::{ComponentFacts, Facts, RepoFacts};
pub use parse::{MAX_BRACKETS, MAX_CHARS, MAX_DEPTH, MAX_LOOPS};
pub use selector::Selector;
