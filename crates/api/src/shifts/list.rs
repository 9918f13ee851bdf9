//! All shifts.

use fleetwright_access::{Need, Role};
use fleetwright_engine::EngineError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::call::{At, Call, Verb};

/// Lists the shifts, the newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ShiftList")]
pub struct List {}

/// A shift in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ShiftSummary")]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Whether it may act: `planned`, `running`, `paused` or `stopped`.
    pub control: String,
    /// How many targets it has.
    pub targets: u64,
    /// How many of them are made and not yet proposed.
    pub made: u64,
    /// How many pull requests are open.
    pub open: u64,
    /// How many are merged.
    pub merged: u64,
    /// How many failed.
    pub failed: u64,
    /// When it was first planned, in milliseconds since 1970 UTC.
    pub created_at: i64,
}

impl Call for List {
    type Answer = Vec<Summary>;
    const NAME: &'static str = "shift.list";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/shifts";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "List the shifts, the newest first";

    async fn apply(self, at: &At) -> Result<Vec<Summary>, EngineError> {
        let mut told = Vec::new();
        for row in at.fleet.store.shifts().await? {
            let name = row.shift.metadata.name.clone();
            let counts = at.fleet.store.counts(&name).await?;
            let of = |stage: &str| -> u64 {
                counts.iter().filter(|count| count.stage == stage).map(|count| count.targets).sum()
            };
            told.push(Summary {
                title: row.shift.title().to_owned(),
                control: row.control.word().to_owned(),
                targets: counts.iter().map(|count| count.targets).sum(),
                made: of("made"),
                open: of("open"),
                merged: of("merged"),
                failed: of("failed"),
                created_at: row.created_at,
                name,
            });
        }
        Ok(told)
    }
}
