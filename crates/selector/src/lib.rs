//! Expressions in CEL: the [`Selector`] picks repositories, a [`Rule`] is asked about any JSON values.

mod asked;
mod check;
mod code;
mod error;
mod evaluate;
mod facts;
mod fuel;
mod json;
mod names;
mod parse;
mod rule;
mod selector;

pub use error::{SelectorError, SelectorFault};
pub use facts::{Asked, ComponentFacts, Facts, GroupFacts, RepoFacts};
pub use fuel::{MAX_BUILT_BYTES, MAX_SECONDS, MAX_TURNS};
pub use json::{MAX_TEXT_BYTES, MAX_VALUES};
pub use parse::{MAX_BRACKETS, MAX_CHARS, MAX_DEPTH, MAX_LOOPS};
pub use rule::Rule;
pub use selector::Selector;
