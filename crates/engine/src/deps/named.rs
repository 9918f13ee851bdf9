//! Packages, repositories and components as people name them.

use fleetwright_catalog::{EntityRef, RefContext};
use fleetwright_package::Package;
use fleetwright_store::RepoRow;

use crate::error::EngineError;
use crate::fleet::Fleet;

/// The most packages that are told when a name is that of several.
const TOLD: usize = 10;

/// The package that is meant: `maven:org.slf4j:slf4j-api`, a purl, or the last part of the name of one that the
/// fleet uses, such as `slf4j-api`.
///
/// # Errors
/// When no package is called so, or several are.
pub async fn named(fleet: &Fleet, text: &str) -> Result<Package, EngineError> {
    let wrong = match text.parse::<Package>() {
        Ok(package) => return Ok(package),
        Err(error) => error,
    };
    let called = fleet.store.packages_called(text).await?;
    let names: Vec<String> = called.iter().map(|(ecosystem, name)| format!("{ecosystem}:{name}")).collect();
    match names.as_slice() {
        [] => Err(EngineError::Usage(format!("{wrong}\n  try: no package that the fleet uses is called so"))),
        [one] => one
            .parse()
            .map_err(|error: fleetwright_package::PackageError| EngineError::Usage(error.to_string())),
        several => {
            let more = several.len().saturating_sub(TOLD);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            let told = several.iter().take(TOLD).cloned().collect::<Vec<_>>().join(", ");
            Err(EngineError::Usage(format!(
                "`{text}` is the name of several packages\n  try: one of {told}{more}"
            )))
        }
    }
}

/// What dependencies are asked of.
pub(super) enum Subject {
    /// A repository.
    Repo(Box<RepoRow>),
    /// A component: the row of its repository, and its reference.
    Component(i64, String),
}

/// The repository (`acme/shop`) or component (`shop`, `component:default/shop`) of this name.
///
/// # Errors
/// When neither is called so, or the database fails.
pub(super) async fn subject(fleet: &Fleet, name: &str) -> Result<Subject, EngineError> {
    if let Some(row) = fleet.store.repo(name).await? {
        return Ok(Subject::Repo(Box::new(row)));
    }
    let context = RefContext { kind: Some("component"), namespace: Some("default") };
    let entity = match EntityRef::parse(name, context) {
        Ok(reference) => fleet.store.entity(&reference.to_string()).await?,
        Err(_) => None,
    };
    let component = entity.and_then(|row| Some(Subject::Component(row.repo?, row.reference)));
    component.ok_or_else(|| {
        EngineError::Usage(format!(
            "no repository and no component is called `{name}`\n  try: `fleetwright repo list`, `fleetwright catalog list --kind component`"
        ))
    })
}
