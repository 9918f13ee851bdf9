//! Syntax-tree searches and rewrites: find code by its shape, put other code in its place, touch nothing else.
//!
//! One crate holds ast-grep and the grammars, which are slow to compile; everybody else
//! sees text in, text out. Nothing here reads or writes files.

mod error;
mod find;
mod language;
mod rewrite;
mod rule;
mod scanners;
mod tree;
mod variables;

pub use error::SyntaxError;
pub use find::Search;
pub use language::{Language, languages};
pub use rewrite::{MAX_TEXT_BYTES, Rewrite};
pub use rule::MAX_RULE_BYTES;
pub use tree::MAX_DEPTH;
