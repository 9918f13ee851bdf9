//! Which versions of each package are in use.

use fleetwright_package::{Ecosystem, Package, sort};
use fleetwright_store::PackageInUse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::EngineError;
use crate::fleet::Fleet;

/// A package that is in use in several versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    let packages = match of {
        Some(package) => one(fleet, package).await?.into_iter().collect(),
        None => fleet.store.in_use().await?,
    };
    let told = |(version, _): &&(String, i64)| !version.is_empty();
    let is_skewed = |each: &PackageInUse| of.is_some() || each.versions.iter().filter(told).count() > 1;
    let packages: Vec<PackageInUse> = packages.into_iter().filter(is_skewed).collect();
    let mut skewed: Vec<Skewed> = tokio::task::block_in_place(|| ordered(packages));
    skewed.sort_by(|one, other| {
        other.versions.len().cmp(&one.versions.len()).then(one.package.cmp(&other.package))
    });
    Ok(skewed)
}

async fn one(fleet: &Fleet, package: &Package) -> Result<Option<PackageInUse>, EngineError> {
    let (ecosystem, name) = (package.ecosystem().word(), package.name());
    let rows = fleet.store.versions_of(ecosystem, name).await?;
    let versions: Vec<_> = rows.into_iter().map(|row| (row.version, row.repos)).collect();
    let (ecosystem, name) = (ecosystem.to_owned(), name.to_owned());
    Ok((!versions.is_empty()).then_some(PackageInUse { ecosystem, name, versions }))
}

/// The versions of each package in its ecosystem's order, several packages at a time.
fn ordered(mut packages: Vec<PackageInUse>) -> Vec<Skewed> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let share = packages.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        for part in packages.chunks_mut(share) {
            scope.spawn(|| {
                for each in part {
                    if let Some(known) = Ecosystem::of_word(&each.ecosystem) {
                        sort(known, &mut each.versions, |(version, _)| version);
                    }
                }
            });
        }
    });
    let skewed = |each: PackageInUse| Skewed {
        package: format!("{}:{}", each.ecosystem, each.name),
        versions: each.versions,
    };
    packages.into_iter().map(skewed).collect()
}
