//! Tables as a whole: copied from one database into another, and summed up.

use std::path::Path;

use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;

use crate::error::StoreError;
use crate::open;
use crate::reader::Reader;
use crate::sql::{Row, Tx, Value, query, whole};

/// A table, as every database of this version has it.
pub(crate) struct Table {
    pub(crate) name: String,
    columns: Vec<(String, Kind)>,
    /// Whether its rows are numbered by the database.
    counts: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Int,
    Text,
    Bytes,
}

/// What a table holds: how many rows, and a digest of them that does not depend on their order.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) rows: u64,
    halves: [u128; 2],
}

/// The most values that one statement takes: SQLite's limit is 32,766 (sqlite.org/limits.html).
const VALUES: usize = 30_000;

/// The most rows that one statement writes.
const ROWS: usize = 500;

/// The tables, those that others refer to first.
pub(crate) async fn tables() -> Result<Vec<Table>, StoreError> {
    let pool = open::memory().await?;
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
        AND name NOT LIKE '_sqlx_%' ORDER BY rowid";
    let mut tables = Vec::new();
    for row in query(names).fetch_all(&pool).await? {
        let name: String = row.get(0);
        let columns = query("SELECT name, type FROM pragma_table_info($1) ORDER BY cid").bind(&name);
        let columns: Vec<(String, Kind)> =
            columns.fetch_all(&pool).await?.iter().map(|row| (row.get(0), kind(row.get(1)))).collect();
        let counts = columns.iter().any(|(column, kind)| column == "id" && matches!(kind, Kind::Int));
        tables.push(Table { name, columns, counts });
    }
    pool.close().await;
    Ok(tables)
}

fn kind(word: &str) -> Kind {
    match word {
        "TEXT" => Kind::Text,
        "BLOB" => Kind::Bytes,
        _ => Kind::Int,
    }
}

impl Table {
    fn select(&self) -> String {
        format!("SELECT {} FROM {}", self.names(), self.name)
    }

    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn read(&self, row: &Row) -> Vec<Value<'static>> {
        let value = |(index, (_, kind)): (usize, &(String, Kind))| match kind {
            Kind::Int => Value::Int(row.get(index)),
            Kind::Text => Value::Text(row.get::<Option<String>>(index).map(|text| whole(text.into()).into())),
            Kind::Bytes => Value::Bytes(row.get::<Option<Vec<u8>>>(index).map(Into::into)),
        };
        self.columns.iter().enumerate().map(value).collect()
    }

    /// Copies all rows, and sums up what was read.
    pub(crate) async fn copy(&self, from: &mut Tx, to: &mut Tx) -> Result<Sum, StoreError> {
        let mut sum = Sum::default();
        let most = ROWS.min(VALUES / self.columns.len());
        let mut waiting = Vec::with_capacity(most);
        let mut rows = query(AssertSqlSafe(self.select())).fetch(from);
        while let Some(row) = rows.try_next().await? {
            let row = self.read(&row);
            sum.add(&row);
            waiting.push(row);
            if waiting.len() == most {
                self.insert(to, std::mem::take(&mut waiting)).await?;
            }
        }
        drop(rows);
        self.insert(to, waiting).await?;
        self.count_on(to).await?;
        Ok(sum)
    }

    async fn insert(&self, to: &mut Tx, rows: Vec<Vec<Value<'static>>>) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let width = self.columns.len();
        let row = |at: usize| {
            let places: Vec<String> = (1..=width).map(|place| format!("${}", at * width + place)).collect();
            format!("({})", places.join(", "))
        };
        let places: Vec<String> = (0..rows.len()).map(row).collect();
        let text = format!("INSERT INTO {} ({}) VALUES {}", self.name, self.names(), places.join(", "));
        let insert =
            rows.into_iter().flatten().fold(query(AssertSqlSafe(text)), |query, value| query.bind(value));
        insert.execute(to).await?;
        Ok(())
    }

    /// The next number is above all that are there. SQLite knows by itself.
    async fn count_on(&self, to: &mut Tx) -> Result<(), StoreError> {
        if let (true, Tx::Postgres(_)) = (self.counts, &to) {
            let table = &self.name;
            let text = format!(
                "SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table} HAVING max(id) > 0"
            );
            query(AssertSqlSafe(text)).execute(to).await?;
        }
        Ok(())
    }

    /// Sums up what is there.
    pub(crate) async fn sum(&self, of: &mut Tx) -> Result<Sum, StoreError> {
        let mut sum = Sum::default();
        let mut rows = query(AssertSqlSafe(self.select())).fetch(of);
        while let Some(row) = rows.try_next().await? {
            sum.add(&self.read(&row));
        }
        Ok(sum)
    }

    /// Whether nothing is there.
    pub(crate) async fn is_empty(&self, to: &mut Tx) -> Result<bool, StoreError> {
        let text = AssertSqlSafe(format!("SELECT 1 FROM {} LIMIT 1", self.name));
        Ok(query(text).fetch_optional(to).await?.is_none())
    }

    pub(crate) async fn clear(&self, to: &mut Tx) -> Result<(), StoreError> {
        query(AssertSqlSafe(format!("DELETE FROM {}", self.name))).execute(to).await?;
        Ok(())
    }
}

impl Sum {
    fn add(&mut self, row: &[Value<'_>]) {
        let mut hash = Sha256::new();
        for value in row {
            let (kind, bytes): (u8, &[u8]) = match value {
                Value::Int(Some(number)) => (1, &number.to_be_bytes()),
                Value::Text(Some(text)) => (2, text.as_bytes()),
                Value::Bytes(Some(bytes)) => (3, bytes),
                _ => (0, &[]),
            };
            hash.update([kind]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
        let digest: [u8; 32] = hash.finalize().into();
        for (half, bytes) in self.halves.iter_mut().zip(digest.chunks_exact(16)) {
            let number = bytes.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
            *half = half.wrapping_add(number);
        }
        self.rows += 1;
    }

    /// The digest, as 64 hex digits. It tells what differs by accident; it is no proof against an attacker.
    pub(crate) fn digest(&self) -> String {
        format!("{:032x}{:032x}", self.halves[0], self.halves[1])
    }
}

/// Copies some tables, as they are at one moment, into a new file of SQLite.
pub(crate) async fn some(reader: &Reader, file: &Path, names: &[&str]) -> Result<(), StoreError> {
    let (writer, readers) = open::sqlite(file).await?;
    let (mut from, mut to) = (reader.readers.snapshot().await?, writer.begin().await?);
    for table in tables().await?.iter().filter(|table| names.contains(&table.name.as_str())) {
        table.clear(&mut to).await?;
        table.copy(&mut from, &mut to).await?;
    }
    to.commit().await?;
    readers.close().await;
    writer.close().await;
    Ok(())
}
