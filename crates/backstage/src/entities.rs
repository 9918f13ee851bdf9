//! `GET /entities`, `/entities/by-uid`, `/entities/by-name`, its `/ancestry`, `POST /entities/by-refs`.

use std::collections::HashSet;

use fleetwright_catalog::{Filter, MAX_LIMIT, Order, Query};
use serde_json::json;
use url::form_urlencoded::Serializer;

use crate::answer::{Answer, List};
use crate::ask::{self, Ask};
use crate::cursor::{self, After};
use crate::fields::Fields;
use crate::refusal::Refusal;
use crate::snapshot::Snapshot;

/// The most references that are asked for at once.
const MAX_REFS: usize = 10_000;

/// The most keys that entities are ordered by.
const MAX_ORDERS: usize = 10;

/// `GET /entities`: all of them, or a page with a header `Link` to the next.
pub(crate) fn all(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&["fields", "limit", "filter", "offset", "after", "order"])?;
    let filter = ask.filter()?;
    let fields = Fields::parse(ask.all("fields"))?;
    let orders = orders(ask)?;
    let Some(after) = page(ask)? else {
        return Ok(Answer::List(List { rows: whole(snapshot, filter, orders), fields, ..List::default() }));
    };
    let found = snapshot.search.sorted(filter.as_ref(), &orders);
    let begin = after.offset.unwrap_or(0).min(found.len());
    let end = after.limit.map_or(found.len(), |limit| begin.saturating_add(limit).min(found.len()));
    let next = (end < found.len()).then(|| {
        let query = ask.query.iter().filter(|(key, _)| key != "offset" && key != "after");
        let after = After { limit: after.limit, offset: Some(end) };
        Serializer::new(String::new())
            .extend_pairs(query)
            .append_pair("after", &cursor::write(&after))
            .finish()
    });
    let rows = found.get(begin..end).unwrap_or_default().iter().copied().map(Some).collect();
    Ok(Answer::List(List { rows, fields, next, ..List::default() }))
}

/// Without a page, Backstage orders by the first key only and leaves out what has no value of it.
fn whole(snapshot: &Snapshot, filter: Option<Filter>, orders: Vec<Order>) -> Vec<Option<usize>> {
    let query = Query { filter, order: orders.into_iter().next(), text: None };
    snapshot.search.all_of(&query).into_iter().map(Some).collect()
}

fn orders(ask: &Ask) -> Result<Vec<Order>, Refusal> {
    let orders = ask.all("order").map(|text| {
        let wrong = || {
            let expected = "expected \"<asc or desc>:<field name>\"";
            Refusal::Input(format!("Invalid order parameter \"{text}\", {expected}"))
        };
        let (direction, field) =
            text.split_once(':').filter(|(_, field)| !field.is_empty()).ok_or_else(wrong)?;
        let descending = match direction {
            "asc" => false,
            "desc" => true,
            _ => return Err(wrong()),
        };
        Ok(Order { field: field.to_owned(), descending })
    });
    let orders = orders.collect::<Result<Vec<_>, _>>()?;
    if orders.len() > MAX_ORDERS {
        return Err(Refusal::Input(format!("entities are ordered by at most {MAX_ORDERS} keys")));
    }
    Ok(orders)
}

/// The page that is asked for, if one is.
fn page(ask: &Ask) -> Result<Option<After>, Refusal> {
    let (limit, offset, after) = (ask.count("limit")?, ask.count("offset")?, ask.one("after"));
    if limit == Some(0) {
        return Err(Refusal::input("Invalid limit, must be greater than zero"));
    }
    let asked = After { limit, offset };
    match after {
        None if asked.limit.is_none() && asked.offset.is_none() => Ok(None),
        None => Ok(Some(asked)),
        Some(text) => {
            let after: After = cursor::read(text, "after cursor")?;
            let (limit, offset) = (after.limit.or(asked.limit), after.offset.or(asked.offset));
            Ok(Some(After { limit: limit.map(|limit| limit.clamp(1, MAX_LIMIT)), offset }))
        }
    }
}

