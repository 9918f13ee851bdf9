//! `/locations`: where entities come from. They are read; nothing is registered here.

use axum::http::StatusCode;
use fleetwright_catalog::Filter;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::ask::{self, Ask};
use crate::cursor::{self, AfterLocation};
use crate::entities::reference;
use crate::origins::Place;
use crate::refusal::Refusal;
use crate::snapshot::Snapshot;

/// How many locations a page has where nothing is said.
const LIMIT: usize = 1_000;

/// The most locations of a page.
const MAX_LIMIT: usize = 10_000;

/// `GET /locations`.
pub(crate) fn all(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&[])?;
    let each = snapshot.origins.all().map(|place| json!({ "data": place.value() }));
    Ok(Answer::value(each.collect()))
}

/// `POST /locations/by-query`.
pub(crate) fn by_query(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&[])?;
    let asked = asked(&ask.object_or_none()?)?;
    let filter = asked.query.as_ref().map(Filter::of_predicate).transpose();
    let filter = filter.map_err(|error| Refusal::Input(format!("Invalid query: {error}")))?;
    let kept = |place: &&Place| filter.as_ref().map_or(Ok(true), |filter| holds(filter, place));
    let mut places = Vec::new();
    for place in snapshot.origins.all() {
        if kept(&place)? {
            places.push(place);
        }
    }
    places.sort_by(|one, other| one.id.cmp(&other.id));
    let total = places.len();
    let begin = places.partition_point(|place| place.id <= asked.after);
    let shown = places.get(begin..).unwrap_or_default();
    let page = shown.get(..asked.limit).unwrap_or(shown);
    let mut info = Map::new();
    if let Some(last) = page.last().filter(|_| shown.len() > page.len()) {
        let next = AfterLocation { limit: asked.limit, after: last.id.clone(), query: asked.query };
        info.insert("nextCursor".to_owned(), cursor::write(&next).into());
    }
    let items: Vec<Value> = page.iter().map(|place| place.value()).collect();
    Ok(Answer::value(json!({ "items": items, "totalItems": total, "pageInfo": info })))
}

fn asked(body: &Map<String, Value>) -> Result<AfterLocation, Refusal> {
    let mut asked = match ask::text(body, "cursor")? {
        Some("") => return Err(Refusal::input("Cursor cannot be empty")),
        Some(text) => cursor::read(text, "cursor")?,
        None => {
            ask::predicate(body)?;
            let limit = ask::count(body, "limit")?.unwrap_or(LIMIT);
            AfterLocation { limit, after: String::new(), query: body.get("query").cloned() }
        }
    };
    if asked.limit < 1 {
        return Err(Refusal::input("Limit must be a positive integer >= 1"));
    }
    asked.limit = asked.limit.min(MAX_LIMIT);
    Ok(asked)
}

/// Whether a filter holds for a location, which has `id`, `type`, `target` and `entityRef`, each a text.
fn holds(filter: &Filter, place: &Place) -> Result<bool, Refusal> {
    let value = |key: &str| {
        let names = ["id", "type", "target", "entityRef"];
        let name = names.into_iter().find(|name| name.eq_ignore_ascii_case(key));
        let unknown = || Refusal::Input(format!("a location has id, type, target and entityRef, not {key}"));
        let value = place.value().get(name.ok_or_else(unknown)?).cloned().unwrap_or_default();
        Ok::<String, Refusal>(value.as_str().unwrap_or_default().to_lowercase())
    };
    let all = |filters: &[Filter]| -> Result<Vec<bool>, Refusal> {
        filters.iter().map(|filter| holds(filter, place)).collect()
    };
    Ok(match filter {
        Filter::All(filters) => all(filters)?.into_iter().all(|held| held),
        Filter::Any(filters) => all(filters)?.into_iter().any(|held| held),
        Filter::Not(filter) => !holds(filter, place)?,
        Filter::Has(key) => value(key).is_ok(),
        Filter::In(key, values) => {
            let value = value(key)?;
            values.iter().any(|one| one.to_lowercase() == value)
        }
        Filter::Prefix(key, prefix) => value(key)?.starts_with(&prefix.to_lowercase()),
    })
}

