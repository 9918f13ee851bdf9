//! One repository read whole: what its tree tells the catalog, the inventory and the search index.
//!
//! Everything is read straight from the mirror's objects; nothing is checked out. A bad file is a
//! finding and hides no other; of a bad catalog file the last good entities stay.

mod catalog;
mod dependencies;
mod files;
mod marks;
mod read;
mod wanted;

pub use files::{CATALOG_FILES, CatalogFiles, OWNERS_FILES};
pub use marks::{is_foreign, language};
pub use read::{Whole, read};
pub use wanted::Wanted;
