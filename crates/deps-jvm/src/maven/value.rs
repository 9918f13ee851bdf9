//! What a text of a POM stands for.

use std::sync::Arc;

use crate::text::Text;

/// What a text stands for.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    /// The text with properties put in, or why that cannot be told.
    pub(crate) text: Result<String, String>,
    /// Where it is written, if one place of this repository holds all of it.
    pub(crate) set: Option<(Arc<str>, Text)>,
    /// The last property on the way there.
    pub(crate) property: Option<String>,
}
