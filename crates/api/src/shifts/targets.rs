//! The targets of a shift.

use fleetwright_access::{Need, Role};
use fleetwright_core::stage::Stage;
use fleetwright_engine::{EngineError, command};
use fleetwright_store::{TargetFilter, TargetRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::{At, Call, Verb};
use crate::page::{Cursor, Page, page, size};

/// Lists a shift's targets.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ShiftTargets")]
pub struct Targets {
    /// The shift's name.
    pub shift: String,
    /// Only those at this stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// How many at most, up to 1,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
}

/// A target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ShiftTarget")]
pub struct Target {
    /// The repository, and the directory of it as `repo:dir`.
    pub target: String,
    /// The repository.
    pub repo: String,
    /// The directory within it; empty for all of it.
    pub dir: String,
    /// The forge.
    pub forge: String,
    /// The stage's word.
    pub stage: String,
    /// Why it stands there.
    pub reason: String,
    /// What the stage knows: the pull request, the commit, the fault.
    pub detail: Value,
    /// Why it waits, if it does.
    pub waiting: Option<Value>,
    /// Whether an effect is under way whose outcome is not known yet.
    pub in_doubt: bool,
    /// When it last moved, in milliseconds since 1970 UTC.
    pub updated_at: i64,
}

impl From<&TargetRow> for Target {
    fn from(row: &TargetRow) -> Target {
        Target {
            target: row.name.to_string(),
            repo: row.name.repo.clone(),
            dir: row.name.dir.clone(),
            forge: row.forge.clone(),
            stage: row.stage.word().to_owned(),
            reason: row.reason.clone(),
            detail: serde_json::to_value(&row.stage).unwrap_or_default(),
            waiting: row.waiting.as_ref().and_then(|why| serde_json::to_value(why).ok()),
            in_doubt: row.intent.is_some(),
            updated_at: row.updated_at,
        }
    }
}

impl Call for Targets {
    type Answer = Page<Target>;
    const NAME: &'static str = "shift.targets";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/shifts/{shift}/targets";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "List a shift's targets";

    async fn apply(self, at: &At) -> Result<Page<Target>, EngineError> {
        command::known(&at.fleet, &self.shift).await?;
        let stage = self.stage.as_deref();
        if let Some(word) = stage.filter(|word| !Stage::WORDS.contains(word)) {
            let message = format!("`{word}` is not a stage\n  try: one of {}", Stage::WORDS.join(", "));
            return Err(EngineError::Usage(message));
        }
        let after = self.cursor.as_ref().map_or(Ok(0), Cursor::row)?;
        let limit = size(self.limit);
        let filter = TargetFilter { stage, after, limit: limit + 1, ..TargetFilter::default() };
        let rows = at.fleet.store.targets(&self.shift, filter).await?;
        let Page { items, next } = page(rows, limit, |row: &TargetRow| row.id);
        Ok(Page { items: items.iter().map(Target::from).collect(), next })
    }
}
