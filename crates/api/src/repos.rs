//! Repositories.

use fleetwright_access::{Need, Role};
use fleetwright_engine::know::know;
use fleetwright_engine::{EngineError, sync, teams};
use fleetwright_store::RepoRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::{At, Call, Verb};
use crate::page::{Cursor, Page, page, size};
use crate::route::Route;

/// The calls about repositories.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route::of::<List>(), Route::of::<Get>(), Route::of::<Sync>()]
}

/// Lists the repositories that are known.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "RepoList")]
pub struct List {
    /// How many at most, up to 1,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Repo {
    /// Its name at its forge.
    pub name: String,
    /// The forge.
    pub forge: String,
    /// What the forge tells of it.
    pub facts: Value,
    /// The newest commit of its default branch; absent while there is none.
    pub head: Option<String>,
    /// Why it cannot be read, if it cannot.
    pub fault: Option<String>,
}

impl From<RepoRow> for Repo {
    fn from(row: RepoRow) -> Repo {
        Repo {
            facts: serde_json::to_value(&row.facts).unwrap_or_default(),
            head: row.head.map(|head| head.to_string()),
            name: row.name,
            forge: row.forge,
            fault: row.fault,
        }
    }
}

impl Call for List {
    type Answer = Page<Repo>;
    const NAME: &'static str = "repo.list";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/repos";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "List the repositories that are known";

    async fn apply(self, at: &At) -> Result<Page<Repo>, EngineError> {
        let after: Option<(String, String)> = self.cursor.as_ref().map(Cursor::row).transpose()?;
        let key = |row: &RepoRow| (row.name.clone(), row.forge.clone());
        let mut rows = at.fleet.store.repos().await?;
        rows.retain(|row| after.as_ref().is_none_or(|after| key(row) > *after));
        let Page { items, next } = page(rows, size(self.limit), key);
        Ok(Page { items: items.into_iter().map(Repo::from).collect(), next })
    }
}

/// Shows one repository.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "RepoGet")]
pub struct Get {
    /// Its name; its slash is written `%2F`.
    pub repo: String,
}

impl Call for Get {
    type Answer = Repo;
    const NAME: &'static str = "repo.get";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/repos/{repo}";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "Show one repository";

    async fn apply(self, at: &At) -> Result<Repo, EngineError> {
        Ok(at.fleet.repo(&self.repo).await?.into())
    }
}

/// Looks at every repository again.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "RepoSync")]
pub struct Sync {}

/// What a look at every repository found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "RepoSynced")]
pub struct Synced {
    /// Repositories that the forges list.
    pub listed: usize,
    /// Those that moved and were fetched.
    pub fetched: usize,
    /// Those that cannot be read.
    pub faults: usize,
    /// Those that were read for catalog, dependencies and search.
    pub read: usize,
    /// Those that are no more.
    pub forgotten: usize,
    /// What was found to be wrong in them.
    pub findings: usize,
    /// What moved in the catalog.
    pub entities: Entities,
}

/// What moved in the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CatalogMoved")]
pub struct Entities {
    /// Entities that are new or not what they were.
    pub changed: usize,
    /// Entities that are no more.
    pub gone: usize,
    /// Whether all of it was put together anew.
    pub whole: bool,
}

impl Call for Sync {
    type Answer = Synced;
    const NAME: &'static str = "repo.sync";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/sync";
    const NEED: Need = Need::Role(Role::Operator);
    const ABOUT: &'static str = "Look at every repository again";

    async fn apply(self, at: &At) -> Result<Synced, EngineError> {
        let progress = at.caller.progress.as_ref();
        let synced = sync::sync(&at.fleet, |_| true, progress).await?;
        teams::refresh(&at.fleet, 0, progress).await?;
        let (ingested, assembled) = know(&at.fleet, progress).await?;
        sync::trim(&at.fleet).await?;
        Ok(Synced {
            listed: synced.listed,
            fetched: synced.fetched,
            faults: synced.faults,
            read: ingested.read,
            forgotten: ingested.forgotten,
            findings: ingested.findings,
            entities: Entities { changed: assembled.put, gone: assembled.gone, whole: assembled.whole },
        })
    }
}
