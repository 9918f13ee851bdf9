//! What one component or repository depends on.

use super::named::{Subject, subject};
use super::who::{Found, used_in};
use crate::error::EngineError;
use crate::fleet::Fleet;

/// What a repository (`acme/shop`) or a component (`shop`, `component:default/shop`) depends on: what is
/// declared first.
///
/// # Errors
/// When neither is called so, or the database fails.
pub async fn list(fleet: &Fleet, name: &str) -> Result<Vec<Found>, EngineError> {
    let (repo, component) = match subject(fleet, name).await? {
        Subject::Repo(row) => (row.id, None),
        Subject::Component(repo, reference) => (repo, Some(reference)),
    };
    let mut all = used_in(fleet, fleet.store.dependencies_of(repo).await?).await?;
    if let Some(reference) = component {
        all.retain(|found| found.components.contains(&reference));
    }
    Ok(sorted(all))
}

/// What is declared first, by name.
fn sorted(mut all: Vec<Found>) -> Vec<Found> {
    let key =
        |found: &Found| (!found.direct, found.package.clone(), found.version.clone(), found.file.clone());
    all.sort_by_cached_key(key);
    all
}
