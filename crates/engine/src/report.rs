//! What a person is shown of a shift: counts, clusters, and the reason for each target.

use fleetwright_core::gate::{Gate, gates};
use fleetwright_core::stage::Stage;
use fleetwright_store::{ClusterRow, Count, TargetRow};
use serde::Serialize;

use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::forecast::Forecast;

/// Where a shift stands.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Its name.
    pub shift: String,
    /// Its title.
    pub title: String,
    /// Whether it may act.
    pub control: String,
    /// Who is working on it now.
    pub holder: Option<String>,
    /// How many targets it has.
    pub targets: u64,
    /// How many of them stand where and why.
    pub counts: Vec<Count>,
    /// The rules that left repositories out, and how many each.
    pub left_out: Vec<LeftOut>,
    /// How the budgets of its forges stand, where it still has pull requests to open.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<Forecast>,
}

/// A rule that left repositories out.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// The rule, in words.
    pub reason: String,
    /// How many repositories it left out.
    pub repositories: u64,
}

/// One cluster of identical changes.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cluster {
    /// The digest of the normal form.
    pub digest: String,
    /// The targets that change alike.
    pub targets: Vec<String>,
    /// The diff of the first of them.
    pub example: String,
}

/// Why a target, or a repository that is none, stands where it stands.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explained {
    /// The target, or the repository.
    pub target: String,
    /// Why, in one line.
    pub why: String,
    /// The gates before its merge, while its pull request is open and was looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// When the forge last showed something new of it, in milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<i64>,
}

impl Explained {
    fn plain(target: String, why: String) -> Explained {
        Explained { target, why, gates: Vec::new(), seen_at: None }
    }
}

impl Fleet {
    /// Where a shift stands.
    ///
    /// # Errors
    /// When there is no such shift or the database fails.
    pub async fn status(&self, shift: &str) -> Result<Status, EngineError> {
        let row = crate::command::known(self, shift).await?;
        let counts = self.store.counts(shift).await?;
        let left_out = self.store.left_out(shift).await?.into_iter();
        Ok(Status {
            shift: shift.to_owned(),
            title: row.shift.title().to_owned(),
            control: row.control.word().to_owned(),
            holder: self.store.holder(&format!("shift:{shift}")).await?,
            targets: counts.iter().map(|count| count.targets).sum(),
            counts,
            left_out: left_out.map(|(reason, repositories)| LeftOut { reason, repositories }).collect(),
            budgets: self.forecast(shift).await?,
        })
    }

    /// The clusters of a shift's changes, the largest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clusters(&self, shift: &str) -> Result<Vec<Cluster>, EngineError> {
        let mut clusters: Vec<Cluster> = Vec::new();
        for ClusterRow { cluster, target, key } in self.store.clusters(shift).await? {
            match clusters.last_mut() {
                Some(last) if last.digest == cluster => last.targets.push(target.to_string()),
                _ => {
                    let patch =
                        self.store.change(&key).await?.and_then(|change| change.patch).unwrap_or_default();
                    let example = String::from_utf8_lossy(&patch).into_owned();
                    clusters.push(Cluster { digest: cluster, targets: vec![target.to_string()], example });
                }
            }
        }
        clusters.sort_by(|a, b| b.targets.len().cmp(&a.targets.len()).then(a.targets.cmp(&b.targets)));
        Ok(clusters)
    }

    /// Why a repository stands where it stands in a shift: one answer for each of its targets, or
    /// one for the rule that left it out.
    ///
    /// # Errors
    /// When there is no such shift or repository, or the database fails.
    pub async fn why(&self, shift: &str, repo: &str) -> Result<Vec<Explained>, EngineError> {
        let shift_row = crate::command::known(self, shift).await?;
        let (repo, dir) = repo.split_once(':').map_or((repo, None), |(repo, dir)| (repo, Some(dir)));
        let row = self.repo(repo).await?;
        let Some(selection) = self.store.selection(shift, row.id).await? else {
            let why = "not in scope: it was not there when the shift was last planned".to_owned();
            return Ok(vec![Explained::plain(row.name, why)]);
        };
        if !selection.selected {
            return Ok(vec![Explained::plain(row.name, format!("left out: {}", selection.reason))]);
        }
        let mut told = Vec::new();
        for target in self.store.targets_of_repo(shift, row.id).await? {
            if dir.is_some_and(|dir| target.name.dir != dir) {
                continue;
            }
            let why = format!("selected: {}; {}", selection.reason, standing(&target));
            let mut explained = Explained::plain(target.name.to_string(), why);
            if let (Stage::Open { head, told, .. }, Some(shown)) =
                (&target.stage, self.store.seen(target.id).await?)
            {
                let mut terms = self.terms(&shift_row, shift_row.control, Some(&row.facts));
                terms.consent = self.consent(&shift_row).await;
                explained.gates = gates((*head, told), &shown.seen, &terms);
                explained.seen_at = Some(shown.at);
            }
            told.push(explained);
        }
        Ok(told)
    }
}

/// Where a target stands, in words.
pub fn standing(target: &TargetRow) -> String {
    let words = match &target.stage {
        Stage::Queued { .. } => "queued".to_owned(),
        Stage::Unchanged => "unchanged: the steps left every byte as it was".to_owned(),
        Stage::NotApplicable { .. } => "not applicable".to_owned(),
        Stage::Made { .. } => "the change is made".to_owned(),
        Stage::Open { pull, .. } => format!("pull request {} is open", pull.number),
        Stage::Adopted { pull, .. } => {
            format!("pull request {} of somebody else is looked after", pull.number)
        }
        Stage::Merged { merged, .. } => {
            format!("pull request {} is merged as {}", merged.pull.number, merged.commit.short())
        }
        Stage::Failed { .. } => "failed".to_owned(),
        Stage::Vetoed { pull, .. } => format!("pull request {} was closed by a person", pull.number),
        Stage::Dropped { .. } => "dropped".to_owned(),
    };
    match (target.intent.is_some(), target.reason.as_str()) {
        (true, _) => format!("{words}; an effect is in doubt, the forge is asked first"),
        (false, "") => words,
        (false, reason) => format!("{words}: {reason}"),
    }
}
