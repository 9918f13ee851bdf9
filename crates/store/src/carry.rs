//! Carrying everything from one database into another one, of either kind, and checking what is there.

use std::path::{Path, PathBuf};

use crate::copy::{self, Sum, Table};
use crate::database::Database;
use crate::error::StoreError;
use crate::open;
use crate::sql::{Pool, Tx, query};

/// What a table holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its name.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// A digest of the rows in any order, 64 hex digits: the same in both kinds of databases.
    pub digest: String,
}

/// What a check of a database found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// What its tables hold.
    pub tables: Vec<Held>,
    /// What is wrong; empty when nothing is.
    pub faults: Vec<String>,
}

impl Database {
    /// Carries everything as it is at one moment over into another database, which must be empty: all of it, or
    /// nothing where what arrives is not what was read. This one may be in use meanwhile.
    ///
    /// # Errors
    /// When one of the two cannot be opened, the other one is not empty, or what arrived is not the same.
    pub async fn carry_to(&self, other: &Database) -> Result<Vec<Held>, StoreError> {
        let ((_, readers), (writer, _)) = (open::pools(self).await?, open::pools(other).await?);
        let carried = carry(&readers, &writer, other).await;
        readers.close().await;
        writer.close().await;
        carried
    }

    /// Carries everything over into a new file, and puts it in its place once it is whole and on disk.
    ///
    /// # Errors
    /// As [`Database::carry_to`]; when there is such a file already.
    pub async fn back_up(&self, file: &Path) -> Result<Vec<Held>, StoreError> {
        let shown = file.display().to_string();
        if file.exists() {
            let remedy = "another name, or remove the file".to_owned();
            return Err(StoreError::Unfit { place: shown, why: "it is there already".to_owned(), remedy });
        }
        let failed = |why: std::io::Error| StoreError::Open { path: shown.clone(), why: why.to_string() };
        let partial = file.with_added_extension("partial");
        remove(&partial).map_err(failed)?;
        let held = self.carry_to(&Database::File(partial.clone())).await?;
        std::fs::File::open(&partial).and_then(|file| file.sync_all()).map_err(failed)?;
        std::fs::rename(&partial, file).map_err(failed)?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        Ok(held)
    }

    /// Reads everything and tells what is wrong: pages that cannot be read, rows that name others which are not
    /// there.
    ///
    /// # Errors
    /// When it cannot be opened or read at all.
    pub async fn check(&self) -> Result<Checked, StoreError> {
        let (writer, readers) = open::pools(self).await?;
        let checked = check(&readers).await;
        readers.close().await;
        writer.close().await;
        checked
    }
}

/// Removes what an earlier try left.
fn remove(partial: &Path) -> std::io::Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let mut file = partial.as_os_str().to_owned();
        file.push(ending);
        match std::fs::remove_file(PathBuf::from(file)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

async fn carry(from: &Pool, to: &Pool, place: &Database) -> Result<Vec<Held>, StoreError> {
    let tables = copy::tables().await?;
    let (mut from, mut to) = (from.snapshot().await?, to.begin().await?);
    to.takes_its_time().await?;
    for table in &tables {
        // These have one row in a new database.
        if matches!(table.name.as_str(), "catalog" | "audit_head") {
            table.clear(&mut to).await?;
        }
        if !table.is_empty(&mut to).await? {
            return Err(StoreError::Unfit {
                place: place.to_string(),
                why: format!("it is not empty: there are rows in {}", table.name),
                remedy: "a new database".to_owned(),
            });
        }
    }
    let mut held = Vec::new();
    for table in &tables {
        let (read, written) = (table.copy(&mut from, &mut to).await?, table.sum(&mut to).await?);
        if read != written {
            let why = format!("{} rows were read and {} are there, or they differ", read.rows, written.rows);
            return Err(StoreError::corrupt("a copy of a table", format!("{}: {why}", table.name)));
        }
        held.push(holds(table, read));
    }
    to.commit().await?;
    Ok(held)
}

fn holds(table: &Table, sum: Sum) -> Held {
    Held { table: table.name.clone(), rows: sum.rows, digest: sum.digest() }
}

async fn check(readers: &Pool) -> Result<Checked, StoreError> {
    let mut tx = readers.snapshot().await?;
    let mut checked = Checked::default();
    if let Tx::Sqlite(_) = tx {
        for row in query("PRAGMA integrity_check").fetch_all(&mut tx).await? {
            let said: String = row.get(0);
            if said != "ok" {
                checked.faults.push(said);
            }
        }
        let text =
            "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY \"table\", parent";
        for row in query(text).fetch_all(&mut tx).await? {
            let (table, parent, rows) = (row.get::<&str>(0), row.get::<&str>(1), row.get::<i64>(2));
            checked.faults.push(format!("{rows} rows of {table} name rows of {parent} that are not there"));
        }
    } else {
        let text = "SELECT CAST(conrelid AS regclass)::text, conname::text FROM pg_constraint
            WHERE connamespace = CAST(current_schema() AS regnamespace) AND NOT convalidated";
        for row in query(text).fetch_all(&mut tx).await? {
            let (table, name) = (row.get::<&str>(0), row.get::<&str>(1));
            checked.faults.push(format!("{name} of {table} was never checked"));
        }
    }
    for table in copy::tables().await? {
        let sum = table.sum(&mut tx).await;
        match sum {
            Ok(sum) => checked.tables.push(holds(&table, sum)),
            Err(error) => checked.faults.push(format!("{} cannot be read: {error}", table.name)),
        }
    }
    Ok(checked)
}
