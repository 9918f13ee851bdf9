//! A row of an answer, and its columns as values.

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

/// A row of an answer.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// The value of a column, counted from 0.
    ///
    /// # Panics
    /// When the question has no such column, or it is of another type: a mistake in this crate.
    pub(crate) fn get<'r, T: Column<'r>>(&'r self, index: usize) -> T {
        T::of(self, index)
    }
}

/// What a column can be read as.
pub(crate) trait Column<'r>: Sized {
    fn of(row: &'r Row, index: usize) -> Self;
}

/// What both databases have by itself.
macro_rules! columns {
    ($($kind:ty),*) => { $(
        impl<'r> Column<'r> for $kind {
            fn of(row: &'r Row, index: usize) -> Self {
                match row {
                    Row::Sqlite(row) => row.get(index),
                    Row::Postgres(row) => row.get(index),
                }
            }
        }
    )* };
}

columns!(i64, Option<i64>, String, Option<String>, &'r str, Vec<u8>, Option<Vec<u8>>);

// Whatever counts is 64 bits wide in both databases.

impl<'r> Column<'r> for bool {
    fn of(row: &'r Row, index: usize) -> Self {
        i64::of(row, index) != 0
    }
}

impl<'r> Column<'r> for u32 {
    fn of(row: &'r Row, index: usize) -> Self {
        u32::try_from(i64::of(row, index)).unwrap_or(u32::MAX)
    }
}

impl<'r> Column<'r> for Option<u32> {
    fn of(row: &'r Row, index: usize) -> Self {
        Option::<i64>::of(row, index).map(|value| u32::try_from(value).unwrap_or(u32::MAX))
    }
}
