//! What one component or repository depends on.

use fleetwright_catalog::{EntityRef, RefContext};

use super::who::{Found, used_in};
use crate::error::EngineError;
use crate::fleet::Fleet;

/// What a repository (`acme/shop`) or a component (`shop`, `component:default/shop`) depends on: what is
/// declared first.
///
/// # Errors
/// When neither is called so, or the database fails.
pub async fn list(fleet: &Fleet, name: &str) -> Result<Vec<Found>, EngineError> {
    if let Some(row) = fleet.store.repo(name).await? {
        return Ok(sorted(used_in(fleet, fleet.store.dependencies_of(row.id).await?).await?));
    }
    let context = RefContext { kind: Some("component"), namespace: Some("default") };
    let reference = EntityRef::parse(name, context).map(|reference| reference.to_string());
    let entity = match &reference {
        Ok(reference) => fleet.store.entity(reference).await?,
        Err(_) => None,
    };
    let Some((repo, reference)) = entity.and_then(|row| Some((row.repo?, row.reference))) else {
        return Err(EngineError::Usage(format!(
            "no repository and no component is called `{name}`\n  try: `fleetwright repo list`, `fleetwright catalog list --kind component`"
        )));
    };
    let mut all = used_in(fleet, fleet.store.dependencies_of(repo).await?).await?;
    all.retain(|found| found.components.contains(&reference));
    Ok(sorted(all))
}

/// What is declared first, by name.
fn sorted(mut all: Vec<Found>) -> Vec<Found> {
    let key =
        |found: &Found| (!found.direct, found.package.clone(), found.version.clone(), found.file.clone());
    all.sort_by_cached_key(key);
    all
}
