//! What is bound to a placeholder, and how each database takes it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Postgres, Sqlite};

use crate::row::to_json;

/// A value of a placeholder; `None` is SQL's null, which has a type in PostgreSQL.
#[derive(Clone)]
pub(crate) enum Value<'q> {
    Int(Option<i64>),
    Text(Option<Cow<'q, str>>),
    Bytes(Option<Cow<'q, [u8]>>),
    /// Numbers to be looked among by `IN (SELECT value FROM json_each($1))`.
    Ints(Option<Vec<i64>>),
    /// Texts to be looked among.
    Texts(Option<Vec<&'q str>>),
}

impl<'q> Value<'q> {
    pub(crate) fn sqlite(
        self,
        query: Query<'q, Sqlite, SqliteArguments>,
    ) -> Query<'q, Sqlite, SqliteArguments> {
        match self {
            Value::Int(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Bytes(value) => query.bind(value),
            Value::Ints(values) => query.bind(values.as_ref().map(to_json)),
            Value::Texts(values) => query.bind(values.as_ref().map(to_json)),
        }
    }

    pub(crate) fn postgres(
        &self,
        query: Query<'q, Postgres, PgArguments>,
    ) -> Query<'q, Postgres, PgArguments> {
        match self.clone() {
            Value::Int(value) => query.bind(value),
            Value::Text(value) => query.bind(value.map(whole)),
            Value::Bytes(value) => query.bind(value.map(Cow::into_owned)),
            Value::Ints(values) => query.bind(values),
            Value::Texts(values) => {
                let texts = |values: Vec<&str>| values.into_iter().map(|text| whole(text.into())).collect();
                query.bind(values.map::<Vec<String>, _>(texts))
            }
        }
    }
}

/// A text as PostgreSQL can hold it: it has no NUL in texts, and none in texts of JSON.
pub(crate) fn whole(text: Cow<'_, str>) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text.into_owned() }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Int(Some(i64::from(value)))
    }
}

impl From<Option<bool>> for Value<'_> {
    fn from(value: Option<bool>) -> Self {
        Value::Int(value.map(i64::from))
    }
}

impl From<u32> for Value<'_> {
    fn from(value: u32) -> Self {
        Value::Int(Some(i64::from(value)))
    }
}

impl From<&u32> for Value<'_> {
    fn from(value: &u32) -> Self {
        (*value).into()
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Value::Int(Some(value))
    }
}

impl From<&i64> for Value<'_> {
    fn from(value: &i64) -> Self {
        (*value).into()
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(value: Option<i64>) -> Self {
        Value::Int(value)
    }
}

impl<'q> From<&'q str> for Value<'q> {
    fn from(value: &'q str) -> Self {
        Value::Text(Some(value.into()))
    }
}

impl<'q> From<&'q String> for Value<'q> {
    fn from(value: &'q String) -> Self {
        value.as_str().into()
    }
}

impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Value::Text(Some(value.into()))
    }
}

impl<'q> From<Option<&'q str>> for Value<'q> {
    fn from(value: Option<&'q str>) -> Self {
        Value::Text(value.map(Cow::from))
    }
}

impl<'q> From<Option<&'q String>> for Value<'q> {
    fn from(value: Option<&'q String>) -> Self {
        value.map(String::as_str).into()
    }
}

impl<'q> From<&'q Option<String>> for Value<'q> {
    fn from(value: &'q Option<String>) -> Self {
        value.as_deref().into()
    }
}

impl From<Option<String>> for Value<'_> {
    fn from(value: Option<String>) -> Self {
        Value::Text(value.map(Cow::from))
    }
}

impl<'q> From<&'q [u8]> for Value<'q> {
    fn from(value: &'q [u8]) -> Self {
        Value::Bytes(Some(value.into()))
    }
}

impl<'q> From<Option<&'q [u8]>> for Value<'q> {
    fn from(value: Option<&'q [u8]>) -> Self {
        Value::Bytes(value.map(Cow::from))
    }
}

impl From<&[i64]> for Value<'_> {
    fn from(values: &[i64]) -> Self {
        Value::Ints(Some(values.to_vec()))
    }
}

impl From<&BTreeSet<i64>> for Value<'_> {
    fn from(values: &BTreeSet<i64>) -> Self {
        Some(values).into()
    }
}

impl From<Option<&BTreeSet<i64>>> for Value<'_> {
    fn from(values: Option<&BTreeSet<i64>>) -> Self {
        Value::Ints(values.map(|values| values.iter().copied().collect()))
    }
}

impl<'q> From<&[&'q str]> for Value<'q> {
    fn from(values: &[&'q str]) -> Self {
        Value::Texts(Some(values.to_vec()))
    }
}

impl<'q> From<&'q [String]> for Value<'q> {
    fn from(values: &'q [String]) -> Self {
        Value::Texts(Some(values.iter().map(String::as_str).collect()))
    }
}

impl<'q> From<&'q BTreeSet<String>> for Value<'q> {
    fn from(values: &'q BTreeSet<String>) -> Self {
        Value::Texts(Some(values.iter().map(String::as_str).collect()))
    }
}
