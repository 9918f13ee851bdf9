//! The catalog as it was last put together, kept as long as nothing moves.

use std::ops::Deref;

use fleetwright_catalog::{Catalog, Search};

/// The catalog as it is now, and what finds entities in it.
#[derive(Debug)]
pub struct Shelf {
    /// The catalog, with everything that is wrong in it.
    pub catalog: Catalog,
    /// By key and value.
    pub search: Search,
}

impl Deref for Shelf {
    type Target = Catalog;

    fn deref(&self) -> &Catalog {
        &self.catalog
    }
}

/// What a catalog was made of: the version of what was read, and the files beside the configuration.
pub(crate) type MadeOf = ((i64, i64, String), String);
