//! BOMs for others than Maven: what they set.

use std::rc::Rc;

use fleetwright_package::{Files, Package, Published};

use super::management::{self, key};
use super::poms::Poms;

/// All BOMs that are to be had.
pub(crate) struct Boms<'a>(Poms<'a>);

/// What one BOM sets.
pub(crate) struct Managed(Rc<management::Managed>);

/// A version that a BOM sets, and the property it is kept in.
pub(crate) struct Set {
    pub(crate) version: String,
    pub(crate) property: Option<String>,
}

impl<'a> Boms<'a> {
    pub(crate) fn new(files: &Files, published: &'a dyn Published) -> Boms<'a> {
        Boms(Poms::new(files, super::wants, published))
    }

    /// The BOM of these coordinates.
    ///
    /// # Errors
    /// When it is not to be had.
    pub(crate) fn get(&mut self, group: &str, artifact: &str, version: &str) -> Result<Managed, String> {
        let source = self.0.source("BOM", group, artifact, version)?;
        let model = self.0.model(&source);
        Ok(Managed(self.0.managed(&model)))
    }

    /// The packages that were asked for elsewhere.
    pub(crate) fn asked(self) -> impl Iterator<Item = (Package, String)> {
        self.0.asked.into_iter()
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
