//! Targets: where each stands, why, and which effect is under way.

use fleetwright_core::Oid;
use fleetwright_core::event::TargetName;
use fleetwright_core::stage::{ChangeRef, Stage};
use fleetwright_core::why::Why;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, now, to_json};
use crate::sql::{Row, Tx, query};

/// An effect that is under way: written down before it is done, so that a crash leaves a trace.
/// While a target has one, its outcome is in doubt and the forge is asked first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "intent", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Intent {
    /// A commit is pushed and a pull request opened.
    Propose {
        /// The branch.
        branch: String,
        /// The commit's time in seconds since 1970 UTC: pinned, so that a retry makes the same commit.
        time: i64,
    },
    /// The pull request is merged.
    Merge {
        /// The head every gate was checked for.
        head: Oid,
    },
    /// The open pull request gets the change made anew.
    Renew {
        /// The change.
        change: ChangeRef,
        /// Where the branch was.
        from: Oid,
        /// The commit it is moved to; the same as `from` where only the texts change.
        head: Oid,
        /// Whether commits of people are kept in it.
        mixed: bool,
    },
    /// The pull request is closed and its branch removed.
    Close {
        /// Who asked.
        by: String,
        /// Where the target stands then.
        #[serde(default)]
        then: Option<Stage>,
    },
}

/// A target to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTarget {
    /// The repository's row.
    pub repo: i64,
    /// The directory within it; empty for the whole repository.
    pub dir: String,
}

/// Where a target stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetState {
    /// The target's row.
    pub id: i64,
    /// Where it stands.
    pub stage: Stage,
    /// The key of its last result.
    pub key: Option<String>,
    /// Why it waits.
    pub waiting: Option<Why>,
    /// The effect under way.
    pub intent: Option<Intent>,
    /// The last commit we pushed for it.
    pub pushed: Option<Oid>,
}

impl TargetState {
    /// Why the target stands where it stands: the same words for the same cause.
    pub fn reason(&self) -> String {
        match (&self.stage, &self.waiting) {
            (Stage::Failed { fault }, _) => fault.to_string(),
            (Stage::NotApplicable { why } | Stage::Dropped { why }, _) => why.clone(),
            (Stage::Vetoed { by, reason, .. }, _) => match reason {
                Some(reason) => format!("closed by {by}: {reason}"),
                None => format!("closed by {by}"),
            },
            (_, Some(why)) => why.in_general(),
            _ => String::new(),
        }
    }

    /// Whether nothing happens to the target any more by itself.
    pub fn is_final(&self) -> bool {
        let done = match &self.stage {
            Stage::Queued { .. } | Stage::Made { .. } | Stage::Open { .. } | Stage::Adopted { .. } => false,
            Stage::Merged { cleaned, .. } => *cleaned,
            Stage::Unchanged
            | Stage::NotApplicable { .. }
            | Stage::Failed { .. }
            | Stage::Vetoed { .. }
            | Stage::Dropped { .. } => true,
        };
        done && self.intent.is_none()
    }
}

/// One target with what is needed to decide on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetRow {
    /// The row's number.
    pub id: i64,
    /// The repository's row.
    pub repo_id: i64,
    /// The repository's forge.
    pub forge: String,
    /// Repository and directory.
    pub name: TargetName,
    /// Where it stands.
    pub stage: Stage,
    /// Why it stands there, for people.
    pub reason: String,
    /// The key of its last result.
    pub key: Option<String>,
    /// Why it waits.
    pub waiting: Option<Why>,
    /// The effect under way.
    pub intent: Option<Intent>,
    /// The last commit we pushed for it.
    pub pushed: Option<Oid>,
    /// When it last moved, in milliseconds since 1970 UTC.
    pub updated_at: i64,
}

/// Which targets to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct TargetFilter<'a> {
    /// Only those that may still move.
    pub open_only: bool,
    /// Only those at a stage, by its word.
    pub stage: Option<&'a str>,
    /// Only those that have something outside, or only those that have nothing.
    pub outside: Option<bool>,
    /// Only those with a row number above this: the last one of the page before.
    pub after: i64,
    /// At most so many.
    pub limit: u32,
}

