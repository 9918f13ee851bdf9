//! `GET` and `POST /entity-facets`: the values of keys, counted.

use fleetwright_catalog::Filter;
use serde_json::{Map, json};

use crate::answer::Answer;
use crate::ask::{self, Ask};
use crate::refusal::Refusal;
use crate::snapshot::Snapshot;

/// The most facets that are asked for at once.
const MAX_FACETS: usize = 100;

/// `GET /entity-facets`.
pub(crate) fn get(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&["facet", "filter"])?;
    if ask.one("facet").is_none() {
        return Err(Refusal::input("request/query must have required property 'facet'"));
    }
    let facets: Vec<&str> = ask.all("facet").filter(|facet| !facet.is_empty()).collect();
    answer(snapshot, ask.filter()?.as_ref(), &facets, "Empty value found for query parameter 'facet'")
}

/// `POST /entity-facets`.
pub(crate) fn post(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&[])?;
    let body = ask.object()?;
    let missing = || Refusal::input("request/body must have required property 'facets'");
    let facets = ask::texts(body, "facets")?.ok_or_else(missing)?;
    let facets: Vec<&str> = facets.into_iter().filter(|facet| !facet.is_empty()).collect();
    answer(snapshot, ask::predicate(body)?.as_ref(), &facets, "Missing or empty facets parameter")
}

fn answer(
    snapshot: &Snapshot,
    filter: Option<&Filter>,
    facets: &[&str],
    missing: &str,
) -> Result<Answer, Refusal> {
    if facets.is_empty() {
        return Err(Refusal::input(missing));
    }
    if facets.len() > MAX_FACETS {
        return Err(Refusal::Input(format!("at most {MAX_FACETS} facets at once")));
    }
    let mut found = Map::new();
    for facet in facets {
        found.entry(*facet).or_insert_with(|| json!(snapshot.search.facet(facet, filter)));
    }
    Ok(Answer::value(json!({ "facets": found })))
}
