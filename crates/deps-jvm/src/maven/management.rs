//! What `dependencyManagement` sets, with the BOMs that are imported, and what a POM needs.

use std::collections::HashMap;
use std::sync::Arc;

use fleetwright_package::Package;

use super::value::Value;

/// What `dependencyManagement` sets.
#[derive(Debug)]
pub(crate) struct Managed {
    pub(crate) entries: HashMap<String, Entry>,
    pub(crate) imports: Vec<Import>,
    /// Why a parent that may set something is not known.
    pub(crate) broken: Option<String>,
}

/// One entry.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) version: Option<Value>,
    pub(crate) scope: Option<String>,
    pub(crate) exclusions: Vec<(String, String)>,
    /// How many steps up the lineage it is written.
    pub(crate) at: usize,
}

/// An imported BOM.
#[derive(Debug)]
pub(crate) struct Import {
    /// What it sets, or why that is not known.
    pub(crate) bom: Result<Arc<Managed>, String>,
    /// Its package and version, where the POM that asked names it itself or a parent in this repository does.
    pub(crate) named: Option<(Package, String)>,
}

/// An entry that was found, and the BOM that brought it.
pub(crate) struct Found<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) imported: bool,
    pub(crate) bom: Option<(Package, String)>,
}

/// What a POM needs, with management put in.
#[derive(Debug, Clone)]
pub(crate) struct Need {
    pub(crate) group: String,
    pub(crate) artifact: String,
    pub(crate) kind: String,
    pub(crate) classifier: String,
    pub(crate) version: Result<String, String>,
    pub(crate) scope: String,
    pub(crate) optional: bool,
    pub(crate) exclusions: Vec<(String, String)>,
}

/// What management knows a dependency by.
pub(crate) fn key(group: &str, artifact: &str, kind: &str, classifier: &str) -> String {
    [group, ":", artifact, ":", kind, ":", classifier].concat()
}

impl Managed {
    /// The entry for a key.
    ///
    /// # Errors
    /// When a parent or BOM that may hold one is not known.
    pub(crate) fn get(&self, key: &str) -> Result<Option<Found<'_>>, String> {
        self.seek(key, &mut Vec::new())
    }

    fn seek(&self, key: &str, seen: &mut Vec<*const Managed>) -> Result<Option<Found<'_>>, String> {
        if let Some(entry) = self.entries.get(key) {
            return Ok(Some(Found { entry, imported: false, bom: None }));
        }
        if let Some(why) = &self.broken {
            return Err(why.clone());
        }
        for import in &self.imports {
            let bom = import.bom.as_ref().map_err(Clone::clone)?;
            // What held nothing once holds nothing later: BOMs that import each other's cost one look each.
            if seen.contains(&Arc::as_ptr(bom)) {
                continue;
            }
            seen.push(Arc::as_ptr(bom));
            if let Some(found) = bom.seek(key, seen)? {
                let bom = import.named.clone();
                return Ok(Some(Found { entry: found.entry, imported: true, bom }));
            }
        }
        Ok(None)
    }
}
