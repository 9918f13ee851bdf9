//! Which versions of each package are in use.

use std::collections::BTreeMap;

use fleetwright_package::{Ecosystem, Package, sort};
use fleetwright_store::InUse;
use serde::Serialize;

use crate::error::EngineError;
use crate::fleet::Fleet;

/// A package that is in use in several versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skewed {
    /// The package.
    pub package: String,
    /// Its versions, the least first, each with the number of repositories that have it; an empty one is that of
    /// those whose version cannot be told.
    pub versions: Vec<(String, i64)>,
}

/// The packages with more than one version in use, most versions first; of one package whatever there is.
///
/// # Errors
/// When the database fails.
pub async fn skew(fleet: &Fleet, of: Option<&Package>) -> Result<Vec<Skewed>, EngineError> {
    let rows = match of {
        Some(package) => fleet.store.versions_of(package.ecosystem().word(), package.name()).await?,
        None => fleet.store.in_use().await?,
    };
    let mut packages: BTreeMap<(String, String), Vec<InUse>> = BTreeMap::new();
    for row in rows {
        packages.entry((row.ecosystem.clone(), row.name.clone())).or_default().push(row);
    }
    let mut skewed: Vec<Skewed> = packages
        .into_iter()
        .filter(|(_, rows)| of.is_some() || rows.iter().filter(|row| !row.version.is_empty()).count() > 1)
        .map(|((ecosystem, name), mut rows)| {
            if let Some(known) = Ecosystem::of_word(&ecosystem) {
                sort(known, &mut rows, |row| &row.version);
            }
            let versions = rows.into_iter().map(|row| (row.version, row.repos)).collect();
            Skewed { package: format!("{ecosystem}:{name}"), versions }
        })
        .collect();
    skewed.sort_by(|one, other| {
        other.versions.len().cmp(&one.versions.len()).then(one.package.cmp(&other.package))
    });
    Ok(skewed)
}
