//! `POST /analyze-location`: what a repository has in the catalog, or what could be written into it. Nothing is
//! fetched: what is not of this fleet is told by its address alone, as Backstage does without an analyzer.

use serde_json::{Map, Value, json};
use url::Url;

use crate::answer::Answer;
use crate::ask::Ask;
use crate::locations::given;
use crate::refusal::Refusal;
use crate::snapshot::Snapshot;

/// The most entities that are told of.
const MAX_ENTITIES: usize = 1_000;

/// `POST /analyze-location`.
pub(crate) fn location(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&[])?;
    let body = ask.object()?;
    let missing = || Refusal::input("request/body must have required property 'location'");
    let rows = body.get("location").ok_or_else(missing)?;
    let rows = rows.as_object().ok_or_else(|| Refusal::input("request/body/location must be object"))?;
    let (_, target) = given(rows)?;
    let no_url = || Refusal::input("The given location.target is not a URL");
    let url = Url::parse(target).ok().filter(|url| url.has_host()).ok_or_else(no_url)?;
    let (owner, name) = names(&url).ok_or_else(no_url)?;
    let existing = existing(snapshot, &url);
    let generated = if existing.is_empty() { vec![generated(&url, &owner, &name)] } else { Vec::new() };
    Ok(Answer::value(json!({ "existingEntityFiles": existing, "generateEntities": generated })))
}

/// Owner and name of a repository: `https://host/owner/name` and what is below.
fn names(url: &Url) -> Option<(String, String)> {
    let path = url.path().split("/-/").next().unwrap_or_default();
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if let Some(end) = parts.iter().position(|part| ["blob", "tree", "src", "raw"].contains(part)) {
        parts.truncate(end);
    }
    let name = parts.pop()?;
    Some((parts.join("/"), name.trim_end_matches(".git").to_owned()))
}

/// The entities of the catalog that come from files below an address.
fn existing(snapshot: &Snapshot, url: &Url) -> Vec<Value> {
    let base = url.as_str().trim_end_matches('/').trim_end_matches(".git");
    let below =
        |target: &str| target.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let places = snapshot.origins.all().filter(|place| place.kind == "url" && below(&place.target));
    let rows = places.flat_map(|place| place.entities.iter().map(move |at| (place, *at)));
    let told = rows.take(MAX_ENTITIES).map(|(place, at)| {
        json!({
            "location": { "type": place.kind, "target": place.target },
            "isRegistered": true,
            "entity": snapshot.entity(at),
        })
    });
    told.collect()
}

/// What could be written into a repository.
fn generated(url: &Url, owner: &str, name: &str) -> Value {
    let mut metadata = Map::from_iter([("name".to_owned(), Value::from(name))]);
    let prefix = url.host_str().filter(|host| ["github.com", "gitlab.com", "bitbucket.org"].contains(host));
    if let Some(prefix) = prefix {
        let slug = json!({ format!("{prefix}/project-slug"): format!("{owner}/{name}") });
        metadata.insert("annotations".to_owned(), slug);
    }
    let entity = json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": metadata,
        "spec": { "type": "other", "lifecycle": "unknown" },
    });
    json!({ "entity": entity, "fields": [] })
}
