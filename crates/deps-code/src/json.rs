//! JSON whose texts are borrowed from the file, so that their bytes are known and no tree is built.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use fleetwright_package::Finding;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::source::Source;

/// A text of the file: borrowed from it unless it is written with escapes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Text<'_> {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// The entries of an object in the order of the file. PHP writes an empty object as `[]`.
#[derive(Debug, Clone)]
pub(crate) struct Pairs<'a, V>(pub(crate) Vec<(Text<'a>, V)>);

impl<V> Default for Pairs<'_, V> {
    fn default() -> Self {
        Pairs(Vec::new())
    }
}

impl<'de: 'a, 'a, V: Deserialize<'de>> Deserialize<'de> for Pairs<'a, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PairsVisitor(PhantomData))
    }
}

struct PairsVisitor<'a, V>(PhantomData<(&'a (), V)>);

impl<'de: 'a, 'a, V: Deserialize<'de>> Visitor<'de> for PairsVisitor<'a, V> {
    type Value = Pairs<'a, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Self::Value, S::Error> {
        match list.next_element::<IgnoredAny>()? {
            None => Ok(Pairs::default()),
            Some(_) => Err(serde::de::Error::custom("a list, where an object is expected")),
        }
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Pairs::default())
    }
}

/// Reads a file; what cannot be read is a finding with `remedy`.
pub(crate) fn parse<'a, T: Deserialize<'a>>(
    source: &Source<'a>,
    remedy: &str,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    // NuGet's files begin with a byte-order mark at times.
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(source.text);
    match serde_json::from_str(text) {
        Ok(value) => Some(value),
        Err(error) => {
            let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
            findings.push(source.finding(line, error.to_string(), remedy));
            None
        }
    }
}
