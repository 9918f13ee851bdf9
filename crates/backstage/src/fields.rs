//! `fields`: what is shown of an entity.
//!
//! Source: `parseEntityTransformParams`.

use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// The most fields that may be asked for.
const MAX_FIELDS: usize = 1_000;

/// What is shown of an entity: keys on the way to it, each path as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fields(Vec<String>);

impl Fields {
    /// Reads lists of paths with commas between; none is everything.
    ///
    /// # Errors
    /// A path into a list, and too many.
    pub(crate) fn parse<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Option<Fields>, Refusal> {
        let mut fields: Vec<String> = Vec::new();
        let each = texts.into_iter().flat_map(|text| text.split(',')).map(str::trim);
        for field in each.filter(|field| !field.is_empty()) {
            if field.contains('[') {
                let why = format!("Invalid field \"{field}\", array type fields are not supported");
                return Err(Refusal::Input(why));
            }
            if !fields.iter().any(|known| known == field) {
                fields.push(field.to_owned());
            }
            if fields.len() > MAX_FIELDS {
                return Err(Refusal::Input(format!("more than {MAX_FIELDS} fields: ask for whole entities")));
            }
        }
        Ok((!fields.is_empty()).then_some(Fields(fields)))
    }

    /// An entity's JSON with these fields only.
    pub(crate) fn of(&self, body: &str) -> String {
        let entity: Value = serde_json::from_str(body).unwrap_or_default();
        let mut shown = Value::Object(Map::new());
        for field in &self.0 {
            if let Some((path, value)) = find(&entity, field) {
                put(&mut shown, &path, value.clone());
            }
        }
        shown.to_string()
    }
}

/// The keys on the way to a field, and its value. A key may hold dots itself: what is not there with one part is
/// looked for with the next one joined to it.
fn find<'e>(entity: &'e Value, field: &'e str) -> Option<(Vec<String>, &'e Value)> {
    let (mut path, mut at, mut open) = (Vec::new(), entity, None::<String>);
    for part in field.split('.') {
        let key = open.map_or_else(|| part.to_owned(), |open| format!("{open}.{part}"));
        open = match at.get(&key) {
            Some(below) => {
                path.push(key);
                at = below;
                None
            }
            None => Some(key),
        };
    }
    open.is_none().then_some((path, at))
}

fn put(shown: &mut Value, path: &[String], value: Value) {
    let Some((last, above)) = path.split_last() else { return };
    let mut at = shown;
    for key in above {
        if !at[key].is_object() {
            at[key] = Value::Object(Map::new());
        }
        at = &mut at[key];
    }
    at[last] = value;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(fields: &[&str]) -> String {
        let entity =
            r#"{"kind":"API","metadata":{"name":"a","annotations":{"x.io/y":"1","z":"2"},"n":null}}"#;
        Fields::parse(fields.iter().copied()).unwrap().unwrap().of(entity)
    }

    #[test]
    fn keys_with_dots_are_found_and_what_is_not_there_is_left_out() {
        assert_eq!(shown(&["kind,spec.owner"]), r#"{"kind":"API"}"#);
        assert_eq!(shown(&["metadata.annotations.x.io/y"]), r#"{"metadata":{"annotations":{"x.io/y":"1"}}}"#);
        assert_eq!(shown(&["metadata.name", "kind"]), r#"{"metadata":{"name":"a"},"kind":"API"}"#);
        assert_eq!(shown(&["metadata.n"]), r#"{"metadata":{"n":null}}"#);
        assert_eq!(shown(&["kind.x", "kind."]), "{}");
        assert_eq!(
            shown(&["metadata.name,metadata"]),
            r#"{"metadata":{"name":"a","annotations":{"x.io/y":"1","z":"2"},"n":null}}"#
        );
        assert_eq!(Fields::parse([" , "]), Ok(None));
        assert!(Fields::parse(["a[0]"]).is_err());
    }
}
