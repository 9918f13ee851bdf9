//! References between entities: `[kind:][namespace/]name`, as Backstage's `parseEntityRef` and
//! `stringifyEntityRef` read and write them.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The namespace of an entity that names none.
pub const DEFAULT_NAMESPACE: &str = "default";

/// A whole reference, with the letters as they were written.
///
/// Two are the same if they differ in the case of letters only; it prints in small letters, as
/// `component:default/petstore`.
#[derive(Debug, Clone)]
pub struct EntityRef {
    /// The kind, such as `Component`.
    pub kind: String,
    /// The namespace, `default` where nothing else was said.
    pub namespace: String,
    /// The name.
    pub name: String,
}

/// What a reference means where it leaves parts out.
#[derive(Debug, Clone, Copy, Default)]
pub struct RefContext<'a> {
    /// The kind of a reference without one; without this, it is an error to leave it out.
    pub kind: Option<&'a str>,
    /// The namespace of a reference without one; without this, [`DEFAULT_NAMESPACE`].
    pub namespace: Option<&'a str>,
}

/// Why a text is no reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefError {
    /// There is no text.
    #[error("the reference is empty")]
    Empty,
    /// A part before `:` or `/`, or the name, is empty.
    #[error("`{0}` is not of the form [kind:][namespace/]name")]
    Form(String),
    /// The kind is left out where there is no kind to suppose.
    #[error("`{0}` does not say of which kind it is, such as component:{0}")]
    Kind(String),
}

impl EntityRef {
    /// A reference of its parts.
    pub fn new(kind: &str, namespace: &str, name: &str) -> EntityRef {
        EntityRef { kind: kind.to_owned(), namespace: namespace.to_owned(), name: name.to_owned() }
    }

    /// Reads a reference; the context fills in what it leaves out.
    ///
    /// # Errors
    /// When the text is empty, has an empty part, or leaves out a kind that nothing fills in.
    pub fn parse(text: &str, context: RefContext<'_>) -> Result<EntityRef, RefError> {
        if text.is_empty() {
            return Err(RefError::Empty);
        }
        let slash = text.find('/');
        // A colon behind the slash is a part of the name.
        let colon = text.find(':').filter(|colon| slash.is_none_or(|slash| *colon < slash));
        let kind = colon.map(|at| &text[..at]);
        let after_kind = colon.map_or(0, |at| at + 1);
        let namespace = slash.map(|at| &text[after_kind..at]);
        let name = &text[slash.map_or(after_kind, |at| at + 1)..];
        if kind == Some("") || namespace == Some("") || name.is_empty() {
            return Err(RefError::Form(text.to_owned()));
        }
        let supposed = context.kind.filter(|kind| !kind.is_empty());
        let kind = kind.or(supposed).ok_or_else(|| RefError::Kind(text.to_owned()))?;
        let supposed = context.namespace.filter(|namespace| !namespace.is_empty());
        let namespace = namespace.or(supposed).unwrap_or(DEFAULT_NAMESPACE);
        Ok(EntityRef::new(kind, namespace, name))
    }

    /// Whether it is of this kind, in whatever letters.
    pub fn is_kind(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }

    fn lowered(&self) -> (String, String, String) {
        (self.kind.to_lowercase(), self.namespace.to_lowercase(), self.name.to_lowercase())
    }
}

impl fmt::Display for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, namespace, name) = self.lowered();
        write!(f, "{kind}:{namespace}/{name}")
    }
}

impl PartialEq for EntityRef {
    fn eq(&self, other: &Self) -> bool {
        self.lowered() == other.lowered()
    }
}

impl Eq for EntityRef {}

impl Hash for EntityRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.lowered().hash(state);
    }
}

impl PartialOrd for EntityRef {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for EntityRef {
    fn cmp(&self, other: &Self) -> Ordering {
        self.lowered().cmp(&other.lowered())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: RefContext<'_> = RefContext { kind: None, namespace: None };

    #[test]
    fn what_is_left_out_is_filled_in() {
        let group = RefContext { kind: Some("Group"), namespace: Some("Pay") };
        let table = [
            ("a", "group:pay/a"),
            ("user:a", "user:pay/a"),
            ("other/A", "group:other/a"),
            ("USER:Other/A", "user:other/a"),
            ("n/a:b", "group:n/a:b"),
            ("user:n/a:b/c", "user:n/a:b/c"),
        ];
        for (text, whole) in table {
            assert_eq!(EntityRef::parse(text, group).map(|found| found.to_string()), Ok(whole.to_owned()));
        }
    }

    #[test]
    fn empty_parts_and_a_missing_kind_are_refused() {
        assert_eq!(EntityRef::parse("", NOTHING), Err(RefError::Empty));
        for text in [":a", "k:/a", "/a", "k:n/", "k:", "/"] {
            assert_eq!(EntityRef::parse(text, NOTHING), Err(RefError::Form(text.to_owned())));
        }
        assert_eq!(EntityRef::parse("n/a", NOTHING), Err(RefError::Kind("n/a".to_owned())));
    }

    #[test]
    fn letters_are_the_same_in_any_case() {
        assert_eq!(EntityRef::new("API", "X", "Pets"), EntityRef::new("api", "x", "pets"));
        assert_eq!(EntityRef::new("API", "X", "Pets").name, "Pets");
    }
}
