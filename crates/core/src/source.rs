//! A definition file: its text, its values and where each of them stands.
//!
//! Everything a person writes is read in two steps, so that every error can name file, line and
//! key: the YAML becomes a tree of values with places, then the tree is decoded into types.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

use crate::node::Node;
use crate::words;

/// The largest definition file that is read, in bytes (`limits-and-trust`: entity cap of 1 MB).
pub const MAX_BYTES: usize = 1024 * 1024;

/// What is wrong with a definition file, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SourceError {
    /// The file's path as the person gave it.
    pub file: String,
    /// 1-based line, 0 when it is not known.
    pub line: usize,
    /// 1-based column, 0 when it is not known.
    pub column: usize,
    /// The key's path, such as `spec.steps[0].yaml`; empty for the whole file.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to try.
    pub remedy: String,
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.message)?;
        match self.remedy.as_str() {
            "" => Ok(()),
            remedy => write!(f, "\n  try: {remedy}"),
        }
    }
}

/// A parsed definition file.
#[derive(Debug, Clone)]
pub struct Source {
    file: String,
    root: Spanned<Node>,
    value: Value,
}

impl Source {
    /// Reads one YAML document.
    ///
    /// # Errors
    /// When the text is too large, is not one YAML document, or is built to exhaust memory.
    pub fn parse(file: &str, text: &str) -> Result<Source, SourceError> {
        let fault = |message: String, remedy: &str| SourceError {
            file: file.to_owned(),
            line: 0,
            column: 0,
            key: String::new(),
            message,
            remedy: remedy.to_owned(),
        };
        if text.len() > MAX_BYTES {
            let message = format!("the file has {} bytes, more than {MAX_BYTES}", text.len());
            return Err(fault(message, "split it, or keep large content in files of its own"));
        }
        let options = serde_saphyr::options! {
            with_snippet: false,
            // YAML 1.2: `no` is the word, as the YAML steps read and write it, and 1_000 is a text.
            strict_booleans: true,
            underscored_numbers_as_strings: true,
            budget: serde_saphyr::budget! { max_nodes: 50_000, max_events: 200_000, max_aliases: 1_000 },
        };
        match serde_saphyr::from_str_with_options::<Spanned<Node>>(text, options) {
            Ok(root) => Ok(Source { file: file.to_owned(), value: plain(&root.value), root }),
            Err(error) => {
                let place = error.location();
                let (message, remedy) = words::of_yaml(&error.without_snippet().to_string());
                let mut found = fault(message, &remedy);
                found.line = place.map_or(0, |at| at.line() as usize);
                found.column = place.map_or(0, |at| at.column() as usize);
                Err(found)
            }
        }
    }

    /// The file's path as it was given.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The file's values, without their places.
    pub fn value(&self) -> Value {
        self.value.clone()
    }

    /// The same file with its short forms written out: places stay, values are the given ones.
    pub fn with_value(&self, value: Value) -> Source {
        Source { value, ..self.clone() }
    }

    /// Decodes the whole file.
    ///
    /// # Errors
    /// Names the key that does not fit; an unknown key comes with the nearest known one.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, SourceError> {
        serde_path_to_error::deserialize(self.value()).map_err(|error| {
            let parent = match error.path().to_string() {
                path if path == "." => String::new(),
                path => path,
            };
            self.explain(&parent, &error.into_inner().to_string())
        })
    }

    /// An error at a key of this file.
    pub fn error(&self, key: &str, message: impl Into<String>, remedy: &str) -> SourceError {
        let (line, column) = self.place(key);
        SourceError {
            file: self.file.clone(),
            line,
            column,
            key: key.to_owned(),
            message: message.into(),
            remedy: remedy.to_owned(),
        }
    }

    /// Line and column of a key, or of its nearest parent that exists. A name may hold dots, as packages' do: the
    /// longest that is there is meant.
    pub fn place(&self, key: &str) -> (usize, usize) {
        let (mut at, mut place, mut rest) = (&self.root, location(&self.root.referenced), key);
        while let Some((found, value, after)) = below(&at.value, rest) {
            (place, at, rest) = (found, value, after);
        }
        place
    }

    fn explain(&self, parent: &str, message: &str) -> SourceError {
        let Some((unknown, known)) = unknown_key(message) else {
            let (message, remedy) = words::of_serde(message);
            return self.error(parent, message, &remedy);
        };
        if message.starts_with("unknown variant") {
            let remedy = format!("write one of {}", known.join(", "));
            return self.error(parent, format!("`{unknown}` is not known here"), &remedy);
        }
        let key = match parent {
            "" => unknown.clone(),
            // The path already ends in the key when serde knew it while it failed.
            path if path == unknown || path.ends_with(&format!(".{unknown}")) => path.to_owned(),
            path => format!("{path}.{unknown}"),
        };
        let remedy = match nearest(&unknown, &known) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        self.error(&key, format!("unknown key `{unknown}`"), &remedy)
    }
}

