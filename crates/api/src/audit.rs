//! The audit: who asked for what, and what was done outside.

use fleetwright_access::{Need, Role};
use fleetwright_engine::EngineError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::{At, Call, Verb};
use crate::page::{Cursor, Page, page, size};
use crate::route::Route;

/// The calls about the audit.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route::of::<List>(), Route::of::<Verify>()]
}

/// Lists the rows of the audit, the oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "AuditList")]
pub struct List {
    /// Only rows above this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<i64>,
    /// How many at most, up to 1,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
}

/// A row of the audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AuditRow")]
pub struct Audited {
    /// 1, 2, 3, without a gap.
    pub id: i64,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Who: a person's name, or `fleetwright` for the machine.
    pub actor: String,
    /// What: `call.` and a call's name, or `effect.` and what is done at a forge.
    pub what: String,
    /// The shift.
    pub shift: Option<String>,
    /// The digest of the shift as it was.
    pub digest: Option<String>,
    /// The repository.
    pub repo: Option<String>,
    /// The directory within it; empty for all of it.
    pub dir: Option<String>,
    /// The intent and the facts.
    pub detail: Value,
    /// SHA-256 over the hash before and this row.
    pub hash: String,
}

impl From<fleetwright_store::Audited> for Audited {
    fn from(row: fleetwright_store::Audited) -> Audited {
        let fleetwright_store::Audited { id, at, actor, what, shift, digest, repo, dir, detail, hash } = row;
        Audited { id, at, actor, what, shift, digest, repo, dir, detail, hash }
    }
}

impl Call for List {
    type Answer = Page<Audited>;
    const NAME: &'static str = "audit.list";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/audit";
    const NEED: Need = Need::Role(Role::Operator);
    const ABOUT: &'static str = "List who asked for what, and what was done outside";

    async fn apply(self, at: &At) -> Result<Page<Audited>, EngineError> {
        let after = self.cursor.as_ref().map_or(Ok(self.after.unwrap_or(0)), Cursor::row)?;
        let limit = size(self.limit);
        let rows = at.fleet.store.audited(after, limit + 1).await?;
        let Page { items, next } = page(rows, limit, |row: &fleetwright_store::Audited| row.id);
        Ok(Page { items: items.into_iter().map(Audited::from).collect(), next })
    }
}

/// Looks at the whole audit, and says how far it holds together.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "AuditVerify")]
pub struct Verify {
    /// A hash that was noted before: a row must have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
}

/// How far the audit holds together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AuditVerified")]
pub struct Verified {
    /// How many rows hold together from the first on.
    pub rows: i64,
    /// The hash of the last of them: note it elsewhere.
    pub head: String,
    /// What is wrong with the next one; absent where all of it holds.
    pub broken: Option<String>,
}

impl Call for Verify {
    type Answer = Verified;
    const NAME: &'static str = "audit.verify";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/audit/verify";
    const NEED: Need = Need::Role(Role::Operator);
    const ABOUT: &'static str = "Say whether any row of the audit was changed or removed";

    async fn apply(self, at: &At) -> Result<Verified, EngineError> {
        let chain = at.fleet.store.chain(self.head.as_deref()).await?;
        Ok(Verified { rows: chain.rows, head: chain.head, broken: chain.broken })
    }
}
