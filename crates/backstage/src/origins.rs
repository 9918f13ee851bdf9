//! Where entities come from: Backstage's locations, and the Locations that led to an entity.
//!
//! In Backstage somebody registered a location. Here whatever a catalog file begins with is one: the annotation
//! `backstage.io/managed-by-origin-location` of an entity, such as
//! `url:https://github.com/acme/shop/blob/main/catalog-info.yaml`.

use std::collections::BTreeMap;

use fleetwright_catalog::{Base, Entity, MANAGED_BY, MANAGED_BY_ORIGIN, Target, glob, resolve};
use ring::digest;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Where entities come from.
#[derive(Debug, Default)]
pub(crate) struct Origins {
    /// By `type:target`.
    places: BTreeMap<String, Place>,
    /// Entities of kind Location.
    locations: Vec<Leading>,
    /// Of each entity: where it stands, and where it comes from.
    stands: Vec<(Box<str>, Box<str>)>,
}

/// A location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// A UUID made of the location.
    pub(crate) id: String,
    /// Such as `url`.
    pub(crate) kind: String,
    /// Such as an address.
    pub(crate) target: String,
    /// The entities that come from it.
    pub(crate) entities: Vec<usize>,
}

/// An entity of kind Location, and what it leads to.
#[derive(Debug)]
struct Leading {
    at: usize,
    targets: Vec<Target>,
}

impl Origins {
    /// Learns of the next entity.
    pub(crate) fn add(&mut self, at: usize, entity: &Entity) {
        let text = |key: &str| entity.annotation(key).unwrap_or_default();
        let (stands, origin) = (text(MANAGED_BY), text(MANAGED_BY_ORIGIN));
        self.stands.push((stands.into(), origin.into()));
        if let Some((kind, target)) = split(origin) {
            let new =
                || Place { id: id(origin), kind: kind.into(), target: target.into(), entities: Vec::new() };
            self.places.entry(origin.to_owned()).or_insert_with(new).entities.push(at);
        }
        if entity.kind() == "Location" {
            let many = entity.spec().get("targets").and_then(Value::as_array).into_iter().flatten();
            let texts = entity.spec_text("target").into_iter().chain(many.filter_map(Value::as_str));
            let base = Base::File { path: path(stands).to_owned(), root: None };
            let targets = texts.filter_map(|text| resolve(&base, text).ok()).collect();
            self.locations.push(Leading { at, targets });
        }
    }

    /// All locations, by type and target.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Place> {
        self.places.values()
    }

    /// A location by its id.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Place> {
        self.places.values().find(|place| place.id == id)
    }

    /// A location by type and target.
    pub(crate) fn of(&self, kind: &str, target: &str) -> Option<&Place> {
        self.places.get(&format!("{kind}:{target}"))
    }

    /// Where an entity comes from, as `type:target`; empty if that is not known.
    pub(crate) fn origin(&self, at: usize) -> &str {
        self.stands.get(at).map_or("", |(_, origin)| origin)
    }

    /// Where an entity stands, as `type:target`.
    pub(crate) fn stands(&self, at: usize) -> &str {
        self.stands.get(at).map_or("", |(stands, _)| stands)
    }

    /// The Locations that name the file of an entity.
    pub(crate) fn parents(&self, at: usize) -> Vec<usize> {
        let (stands, origin) = (self.stands(at), self.origin(at));
        let each = self.locations.iter().filter(|one| one.at != at && self.origin(one.at) == origin);
        let leads = |one: &&Leading| one.targets.iter().any(|target| leads(target, stands));
        each.filter(leads).map(|one| one.at).collect()
    }
}

impl Place {
    /// As Backstage answers it.
    pub(crate) fn value(&self) -> Value {
        let entity = format!("location:default/{}", generated(&self.kind, &self.target));
        json!({ "id": self.id, "type": self.kind, "target": self.target, "entityRef": entity })
    }
}

/// The name that Backstage gives to the entity of a location.
pub(crate) fn generated(kind: &str, target: &str) -> String {
    let text = format!("{kind}:{target}");
    let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    let hex: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("generated-{hex}")
}

/// Type and target of a location; `None` where one of them is missing.
pub(crate) fn split(location: &str) -> Option<(&str, &str)> {
    location.split_once(':').filter(|(kind, target)| !kind.is_empty() && !target.is_empty())
}

/// The path of a location: without type, scheme and leading slashes, so that addresses and files are alike.
fn path(location: &str) -> &str {
    let target = split(location).map_or(location, |(_, target)| target);
    target.strip_prefix("https://").unwrap_or(target).trim_start_matches('/')
}

fn leads(target: &Target, stands: &str) -> bool {
    match target {
        Target::File(file) => file == path(stands),
        Target::Glob(pattern) => glob(pattern).is_ok_and(|glob| glob.is_match(path(stands))),
        Target::Url(url) => split(stands).is_some_and(|(_, target)| target == url.as_str()),
    }
}

/// A UUID of version 8 (RFC 9562) made of a location, so that it is the same at every server.
fn id(location: &str) -> String {
    let mut bytes = [0_u8; 16];
    let digest = Sha256::digest(format!("location {location}"));
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = from;
    }
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_has_the_name_that_backstage_gives_it() {
        // printf %s url:https://github.com/acme/shop/blob/main/catalog-info.yaml | sha1sum
        let name = generated("url", "https://github.com/acme/shop/blob/main/catalog-info.yaml");
        assert_eq!(name, "generated-cb0a02ed7418408f2f9d82b7e212853b3889fc3c");
    }

    #[test]
    fn a_location_leads_to_files_beside_it() {
        let leads = |text: &str, stands: &str| {
            let base = Base::File {
                path: path("url:https://h/acme/shop/blob/main/all.yaml").to_owned(),
                root: None,
            };
            leads(&resolve(&base, text).unwrap(), stands)
        };
        assert!(leads("./a/b.yaml", "url:https://h/acme/shop/blob/main/a/b.yaml"));
        assert!(leads("a/*.yaml", "url:https://h/acme/shop/blob/main/a/b.yaml"));
        assert!(leads("https://other/x.yaml", "url:https://other/x.yaml"));
        assert!(!leads("./a/b.yaml", "url:https://h/acme/other/blob/main/a/b.yaml"));
        assert!(!leads("a/*.yaml", "url:https://h/acme/shop/blob/main/a/b/c.yaml"));
    }
}
