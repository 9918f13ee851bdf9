//! CEL expressions of a definition file.

use fleetwright_core::source::{Source, SourceError};
use fleetwright_selector::Selector;

/// Compiles a CEL expression of the file.
pub(crate) fn selector(source: &Source, key: &str, text: &str) -> Result<Selector, SourceError> {
    Selector::compile(text).map_err(|error| {
        let message = format!("{error}\n{}", error.caret());
        source.error(key, message, "see `repo.` and its functions in docs/shift-file.md")
    })
}
