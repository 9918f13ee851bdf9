//! BOMs for others than Maven: what they set.

use std::sync::Arc;

use super::management::{self, key};
use super::poms::Poms;

/// What one BOM sets.
pub(crate) struct Managed(Arc<management::Managed>);

/// A version that a BOM sets, and the property it is kept in.
pub(crate) struct Set {
    pub(crate) version: String,
    pub(crate) property: Option<String>,
}

impl Poms<'_> {
    /// The BOM of these coordinates.
    ///
    /// # Errors
    /// When it is not to be had.
    pub(crate) fn bom(&mut self, group: &str, artifact: &str, version: &str) -> Result<Managed, String> {
        let source = self.source("BOM", group, artifact, version)?;
        let model = self.model(&source);
        Ok(Managed(self.managed(&model)))
    }
}

impl Managed {
    /// What it sets for a package.
    ///
    /// # Errors
    /// When that cannot be told.
    pub(crate) fn get(&self, group: &str, artifact: &str) -> Result<Option<Set>, String> {
        let Some(found) = self.0.get(&key(group, artifact, "jar", ""))? else { return Ok(None) };
        let Some(value) = &found.entry.version else { return Ok(None) };
        Ok(Some(Set { version: value.text.clone()?, property: value.property.clone() }))
    }
}