/// How many targets stand somewhere for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The stage's word.
    pub stage: String,
    /// Why they stand there.
    pub reason: String,
    /// How many.
    pub targets: u64,
    /// One of them.
    pub example: String,
}

const SELECT: &str = "SELECT target.id, repo.id, repo.forge, repo.name, target.dir, target.detail,
    target.reason, target.key, target.waiting, target.intent, target.pushed, target.updated_at
    FROM target JOIN repo ON repo.id = target.repo ";

impl Reader {
    /// A page of a shift's targets, by row number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn targets(&self, shift: &str, filter: TargetFilter<'_>) -> Result<Vec<TargetRow>, StoreError> {
        let text = listing(
            "WHERE target.shift = $1 AND ($2 = 0 OR target.final = 0)
            AND ($3 IS NULL OR target.stage = $3) AND target.id > $4
            AND ($6 IS NULL OR $6 = CASE WHEN target.stage NOT IN ('queued', 'made') OR target.intent IS NOT NULL
                THEN 1 ELSE 0 END)
            ORDER BY target.id LIMIT $5",
        );
        let query = query(sqlx::AssertSqlSafe(text)).bind(shift).bind(filter.open_only);
        let query = query.bind(filter.stage).bind(filter.after).bind(filter.limit);
        let query = query.bind(filter.outside);
        query.fetch_all(&self.readers).await?.iter().map(read).collect()
    }

    /// The targets a shift has in one repository.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn targets_of_repo(&self, shift: &str, repo: i64) -> Result<Vec<TargetRow>, StoreError> {
        let text = listing("WHERE target.shift = $1 AND target.repo = $2 ORDER BY target.id");
        let query = query(sqlx::AssertSqlSafe(text)).bind(shift).bind(repo);
        query.fetch_all(&self.readers).await?.iter().map(read).collect()
    }

    /// How many targets stand where and why, in the order of the flow.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn counts(&self, shift: &str) -> Result<Vec<Count>, StoreError> {
        let text = "SELECT target.stage, target.reason, count(*), min(repo.name)
            FROM target JOIN repo ON repo.id = target.repo
            WHERE target.shift = $1 GROUP BY target.stage, target.reason";
        let rows = query(text).bind(shift).fetch_all(&self.readers).await?;
        let mut counts: Vec<Count> = rows
            .iter()
            .map(|row| Count {
                stage: row.get(0),
                reason: row.get(1),
                targets: row.get::<i64>(2).unsigned_abs(),
                example: row.get(3),
            })
            .collect();
        let place = |count: &Count| Stage::WORDS.iter().position(|word| *word == count.stage);
        counts.sort_by_key(|count| (place(count), std::cmp::Reverse(count.targets), count.reason.clone()));
        Ok(counts)
    }

    /// How many changes of a shift are made and not proposed, by forge.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn made_by_forge(&self, shift: &str) -> Result<Vec<(String, u32)>, StoreError> {
        let text = "SELECT repo.forge, count(*) FROM target JOIN repo ON repo.id = target.repo
            WHERE target.shift = $1 AND target.stage = 'made' GROUP BY repo.forge ORDER BY repo.forge";
        let rows = query(text).bind(shift).fetch_all(&self.readers).await?;
        let count = |row: &Row| u32::try_from(row.get::<i64>(1)).unwrap_or(u32::MAX);
        Ok(rows.iter().map(|row| (row.get(0), count(row))).collect())
    }

    /// How many changes of a shift are made and not proposed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn made_targets(&self, shift: &str) -> Result<u64, StoreError> {
        let text = "SELECT count(*) FROM target WHERE shift = $1 AND stage IN ('queued', 'made')";
        let count: i64 = query(text).bind(shift).fetch_one(&self.readers).await?.get(0);
        Ok(count.unsigned_abs())
    }

    /// How many targets of a shift may still move.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_targets(&self, shift: &str) -> Result<u64, StoreError> {
        let text = "SELECT count(*) FROM target WHERE shift = $1 AND final = 0";
        let count: i64 = query(text).bind(shift).fetch_one(&self.readers).await?.get(0);
        Ok(count.unsigned_abs())
    }

    /// How many pull requests a shift has ever opened: with one, its file cannot be exchanged.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn proposed(&self, shift: &str) -> Result<u64, StoreError> {
        let text = "SELECT count(*) FROM event WHERE shift = $1 AND what = 'pull.opened'";
        let count: i64 = query(text).bind(shift).fetch_one(&self.readers).await?.get(0);
        Ok(count.unsigned_abs())
    }
}

