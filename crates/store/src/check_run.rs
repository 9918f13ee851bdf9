//! What checks said on distinct runs: whether one is to be believed is read from its history.

use fleetwright_core::Oid;
use fleetwright_core::flaky::RUNS;
use fleetwright_core::pull::Verdict;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, now, to_json};
use crate::sql::{Tx, query};

/// How many runs of a check are kept: more than are asked for, since skipped ones are among them.
const KEPT: i64 = 3 * RUNS as i64;

/// What one run of a check said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRun {
    /// The repository's row.
    pub repo: i64,
    /// The check's name.
    pub name: String,
    /// The commit it ran on.
    pub head: Oid,
    /// The forge's name for the run; empty where it has none, and then a commit has one run.
    pub run: String,
    /// What it said; one that is pending is not written.
    pub verdict: Verdict,
}

impl Reader {
    /// What a check said on its last twenty runs that were green or red, the oldest first: what
    /// [`fleetwright_core::flaky::is_flaky`] asks for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verdicts(&self, repo: i64, check: &str) -> Result<Vec<Verdict>, StoreError> {
        let text = "SELECT verdict FROM check_run WHERE repo = $1 AND name = $2
            AND verdict IN ('\"green\"', '\"red\"') ORDER BY at DESC, head DESC, run DESC LIMIT $3";
        let query = query(text).bind(repo).bind(check).bind(RUNS as i64);
        let rows = query.fetch_all(&self.readers).await?;
        rows.iter().rev().map(|row| from_json("the verdict of a check", row.get(0))).collect()
    }
}

pub(crate) async fn save(tx: &mut Tx, runs: &[CheckRun]) -> Result<Wrote, StoreError> {
    // A run that is seen again keeps its place; one that changed its verdict was run again.
    let upsert = "INSERT INTO check_run (repo, name, head, run, verdict, at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (repo, name, head, run) DO UPDATE SET verdict = $5, at = $6 WHERE check_run.verdict <> $5";
    let prune = "DELETE FROM check_run WHERE repo = $1 AND name = $2 AND at < (
        SELECT at FROM check_run WHERE repo = $1 AND name = $2 ORDER BY at DESC LIMIT 1 OFFSET $3)";
    for run in runs.iter().filter(|run| run.verdict != Verdict::Pending) {
        let put = query(upsert).bind(run.repo).bind(&run.name).bind(run.head.to_string());
        put.bind(&run.run).bind(to_json(&run.verdict)).bind(now()).execute(&mut *tx).await?;
        query(prune).bind(run.repo).bind(&run.name).bind(KEPT).execute(&mut *tx).await?;
    }
    Ok(Wrote::Done)
}
