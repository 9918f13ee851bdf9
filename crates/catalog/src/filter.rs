//! Backstage's filter grammar: `kind=component,spec.type=service`.
//!
//! Source: `parseEntityFilterParams` of `@backstage/plugin-catalog-backend` 4.0.0.

/// The longest filter, in bytes, over all its repetitions.
pub const MAX_FILTER_BYTES: usize = 64 * 1024;

/// What entities must be. Keys and values are compared in small letters.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Filter {
    /// All of these hold; none: everything.
    All(Vec<Filter>),
    /// One of these holds; none: nothing.
    Any(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// The key is there.
    Has(String),
    /// The key has one of these values.
    In(String, Vec<String>),
    /// The key has a value that begins like this.
    Prefix(String, String),
}

/// Why a text is no filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// A statement without a key.
    #[error("`{0}` is no statement: write key=value, key= or key")]
    Statement(String),
    /// Too long.
    #[error("the filter has {0} bytes, more than {MAX_FILTER_BYTES}")]
    Long(usize),
    /// A predicate that is no JSON, and why.
    #[error("the predicate is no JSON: {0}")]
    Json(String),
    /// A predicate that Backstage does not know.
    #[error("{place}: {message}")]
    Predicate {
        /// Where in it: the keys on the way.
        place: String,
        /// What is expected there.
        message: String,
    },
}

impl Filter {
    /// Reads the values of repeated `filter=` parameters: each is a list of statements that all hold,
    /// and one of them must. Nothing said is `None`.
    ///
    /// # Errors
    /// Names the statement that has no key.
    pub fn parse<S: AsRef<str>>(texts: &[S]) -> Result<Option<Filter>, FilterError> {
        let length = texts.iter().map(|text| text.as_ref().len()).sum();
        if length > MAX_FILTER_BYTES {
            return Err(FilterError::Long(length));
        }
        let mut any = Vec::new();
        for text in texts {
            any.extend(statements(text.as_ref())?);
        }
        Ok(match any.len() {
            0 => None,
            1 => any.pop(),
            _ => Some(Filter::Any(any)),
        })
    }
}

/// One list of statements. A key that is said again widens its values.
fn statements(text: &str) -> Result<Option<Filter>, FilterError> {
    let mut keys: Vec<(String, Option<Vec<String>>)> = Vec::new();
    for statement in text.split(',').map(str::trim).filter(|statement| !statement.is_empty()) {
        let (key, value) = match statement.split_once('=') {
            Some((key, value)) => (key.trim(), Some(value.trim())),
            None => (statement, None),
        };
        if key.is_empty() {
            return Err(FilterError::Statement(statement.to_owned()));
        }
        let at = keys.iter().position(|(known, _)| known == key);
        let at = at.unwrap_or_else(|| {
            keys.push((key.to_owned(), None));
            keys.len() - 1
        });
        if let (Some((_, values)), Some(value)) = (keys.get_mut(at), value) {
            values.get_or_insert_default().push(value.to_owned());
        }
    }
    let mut all: Vec<Filter> = keys
        .into_iter()
        .map(|(key, values)| match values {
            None => Filter::Has(key),
            Some(values) => Filter::In(key, values),
        })
        .collect();
    Ok(match all.len() {
        0 => None,
        1 => all.pop(),
        _ => Some(Filter::All(all)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(key: &str, values: &[&str]) -> Filter {
        Filter::In(key.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn commas_are_and_and_repetition_is_or() {
        let read = |texts: &[&str]| Filter::parse(texts);
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[" , "]), Ok(None));
        assert_eq!(read(&["kind = api"]), Ok(Some(is("kind", &["api"]))));
        let both = Filter::All(vec![is("a", &["b", ""]), Filter::Has("c".to_owned())]);
        assert_eq!(read(&["a=b,c,a="]), Ok(Some(both.clone())));
        assert_eq!(read(&["a=b,c,a=", "d=e=f"]), Ok(Some(Filter::Any(vec![both, is("d", &["e=f"])]))));
        assert_eq!(read(&["=x"]), Err(FilterError::Statement("=x".to_owned())));
        assert_eq!(
            read(&["a".repeat(MAX_FILTER_BYTES + 1).as_str()]),
            Err(FilterError::Long(MAX_FILTER_BYTES + 1))
        );
    }
}