impl Reader {
    /// The shift that looks after a pull request, if one does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn looked_after(&self, repo: i64, pull: u64) -> Result<Option<String>, StoreError> {
        let text = "SELECT shift FROM target WHERE repo = $1 AND stage IN ('open', 'adopted')
            AND CAST(json_extract(detail, '$.pull.number') AS BIGINT) = $2";
        let number = i64::try_from(pull).unwrap_or(i64::MAX);
        let row = query(text).bind(repo).bind(number).fetch_optional(&self.readers).await?;
        Ok(row.map(|row| row.get(0)))
    }
}

fn listing(rest: &str) -> String {
    format!("{SELECT}{rest}")
}

fn read(row: &Row) -> Result<TargetRow, StoreError> {
    let json = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(TargetRow {
        id: row.get(0),
        repo_id: row.get(1),
        forge: row.get(2),
        name: TargetName { repo: row.get(3), dir: row.get(4) },
        stage: from_json("a stage", row.get(5))?,
        reason: row.get(6),
        key: row.get(7),
        waiting: json(row.get(8)).map(|text| from_json("a reason to wait", text)).transpose()?,
        intent: json(row.get(9)).map(|text| from_json("an intent", text)).transpose()?,
        pushed: json(row.get(10))
            .map(|text| text.parse().map_err(|error| StoreError::corrupt("an object name", error)))
            .transpose()?,
        updated_at: row.get(11),
    })
}

/// Adds targets; one that is there already stays as it is.
pub(crate) async fn add(tx: &mut Tx, shift: &str, targets: &[NewTarget]) -> Result<Wrote, StoreError> {
    let insert = "INSERT INTO target (shift, repo, dir, stage, detail, reason, final, updated_at)
        VALUES ($1, $2, $3, $4, $5, '', 0, $6) ON CONFLICT (shift, repo, dir) DO NOTHING";
    let queued = to_json(&Stage::NEW);
    for target in targets {
        let query = query(insert).bind(shift).bind(target.repo).bind(&target.dir);
        query.bind(Stage::NEW.word()).bind(&queued).bind(now()).execute(&mut *tx).await?;
    }
    Ok(Wrote::Done)
}

pub(crate) async fn put(tx: &mut Tx, state: &TargetState) -> Result<Wrote, StoreError> {
    let update = "UPDATE target SET stage = $2, detail = $3, reason = $4, final = $5, key = $6,
        waiting = $7, intent = $8, pushed = $9, updated_at = $10 WHERE id = $1";
    query(update)
        .bind(state.id)
        .bind(state.stage.word())
        .bind(to_json(&state.stage))
        .bind(state.reason())
        .bind(state.is_final())
        .bind(&state.key)
        .bind(state.waiting.as_ref().map(to_json))
        .bind(state.intent.as_ref().map(to_json))
        .bind(state.pushed.map(|oid| oid.to_string()))
        .bind(now())
        .execute(&mut *tx)
        .await?;
    Ok(Wrote::Done)
}

/// Puts a repository's target at a stage, whether there was one or not.
pub(crate) async fn adopt(tx: &mut Tx, shift: &str, repo: i64, stage: &Stage) -> Result<Wrote, StoreError> {
    let new = NewTarget { repo, dir: String::new() };
    add(tx, shift, std::slice::from_ref(&new)).await?;
    let find = query("SELECT id FROM target WHERE shift = $1 AND repo = $2 AND dir = ''");
    let id = find.bind(shift).bind(repo).fetch_one(&mut *tx).await?.get(0);
    let stage = stage.clone();
    put(tx, &TargetState { id, stage, key: None, waiting: None, intent: None, pushed: None }).await
}
