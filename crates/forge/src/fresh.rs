//! What was learnt and is believed for a while.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// The most entries that are kept; beyond, those that are no longer believed go first, then all.
const MOST: usize = 100_000;

/// Answers by key, each believed for a while.
#[derive(Debug)]
pub struct Fresh<K, V> {
    for_ms: i64,
    known: Mutex<HashMap<K, (i64, V)>>,
}

impl<K: Eq + Hash, V: Clone> Fresh<K, V> {
    /// Believes each answer for `for_ms` milliseconds.
    pub fn new(for_ms: i64) -> Fresh<K, V> {
        Fresh { for_ms, known: Mutex::new(HashMap::new()) }
    }

    /// The answer, if it is believed at `now` (milliseconds since 1970 UTC).
    pub fn get(&self, key: &K, now: i64) -> Option<V> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|(at, _)| now - at < self.for_ms).map(|(_, value)| value.clone())
    }

    /// Keeps an answer that came at `now` (milliseconds since 1970 UTC).
    pub fn put(&self, key: K, value: V, now: i64) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, (at, _)| now - *at < self.for_ms);
            if known.len() >= MOST {
                known.clear();
            }
        }
        known.insert(key, (now, value));
    }

    /// Forgets an answer that turned out to be wrong.
    pub fn forget(&self, key: &K) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_believed_for_its_time_only() {
        let fresh = Fresh::new(1_000);
        fresh.put("a", 1, 5_000);
        assert_eq!((fresh.get(&"a", 5_999), fresh.get(&"a", 6_000)), (Some(1), None));
        fresh.put("a", 2, 6_000);
        fresh.forget(&"a");
        assert_eq!(fresh.get(&"a", 6_000), None);
    }
}
