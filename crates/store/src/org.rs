//! Organisations and groups of forges, and the teams they told.

use fleetwright_core::team::Team;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, to_json};
use crate::sql::{Row, Tx, query};
use crate::version;

/// An organisation or group, and its teams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgRow {
    /// The forge's name.
    pub forge: String,
    /// The organisation's name there.
    pub name: String,
    /// What it last told; none before it ever did.
    pub teams: Vec<Team>,
    /// Why it did not tell, the last time it was asked.
    pub fault: Option<String>,
    /// When it last told, in milliseconds since 1970 UTC; 0 before it ever did.
    pub told_at: i64,
    /// When it was last asked, in milliseconds since 1970 UTC.
    pub asked_at: i64,
}

/// What the organisations of a forge told when they were asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldTeams {
    /// The forge's name.
    pub forge: String,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Each organisation with its teams, or why it does not tell them; others are forgotten.
    pub orgs: Vec<(String, Result<Vec<Team>, String>)>,
}

impl Reader {
    /// Every organisation that was asked for its teams, by forge and name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn orgs(&self) -> Result<Vec<OrgRow>, StoreError> {
        let text = "SELECT forge, name, teams, fault, told_at, asked_at FROM org ORDER BY forge, name";
        let rows = query(text).fetch_all(&self.readers).await?;
        let read = |row: &Row| {
            Ok(OrgRow {
                forge: row.get(0),
                name: row.get(1),
                teams: from_json("the teams of an organisation", row.get(2))?,
                fault: row.get(3),
                told_at: row.get(4),
                asked_at: row.get(5),
            })
        };
        rows.iter().map(read).collect()
    }
}

/// Takes in what was told. The catalog counts as moved only if some teams are not what they were.
pub(crate) async fn save(tx: &mut Tx, told: &ToldTeams) -> Result<Wrote, StoreError> {
    let before = "SELECT name, teams FROM org WHERE forge = $1";
    let before = query(before).bind(&told.forge).fetch_all(&mut *tx).await?;
    let before: Vec<(String, String)> = before.iter().map(|row| (row.get(0), row.get(1))).collect();
    let mut moved = false;
    for (name, teams) in &before {
        if !told.orgs.iter().any(|(asked, _)| asked == name) {
            moved |= teams != NONE;
            let gone = "DELETE FROM org WHERE forge = $1 AND name = $2";
            query(gone).bind(&told.forge).bind(name).execute(&mut *tx).await?;
        }
    }
    for (name, answer) in &told.orgs {
        let known = before.iter().find(|(known, _)| known == name).map_or(NONE, |(_, teams)| teams);
        let teams = answer.as_ref().map_or_else(|_| known.to_owned(), to_json);
        moved |= teams != known;
        put(tx, told, (name, &teams, answer.as_ref().err())).await?;
    }
    if moved { version::all_moved(tx).await } else { Ok(Wrote::Done) }
}

/// No teams, as they are written.
const NONE: &str = "[]";

async fn put(
    tx: &mut Tx,
    told: &ToldTeams,
    (name, teams, fault): (&str, &str, Option<&String>),
) -> Result<(), StoreError> {
    let text =
        "INSERT INTO org (forge, name, teams, fault, told_at, asked_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (forge, name) DO UPDATE SET teams = $3, fault = $4, asked_at = $6,
            told_at = CASE WHEN $4 IS NULL THEN $5 ELSE org.told_at END";
    let told_at = if fault.is_none() { told.at } else { 0 };
    let query = query(text).bind(&told.forge).bind(name).bind(teams).bind(fault);
    query.bind(told_at).bind(told.at).execute(&mut *tx).await?;
    Ok(())
}
