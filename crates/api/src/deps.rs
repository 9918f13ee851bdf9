//! Who is on what.

use fleetwright_access::{Need, Role};
use fleetwright_engine::EngineError;
use fleetwright_engine::deps::{Found, Skewed, Who, list, named, skew, who};
use fleetwright_package::{Package, Range};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::call::{At, Call, Verb};
use crate::route::Route;

/// The calls about dependencies.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route::of::<WhoUses>(), Route::of::<List>(), Route::of::<Skew>()]
}

/// Asks who depends on a package.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "DependencyWho")]
pub struct WhoUses {
    /// The package, such as `maven:org.apache.logging.log4j:log4j-core`; without its ecosystem where one has it.
    pub package: String,
    /// The range of versions, such as `<2.17.1`; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
}

/// Who depends on a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DependencyUsers")]
pub struct Users {
    /// The package, with its ecosystem.
    pub package: String,
    /// The range that was asked for.
    pub range: Option<String>,
    /// How many repositories depend on it in any version.
    pub repositories: usize,
    /// Those whose version is in the range.
    pub found: Vec<Found>,
    /// Those of which it cannot be told.
    pub untold: Vec<Found>,
}

impl Users {
    /// What was found out about a package.
    pub fn of(package: &Package, range: Option<String>, told: Who) -> Users {
        let Who { found, untold, repos } = told;
        Users { package: package.to_string(), range, repositories: repos, found, untold }
    }
}

impl Call for WhoUses {
    type Answer = Users;
    const NAME: &'static str = "dependency.who";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/dependencies/who";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "Say who depends on a package, in which version";

    async fn apply(self, at: &At) -> Result<Users, EngineError> {
        let package = named(&at.fleet, &self.package).await?;
        let range = self.range.as_deref().map(|text| Range::question(package.ecosystem(), text)).transpose();
        let range = range.map_err(|error| {
            EngineError::Usage(format!("{error}\n  try: write it like '<2.17.1' or '>=1, <2'"))
        })?;
        let told = who(&at.fleet, &package, range.as_ref()).await?;
        Ok(Users::of(&package, self.range, told))
    }
}

/// Lists what a component or repository depends on.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "DependencyList")]
pub struct List {
    /// The component or repository.
    pub name: String,
}

/// What something depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Dependencies")]
pub struct Dependencies {
    /// One row for each package and place.
    pub dependencies: Vec<Found>,
}

impl Call for List {
    type Answer = Dependencies;
    const NAME: &'static str = "dependency.list";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/dependencies/of/{name}";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "List what a component or repository depends on";

    async fn apply(self, at: &At) -> Result<Dependencies, EngineError> {
        Ok(Dependencies { dependencies: list(&at.fleet, &self.name).await? })
    }
}

/// Lists the versions in use, by package.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "DependencySkew")]
pub struct Skew {
    /// Only of this package; all with more than one version when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
}

impl Call for Skew {
    type Answer = Vec<Skewed>;
    const NAME: &'static str = "dependency.skew";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/dependencies/skew";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "List the packages with more than one version in use";

    async fn apply(self, at: &At) -> Result<Vec<Skewed>, EngineError> {
        let of = match &self.package {
            Some(package) => Some(named(&at.fleet, package).await?),
            None => None,
        };
        skew(&at.fleet, of.as_ref()).await
    }
}
