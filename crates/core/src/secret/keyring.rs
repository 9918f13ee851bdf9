//! The secrets that are in use in this process, known to whoever shows or stores texts.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value;

use super::redact::Redactor;

/// How many secrets are known that end by themselves: an app may be given some 2,000 tokens an hour,
/// each good for one.
const PASSING: usize = 4_096;

/// Every secret that is in use. Cheap to clone: all clones know the same ones.
#[derive(Debug, Clone, Default)]
pub struct Keyring(Arc<RwLock<Keys>>);

#[derive(Default)]
struct Keys {
    staying: Vec<String>,
    passing: VecDeque<String>,
    redactor: Arc<Redactor>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Keys {
    fn knows(&self, secret: &str) -> bool {
        self.passing.iter().rev().chain(&self.staying).any(|known| known == secret)
    }
}

impl Keyring {
    /// A secret that holds as long as the process, such as a configured token.
    pub fn keep(&self, secret: &str) {
        self.learn(secret, |keys| keys.staying.push(secret.to_owned()));
    }

    /// A secret that ends within hours, such as a token that was minted just now. Of these the last
    /// few thousand are known; an older one is still known by its looks.
    pub fn pass(&self, secret: &str) {
        self.learn(secret, |keys| {
            keys.passing.push_back(secret.to_owned());
            if keys.passing.len() > PASSING {
                keys.passing.drain(..PASSING / 2);
                keys.redactor = Arc::new(Redactor::new(keys.staying.iter().chain(&keys.passing)));
            }
        });
    }

    fn learn(&self, secret: &str, put: impl FnOnce(&mut Keys)) {
        if self.0.read().unwrap_or_else(PoisonError::into_inner).knows(secret) {
            return;
        }
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !keys.knows(secret) {
            put(&mut keys);
            Arc::make_mut(&mut keys.redactor).add(secret.as_bytes());
        }
    }

    /// What takes the secrets out that are known by now.
    pub fn redactor(&self) -> Arc<Redactor> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).redactor)
    }

    /// A text without its secrets.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.redactor().text(text)
    }
}

impl Redactor {
    /// Takes the secrets out of every text in a value, keys among them. Whether there were any.
    pub fn value(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => match self.text(text) {
                Cow::Borrowed(_) => false,
                Cow::Owned(clean) => {
                    *text = clean;
                    true
                }
            },
            Value::Array(values) => values.iter_mut().fold(false, |any, value| self.value(value) | any),
            Value::Object(fields) => {
                let mut any = fields.values_mut().fold(false, |any, value| self.value(value) | any);
                if fields.keys().any(|key| self.find(key.as_bytes()).is_some()) {
                    let clean = |(key, value): (String, Value)| (self.text(&key).into_owned(), value);
                    *fields = std::mem::take(fields).into_iter().map(clean).collect();
                    any = true;
                }
                any
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_clones_know_what_one_learns() {
        let (one, other) = (Keyring::default(), Keyring::default().clone());
        let clone = one.clone();
        one.keep("plain-words-only");
        one.pass("more plain words");
        assert_eq!(clone.text("say plain-words-only, more plain words"), "say ***, ***");
        assert_eq!(other.text("say plain-words-only"), "say plain-words-only");
        assert_eq!(format!("{one:?}"), "Keyring(RwLock { data: …, poisoned: false, .. })");
    }

    #[test]
    fn what_has_ended_is_let_go_and_what_stays_is_not() {
        let keyring = Keyring::default();
        keyring.keep("one that stays");
        for number in 0..=PASSING {
            keyring.pass(&format!("passing number {number}."));
        }
        assert_eq!(keyring.text("one that stays"), "***");
        assert_eq!(keyring.text("passing number 0."), "passing number 0.");
        assert_eq!(keyring.text(&format!("passing number {PASSING}.")), "***");
    }

    #[test]
    fn values_are_cleaned_to_their_leaves() {
        let keyring = Keyring::default();
        keyring.keep("plain-words-only");
        let mut value = json!({ "a": ["x plain-words-only", 1, null], "plain-words-only": { "b": "c" } });
        assert!(keyring.redactor().value(&mut value));
        assert_eq!(value, json!({ "a": ["x ***", 1, null], "***": { "b": "c" } }));
        assert!(!keyring.redactor().value(&mut value));
    }
}
