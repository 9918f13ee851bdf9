//! How much a validator would do: with a `$ref` in two branches of a schema each level of the
//! instance doubles it. Counted with every pair of schema and place looked at once, so that
//! counting stays small where the work would not.

use std::collections::HashMap;

use serde_json::Value;

/// The most pairs that are counted; more is too much work.
const MAX_PAIRS: usize = 500_000;

/// How often a schema is applied to a place of the instance, all in all; `None` when that is more
/// than can be counted.
pub(crate) fn work(root: &Value, instance: &Value) -> Option<u64> {
    let mut count = Count { root, known: HashMap::new() };
    let total = count.of(root, instance);
    (count.known.len() <= MAX_PAIRS).then_some(total)
}

struct Count<'v> {
    root: &'v Value,
    known: HashMap<(*const Value, *const Value), u64>,
}

impl<'v> Count<'v> {
    fn of(&mut self, schema: &'v Value, instance: &'v Value) -> u64 {
        let pair = (std::ptr::from_ref(schema), std::ptr::from_ref(instance));
        if let Some(known) = self.known.get(&pair) {
            return *known;
        }
        let Value::Object(keywords) = schema else { return 1 };
        if self.known.len() > MAX_PAIRS {
            return u64::MAX;
        }
        let mut total = 1_u64;
        for (keyword, value) in keywords {
            total = total.saturating_add(self.keyword(keyword, value, instance));
        }
        self.known.insert(pair, total);
        total
    }

    /// What one keyword costs; where it is not known to which keys it applies, it applies to all.
    fn keyword(&mut self, keyword: &str, value: &'v Value, instance: &'v Value) -> u64 {
        let mut total = 0_u64;
        let mut add = |count: u64| total = total.saturating_add(count);
        match (keyword, value) {
            ("$ref", Value::String(target)) => {
                let target = self.root.pointer(target.trim_start_matches('#'));
                target.into_iter().for_each(|target| add(self.of(target, instance)));
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(list)) => {
                list.iter().for_each(|each| add(self.of(each, instance)));
            }
            ("not" | "if" | "then" | "else", each) => add(self.of(each, instance)),
            ("dependencies" | "dependentSchemas", Value::Object(map)) => {
                map.values().for_each(|each| add(self.of(each, instance)));
            }
            ("properties", Value::Object(map)) => {
                let known = map.iter().filter_map(|(key, each)| Some((each, instance.get(key)?)));
                known.for_each(|(each, part)| add(self.of(each, part)));
            }
            ("patternProperties", Value::Object(map)) => {
                map.values().for_each(|each| parts(instance).for_each(|part| add(self.of(each, part))));
            }
            ("items" | "prefixItems", Value::Array(list)) => {
                list.iter().zip(parts(instance)).for_each(|(each, part)| add(self.of(each, part)));
            }
            (
                "additionalProperties"
                | "items"
                | "additionalItems"
                | "contains"
                | "unevaluatedProperties"
                | "unevaluatedItems"
                | "propertyNames",
                each,
            ) => parts(instance).for_each(|part| add(self.of(each, part))),
            _ => {}
        }
        total
    }
}

/// The elements of a list or the values of a mapping.
fn parts(instance: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match instance {
        Value::Array(list) => Box::new(list.iter()),
        Value::Object(map) => Box::new(map.values()),
        _ => Box::new(std::iter::empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn doubling_is_counted_without_being_done() {
        let schema = json!({"anyOf": [{"properties": {"a": {"$ref": "#"}}}, {"patternProperties": {"a": {"$ref": "#"}}}]});
        let mut deep = json!(1);
        for _ in 0..40 {
            deep = json!({"a": deep});
        }
        assert!(work(&schema, &deep).is_some_and(|work| work > 1 << 40));
        let plain = json!({"properties": {"a": {"$ref": "#"}}});
        assert!(work(&plain, &deep).is_some_and(|work| work < 200));
    }
}
