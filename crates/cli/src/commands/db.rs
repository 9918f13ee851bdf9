//! `db`: the database carried elsewhere, backed up, restored and checked.

use std::path::Path;

use fleetwright_engine::config::Config;
use fleetwright_store::{Checked, Database, Held};
use serde_json::json;

use crate::args::DbCommand;
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::number;

pub(super) async fn run(context: &Context<'_>, command: DbCommand) -> Ended {
    match command {
        DbCommand::Migrate { to } => {
            let from = database(context)?;
            let to = Database::read(&to).map_err(|why| Failure::usage(format!("--to: {why}")))?;
            let held = from.carry_to(&to).await?;
            told(context, &held, &format!("carried over into {to}"));
            context.ui.note(format!("Now write `database: {}` into fleetwright.yaml.", named(&to)));
            Ok(Code::Done)
        }
        DbCommand::Backup { file } => {
            let held = database(context)?.back_up(&file).await?;
            told(context, &held, &format!("backed up into {}", file.display()));
            Ok(Code::Done)
        }
        DbCommand::Restore { file } => {
            let backup = backup(&file)?;
            let checked = backup.check().await?;
            if !checked.faults.is_empty() {
                return Err(Failure::refused(format!(
                    "{} is no good backup: {}\n  try: another backup",
                    file.display(),
                    checked.faults.join("; ")
                )));
            }
            let here = database(context)?;
            let held = backup.carry_to(&here).await?;
            told(context, &held, &format!("restored into {here}"));
            Ok(Code::Done)
        }
        DbCommand::Check { file } => {
            let asked = match file {
                Some(file) => backup(&file)?,
                None => database(context)?,
            };
            found(context, &asked, &asked.check().await?)
        }
    }
}

/// The database of the configuration.
fn database(context: &Context<'_>) -> Result<Database, Failure> {
    let config = Config::read(&context.global.config)?;
    config.entered(&context.seams.keyring).map_err(Failure::usage)
}

/// A backup that is there: opening one that is not would make an empty one.
fn backup(file: &Path) -> Result<Database, Failure> {
    match file.exists() {
        true => Ok(Database::File(file.to_owned())),
        false => Err(Failure::usage(format!("{} is not there\n  try: check the path", file.display()))),
    }
}

/// A place as fleetwright.yaml writes it.
fn named(database: &Database) -> String {
    match database.file() {
        Some(file) => format!("sqlite:{}", file.display()),
        None => database.to_string(),
    }
}

fn told(context: &Context<'_>, held: &[Held], what: &str) {
    let rows: u64 = held.iter().map(|table| table.rows).sum();
    if context.ui.json() {
        context.ui.document(&json!({ "done": what, "rows": rows, "tables": tables(held) }));
    } else {
        context.ui.line(format!("{} of {} tables {what}", number(rows, "row", "rows"), held.len()));
    }
}

fn tables(held: &[Held]) -> serde_json::Value {
    let table = |held: &Held| json!({ "table": held.table, "rows": held.rows, "digest": held.digest });
    held.iter().map(table).collect()
}

fn found(context: &Context<'_>, asked: &Database, checked: &Checked) -> Ended {
    if context.ui.json() {
        context.ui.document(&json!({
            "database": asked.to_string(), "tables": tables(&checked.tables), "faults": checked.faults,
        }));
    } else {
        for Held { table, rows, digest } in &checked.tables {
            context.ui.line(format!("{table:<16} {rows:>12}  {digest}"));
        }
        checked.faults.iter().for_each(|fault| context.ui.line(format!("bad: {fault}")));
    }
    Ok(if checked.faults.is_empty() { Code::Done } else { Code::SomeFailed })
}