/// The known name closest to what was written, when one is close enough to be meant.
pub fn nearest<'a, S: AsRef<str>>(written: &str, known: &'a [S]) -> Option<&'a str> {
    known
        .iter()
        .map(|name| {
            (strsim::damerau_levenshtein(&written.to_lowercase(), &name.as_ref().to_lowercase()), name)
        })
        .filter(|(distance, name)| *distance <= 1 + name.as_ref().len() / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name.as_ref())
}

fn location(at: &serde_saphyr::Location) -> (usize, usize) {
    (at.line() as usize, at.column() as usize)
}

/// Reads serde's words for an unknown field or variant: the name, and the names it expected.
fn unknown_key(message: &str) -> Option<(String, Vec<String>)> {
    let rest = message.strip_prefix("unknown field ").or_else(|| message.strip_prefix("unknown variant "))?;
    let mut quoted = rest.split('`').skip(1).step_by(2).map(str::to_owned);
    let unknown = quoted.next()?;
    Some((unknown, quoted.collect()))
}

/// One step of a path such as `spec.steps[0].yaml`: the place of what it names, its value, and the rest of the path.
fn below<'a, 'k>(node: &'a Node, path: &'k str) -> Option<((usize, usize), &'a Spanned<Node>, &'k str)> {
    match node {
        Node::Leaf(_) => None,
        Node::List(items) => {
            let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
            let value = items.get(index.parse::<usize>().ok()?)?;
            Some((location(&value.referenced), value, rest))
        }
        Node::Table(rows) => {
            let path = path.strip_prefix('.').unwrap_or(path);
            let named = rows.iter().filter_map(|(name, value)| {
                let rest = path.strip_prefix(name.value.as_str())?;
                let whole = rest.is_empty() || rest.starts_with(['.', '[']);
                (whole && !path.is_empty()).then_some((name, value, rest))
            });
            let (name, value, rest) = named.max_by_key(|(name, ..)| name.value.len())?;
            Some((location(&name.referenced), value, rest))
        }
    }
}

fn plain(node: &Node) -> Value {
    match node {
        Node::Leaf(value) => value.clone(),
        Node::List(items) => items.iter().map(|item| plain(&item.value)).collect(),
        Node::Table(rows) => rows
            .iter()
            .map(|(key, value)| (key.value.clone(), plain(&value.value)))
            .collect::<Map<_, _>>()
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[expect(dead_code, reason = "only its place is looked at")]
        name: String,
        spec: Inner,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        limits: Vec<u32>,
    }

    #[test]
    fn an_unknown_key_comes_with_its_place_and_the_nearest_name() {
        let source = Source::parse("a.yaml", "name: x\nspec:\n  limit: [1]\n").unwrap();
        let error = source.decode::<Sample>().unwrap_err();
        assert_eq!((error.line, error.key.as_str()), (3, "spec.limit"));
        assert_eq!(error.remedy, "did you mean `limits`?");
    }

    #[test]
    fn a_wrong_type_comes_with_its_place() {
        let source = Source::parse("a.yaml", "name: x\nspec:\n  limits:\n    - 1\n    - no\n").unwrap();
        let error = source.decode::<Sample>().unwrap_err();
        assert_eq!((error.line, error.key.as_str()), (5, "spec.limits[1]"), "{error}");
    }

    #[test]
    fn names_with_dots_have_their_own_place() {
        let source = Source::parse("a.yaml", "a:\n  b: 1\n  b.c: [x,\n    y]\n  b.c.d: 2\n").unwrap();
        for (key, line) in [("a.b", 2), ("a.b.c", 3), ("a.b.c[1]", 4), ("a.b.c.d", 5), ("a.x", 1), ("", 1)] {
            assert_eq!(source.place(key).0, line, "{key}");
        }
    }

    #[test]
    fn values_keep_their_types() {
        let source = Source::parse("a.yaml", "name: '1'\nspec: { limits: [1, 2] }\n").unwrap();
        assert_eq!(source.decode::<Sample>().unwrap().spec.limits, [1, 2]);
    }

    #[test]
    fn words_that_were_booleans_in_yaml_1_1_are_words() {
        let source = Source::parse("a.yaml", "[NO, y, on, 1_000, true, False]").unwrap();
        assert_eq!(source.value(), serde_json::json!(["NO", "y", "on", "1_000", true, false]));
    }

    #[test]
    fn a_bomb_and_a_broken_file_are_refused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for at in 1..12 {
            let row = vec![format!("*a{}", at - 1); 9].join(", ");
            bomb.push_str(&format!("a{at}: &a{at} [{row}]\n"));
        }
        assert!(Source::parse("bomb.yaml", &bomb).is_err());
        let error = Source::parse("a.yaml", "name: [x\nspec: }\n").unwrap_err();
        assert!(error.line >= 1, "{error}");
    }
}