/// `GET /locations/{id}`.
pub(crate) fn by_id(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&[])?;
    found(snapshot, ask).map(|place| Answer::value(place.value()))
}

fn found<'s>(snapshot: &'s Snapshot, ask: &Ask) -> Result<&'s Place, Refusal> {
    let missing = || Refusal::NotFound(format!("Found no location with ID {}", ask.part(0)));
    snapshot.origins.by_id(ask.part(0)).ok_or_else(missing)
}

/// `GET /locations/by-entity/{kind}/{namespace}/{name}`.
pub(crate) fn by_entity(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&[])?;
    let reference = reference(ask);
    let missing = || Refusal::NotFound(format!("found no entity for ref {reference}"));
    let at = snapshot.find(&reference).ok_or_else(missing)?;
    let origin = snapshot.origins.origin(at);
    let place = crate::origins::split(origin).and_then(|(kind, target)| snapshot.origins.of(kind, target));
    let nowhere = || Refusal::NotFound(format!("found no origin annotation for ref {reference}"));
    place.map(|place| Answer::value(place.value())).ok_or_else(nowhere)
}

/// A location as it is given, with type and target.
///
/// # Errors
/// When it is none.
pub(crate) fn given(rows: &Map<String, Value>) -> Result<(&str, &str), Refusal> {
    let known = ["type", "target", "presence"];
    if let Some(key) = rows.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(Refusal::Input(format!("Malformed request: Unrecognized key(s) in object: '{key}'")));
    }
    match ask::text(rows, "presence")? {
        None | Some("required" | "optional") => {}
        Some(_) => return Err(Refusal::input("Malformed request: presence is `required` or `optional`")),
    }
    Ok((ask::needed(rows, "type")?, ask::needed(rows, "target")?))
}

/// `POST /locations`: with `dryRun` what a location of the fleet gives, else where to register one.
pub(crate) fn create(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&["dryRun", "onConflict"])?;
    if !matches!(ask.one("onConflict"), None | Some("refresh" | "reject")) {
        let why = "request/query/onConflict must be equal to one of the allowed values: refresh, reject";
        return Err(Refusal::input(why));
    }
    let (kind, target) = given(ask.object()?)?;
    let place = snapshot.origins.of(kind, target);
    let dry = ask.one("dryRun").is_some_and(|text| ["true", "1", "yes", "y", "on"].contains(&text));
    match place {
        Some(place) if dry => {
            let entities: Vec<Value> = place.entities.iter().map(|at| snapshot.entity(*at)).collect();
            let body = json!({ "exists": true, "location": place.value(), "entities": entities });
            Ok(Answer::Value(StatusCode::CREATED, body))
        }
        Some(_) => Err(Refusal::NotAllowed(format!("{kind}:{target} is in the catalog already; {HERE}"))),
        None if dry => {
            Err(Refusal::Input(format!("{kind}:{target} is no file of this fleet's catalog; {HERE}")))
        }
        None => Err(Refusal::NotAllowed(format!("{kind}:{target} is not registered; {HERE}"))),
    }
}

/// `PUT /locations/{id}` and `DELETE /locations/{id}`: not here.
pub(crate) fn change(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    let place = found(snapshot, ask)?;
    Err(Refusal::NotAllowed(format!("{}:{} stays as it is; {HERE}", place.kind, place.target)))
}

/// What makes a location one of the fleet.
const HERE: &str = "locations are not registered over this API: a repository of a forge in fleetwright.yaml is \
     in the catalog by its catalog-info.yaml, other files by a Location in it or in the folder catalog/, and what \
     is removed there leaves the catalog";
