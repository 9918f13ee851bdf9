//! Questions over what is known, in CEL and in SQL, and what repositories declare.

use std::time::Duration;

use fleetwright_access::{Need, Role};
use fleetwright_engine::EngineError;
use fleetwright_engine::infra::{self, Listed};
use fleetwright_engine::query::{self, Rows, Told};
use fleetwright_infra::DeclaredKind;
use fleetwright_store::Bounds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::{At, Call, Verb};
use crate::route::Route;

/// The most rows and seconds that a question may take.
const MOST: (usize, u64) = (1_000_000, 600);

/// The calls that ask.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route::of::<Query>(), Route::of::<Infra>()]
}

/// Asks what is known: an expression of CEL over rows, or one `SELECT`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Query {
    /// The expression, or the `SELECT`.
    pub question: String,
    /// Whether it is SQL.
    #[serde(default)]
    pub sql: bool,
    /// What the expression is asked about.
    #[serde(default)]
    pub from: From,
    /// At most so many rows.
    #[serde(default = "limit")]
    pub limit: usize,
    /// At most so many seconds.
    #[serde(default = "seconds")]
    pub seconds: u64,
    /// The frozen copy that is asked; the newest when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<i64>,
}

fn limit() -> usize {
    1_000
}

fn seconds() -> u64 {
    30
}

/// The rows of a question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "QueryFrom")]
pub enum From {
    /// Entities of the catalog, as `entity`.
    #[default]
    Entity,
    /// Repositories, as `repo`.
    Repo,
    /// Declared infrastructure, as `infra`.
    Infra,
    /// What is wrong in files, as `finding`.
    Finding,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "QueryAnswer")]
pub struct Answer {
    /// The frozen copy that answered: the same question has the same answer there.
    pub snapshot: i64,
    /// The names of the columns, in order.
    pub columns: Vec<String>,
    /// The rows, each with a value per column.
    pub rows: Vec<Vec<Value>>,
    /// Whether there are more rows than were asked for.
    pub more: bool,
    /// How many rows had no answer.
    pub unanswered: usize,
    /// Why the first of them had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Call for Query {
    type Answer = Answer;
    const NAME: &'static str = "query";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/query";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "Ask what is known of the fleet, in CEL or in SQL";

    async fn apply(self, at: &At) -> Result<Answer, EngineError> {
        let fleet = &at.fleet;
        let bounds =
            Bounds { rows: self.limit.min(MOST.0), time: Duration::from_secs(self.seconds.min(MOST.1)) };
        let (frozen, told) = match self.sql {
            true => {
                let (frozen, answer) = query::sql(fleet, self.snapshot, &self.question, bounds).await?;
                (frozen, Told { asked: answer.rows.len(), answer, unanswered: None })
            }
            false => {
                let rows = match self.from {
                    From::Entity => Rows::Entity,
                    From::Repo => Rows::Repo,
                    From::Infra => Rows::Infra,
                    From::Finding => Rows::Finding,
                };
                let frozen = query::frozen(fleet, self.snapshot).await?;
                let told = query::rows(&frozen, &self.question, rows, bounds).await?;
                (frozen, told)
            }
        };
        let (unanswered, why) = told.unanswered.map_or((0, None), |(count, why)| (count, Some(why)));
        let fleetwright_store::Answer { columns, rows, more } = told.answer;
        Ok(Answer { snapshot: frozen.id, columns, rows, more, unanswered, why })
    }
}

/// Lists what repositories declare.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "InfraList")]
pub struct Infra {
    /// Names and globs of repositories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repo: Vec<String>,
    /// Formats, such as `kubernetes`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub format: Vec<String>,
    /// Kinds, such as `Deployment`, in any case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kind: Vec<String>,
    /// The owner: a reference, or the name of a group or user alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// What repositories declare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "InfraDeclared")]
pub struct Declared {
    /// How many repositories were looked at.
    pub repositories: usize,
    /// How many repositories were ever read.
    pub read: usize,
    /// What they declare, by repository and place.
    pub declared: Vec<Listed>,
}

impl Call for Infra {
    type Answer = Declared;
    const NAME: &'static str = "infra.list";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/infra";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "List what repositories declare";

    async fn apply(self, at: &At) -> Result<Declared, EngineError> {
        let formats = self.format.iter().map(|word| format(word)).collect::<Result<_, _>>()?;
        let asked = infra::Asked { repos: self.repo, formats, kinds: self.kind, owner: self.owner };
        let (declared, repositories) = infra::list(&at.fleet, &asked).await?;
        Ok(Declared { repositories, read: at.fleet.store.readings().await?.len(), declared })
    }
}

fn format(word: &str) -> Result<DeclaredKind, EngineError> {
    if let Some(found) = DeclaredKind::ALL.into_iter().find(|format| format.name() == word) {
        return Ok(found);
    }
    let names = DeclaredKind::ALL.map(|format| format.name().to_owned());
    let near = fleetwright_core::source::nearest(word, &names);
    let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    let known = names.join(", ");
    Err(EngineError::Usage(format!(
        "--format {word}: there is no such format\n  try: {near}there are {known}"
    )))
}
