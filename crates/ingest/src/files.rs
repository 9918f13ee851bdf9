//! Which files the catalog is read from.

use std::hash::{DefaultHasher, Hash, Hasher};

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::marks::is_foreign;

/// The version of what this crate finds: raised when it finds more, so that all is read again.
const READER: u32 = 3 + fleetwright_deps::READER;

/// Which files hold entities.
#[derive(Debug, Clone)]
pub struct CatalogFiles {
    globs: GlobSet,
    reader: u32,
}

/// Where Backstage looks by itself, at any depth: a repository may hold several components.
pub const CATALOG_FILES: [&str; 2] = ["**/catalog-info.yaml", "**/catalog-info.yml"];

/// Where forges look for owners, the first that is there.
pub const OWNERS_FILES: [&str; 5] =
    [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS", ".gitea/CODEOWNERS"];

impl CatalogFiles {
    /// The files that match one of the globs `names`.
    ///
    /// # Errors
    /// The glob that is none, and why.
    pub fn new<T: AsRef<str>>(names: &[T]) -> Result<CatalogFiles, (usize, String)> {
        let mut set = GlobSetBuilder::new();
        for (index, glob) in names.iter().enumerate() {
            set.add(Glob::new(glob.as_ref()).map_err(|error| (index, error.to_string()))?);
        }
        let globs = set.build().map_err(|error| (0, error.to_string()))?;
        let mut hasher = DefaultHasher::new();
        globs.len().hash(&mut hasher);
        names.iter().for_each(|name| name.as_ref().hash(&mut hasher));
        // Its lower half: a number that is another for other globs, and for a newer reader.
        let of_globs = u32::try_from(hasher.finish() & 0xffff).unwrap_or_default();
        Ok(CatalogFiles { globs, reader: READER << 16 | of_globs })
    }

    /// The same files, read with the help of something else, such as a folder: what was read without it, or with
    /// another, is read again.
    #[must_use]
    pub fn beside<T: AsRef<std::path::Path>>(mut self, help: Option<T>) -> CatalogFiles {
        if let Some(help) = help {
            let mut hasher = DefaultHasher::new();
            (self.reader, help.as_ref()).hash(&mut hasher);
            let of_help = u32::try_from(hasher.finish() & 0xffff).unwrap_or_default();
            self.reader = (self.reader & 0xffff_0000) | of_help;
        }
        self
    }

    /// The version of what is found with these globs: READER, and what tells these from others. A
    /// repository that was read with another is read again.
    pub fn reader(&self) -> u32 {
        self.reader
    }

    pub(crate) fn holds(&self, path: &str) -> bool {
        self.globs.is_match(path) && !is_foreign(path)
    }
}

impl Default for CatalogFiles {
    fn default() -> CatalogFiles {
        CatalogFiles::new(&CATALOG_FILES)
            .unwrap_or(CatalogFiles { globs: GlobSet::empty(), reader: READER << 16 })
    }
}