/// `GET /entities/by-uid/{uid}`.
pub(crate) fn by_uid(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&[])?;
    let uid = ask.part(0);
    let found = snapshot.search.find(&Filter::In("metadata.uid".to_owned(), vec![uid.to_owned()]));
    let missing = || Refusal::NotFound(format!("No entity with uid {uid}"));
    found.first().map(|at| Answer::Entity(*at)).ok_or_else(missing)
}

/// `DELETE /entities/by-uid/{uid}`: what would only come back is not taken out.
pub(crate) fn delete_by_uid(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    let Answer::Entity(at) = by_uid(snapshot, ask)? else { return Err(Refusal::Broken) };
    Err(Refusal::NotAllowed(format!(
        "{} is declared at {}: remove it there, and it leaves the catalog; nothing is deleted over this API",
        snapshot.reference(at),
        snapshot.origins.stands(at)
    )))
}

/// Kind, namespace and name of the path, as a reference.
pub(crate) fn reference(ask: &Ask) -> String {
    let (kind, namespace, name) = (ask.part(0), ask.part(1), ask.part(2));
    format!("{}:{}/{}", kind.to_lowercase(), namespace.to_lowercase(), name.to_lowercase())
}

/// `GET /entities/by-name/{kind}/{namespace}/{name}`.
pub(crate) fn by_name(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&[])?;
    let missing = || {
        let (kind, namespace, name) = (ask.part(0), ask.part(1), ask.part(2));
        let why = format!("No entity named '{name}' found, with kind '{kind}' in namespace '{namespace}'");
        Refusal::NotFound(why)
    };
    snapshot.find(&reference(ask)).map(Answer::Entity).ok_or_else(missing)
}

/// `GET /entities/by-name/{kind}/{namespace}/{name}/ancestry`: the Locations that led to an entity.
pub(crate) fn ancestry(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&[])?;
    let root = reference(ask);
    let missing = || Refusal::NotFound(format!("No such entity {root}"));
    let mut open = vec![snapshot.find(&root).ok_or_else(missing)?];
    let (mut seen, mut items) = (HashSet::from([open[0]]), Vec::new());
    while let Some(at) = open.pop() {
        let parents = snapshot.origins.parents(at);
        let references: Vec<&str> = parents.iter().map(|parent| snapshot.reference(*parent)).collect();
        items.push(json!({ "entity": snapshot.entity(at), "parentEntityRefs": references }));
        open.extend(parents.into_iter().filter(|parent| seen.insert(*parent)));
    }
    Ok(Answer::value(json!({ "rootEntityRef": root, "items": items })))
}

/// `POST /entities/by-refs`: entities in the order of their references, `null` for those that are not there.
pub(crate) fn by_refs(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&["filter"])?;
    let body = ask.object()?;
    let missing = || Refusal::input("request/body must have required property 'entityRefs'");
    let references = ask::texts(body, "entityRefs")?.ok_or_else(missing)?;
    if references.len() > MAX_REFS {
        return Err(Refusal::Input(format!("at most {MAX_REFS} references at once")));
    }
    let fields = Fields::parse(ask::texts(body, "fields")?.unwrap_or_default())?;
    let filters: Vec<Filter> = ask.filter()?.into_iter().chain(ask::predicate(body)?).collect();
    let among: Option<HashSet<usize>> =
        (!filters.is_empty()).then(|| snapshot.search.find(&Filter::All(filters)).into_iter().collect());
    let kept = |at: &usize| among.as_ref().is_none_or(|among| among.contains(at));
    let rows = references.into_iter().map(|reference| snapshot.find(reference).filter(kept)).collect();
    let list = List { rows, fields, before: "{\"items\":", after: "}".to_owned(), next: None };
    Ok(Answer::List(list))
}
