//! Entities of the catalog.

use fleetwright_access::{Need, Role};
use fleetwright_catalog::{Catalog, EntityRef, Filter, RefContext, declared, served};
use fleetwright_engine::{EngineError, know};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::{At, Call, Verb};
use crate::page::{Cursor, Page, page, size};
use crate::route::Route;

/// The calls about entities.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route::of::<List>(), Route::of::<Get>(), Route::of::<Facets>()]
}

/// Which entities are meant: all of these hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "EntityList")]
pub struct List {
    /// Filters as Backstage writes them, such as `spec.type=service,metadata.tags=java`; one of them holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filter: Vec<String>,
    /// A predicate as Backstage writes it, JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Only this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only what this group, or a group below it, owns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// As files hold them, without what was found out about them.
    #[serde(default)]
    pub declared: bool,
    /// How many at most, up to 1,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
}

/// Entities, by their references.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "EntityPage")]
pub struct Entities {
    /// The entities, as Backstage serves them.
    pub items: Vec<Value>,
    /// What to send as `cursor` for those that follow; absent with the last ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
    /// How many are meant.
    pub found: usize,
    /// How many there are in the catalog.
    pub all: usize,
}

/// The filter of some words.
fn filter(filters: &[String], query: Option<&str>, kind: Option<&str>) -> Result<Filter, EngineError> {
    let given = Filter::parse(filters).map_err(|error| EngineError::Usage(format!("--filter: {error}")))?;
    let query = query.map(Filter::from_predicate).transpose();
    let query = query.map_err(|error| EngineError::Usage(format!("--query: {error}")))?;
    let kind = kind.map(|kind| Filter::In("kind".to_owned(), vec![kind.to_lowercase()]));
    Ok(Filter::All(given.into_iter().chain(query).chain(kind).collect()))
}

impl Call for List {
    type Answer = Entities;
    const NAME: &'static str = "entity.list";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/entities";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "List the entities of the catalog";

    async fn apply(self, at: &At) -> Result<Entities, EngineError> {
        let after: Option<String> = self.cursor.as_ref().map(Cursor::row).transpose()?;
        let filter = filter(&self.filter, self.query.as_deref(), self.kind.as_deref())?;
        let catalog = know::catalog(&at.fleet).await?;
        let mut found = catalog.search.find(&filter);
        if let Some(owner) = &self.owner {
            let group = EntityRef::parse(owner, RefContext { kind: Some("group"), namespace: None });
            let group = group.map_err(|error| EngineError::Usage(format!("--owner: {error}")))?;
            let owned = catalog.groups().department(&group);
            let entities = catalog.entities();
            found.retain(|at| {
                entities
                    .get(*at)
                    .is_some_and(|entity| owned.contains(entity.entity_ref().to_string().as_str()))
            });
        }
        let count = found.len();
        let named = found.into_iter().filter_map(|at| {
            let entity = catalog.entities().get(at)?;
            Some((entity.entity_ref().to_string(), entity))
        });
        let mut rows: Vec<_> =
            named.filter(|(name, _)| after.as_ref().is_none_or(|after| name > after)).collect();
        rows.sort_by(|(one, _), (other, _)| one.cmp(other));
        let Page { items, next } = page(rows, size(self.limit), |(name, _)| name.clone());
        let shown = if self.declared { declared } else { served };
        let items = items.into_iter().map(|(_, entity)| shown(entity)).collect();
        Ok(Entities { items, next, found: count, all: catalog.entities().len() })
    }
}

/// Shows one entity.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "EntityGet")]
pub struct Get {
    /// Its reference, such as `component:default/payments`; a component of the default namespace by its name.
    pub reference: String,
}

impl Call for Get {
    type Answer = Value;
    const NAME: &'static str = "entity.get";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/entities/{reference}";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "Show one entity of the catalog";

    async fn apply(self, at: &At) -> Result<Value, EngineError> {
        let context = RefContext { kind: Some("component"), namespace: None };
        let wanted = EntityRef::parse(&self.reference, context)
            .map_err(|error| EngineError::Usage(error.to_string()))?;
        let catalog = know::catalog(&at.fleet).await?;
        catalog.get(&wanted).map(served).ok_or_else(|| missing(&catalog, &wanted))
    }
}

fn missing(catalog: &Catalog, wanted: &EntityRef) -> EngineError {
    let names: Vec<String> =
        catalog.entities().iter().map(|entity| entity.entity_ref().to_string()).collect();
    let hint = match fleetwright_core::source::nearest(&wanted.to_string(), &names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`fleetwright catalog list` shows what there is".to_owned(),
    };
    EngineError::Missing(format!("the catalog has no {wanted}\n  try: {hint}"))
}

/// Counts entities by the values of a key.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "EntityFacets")]
pub struct Facets {
    /// The key, such as `spec.type`.
    pub key: String,
    /// Filters as Backstage writes them; one of them holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filter: Vec<String>,
    /// A predicate as Backstage writes it, JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Only this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// How many entities have a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Facet {
    /// The value.
    pub value: String,
    /// How many.
    pub count: usize,
}

impl Call for Facets {
    type Answer = Vec<Facet>;
    const NAME: &'static str = "entity.facets";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/entity-facets";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "Count entities by the values of a key";

    async fn apply(self, at: &At) -> Result<Vec<Facet>, EngineError> {
        let filter = filter(&self.filter, self.query.as_deref(), self.kind.as_deref())?;
        let catalog = know::catalog(&at.fleet).await?;
        let facets = catalog.search.facet(&self.key, Some(&filter));
        Ok(facets.into_iter().map(|facet| Facet { value: facet.value, count: facet.count }).collect())
    }
}
