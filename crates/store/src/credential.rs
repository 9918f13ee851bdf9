//! What people prove themselves with: tokens, sessions, one-time links. Only digests of secrets are kept.

use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, to_json};
use crate::sql::{Row, Tx, query};

/// What a credential is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CredentialKind {
    /// Sent with every request by a program.
    Token,
    /// A browser's cookie.
    Session,
    /// Good for one sign-in.
    Link,
}

impl CredentialKind {
    /// As the database spells it.
    pub fn word(self) -> &'static str {
        match self {
            CredentialKind::Token => "token",
            CredentialKind::Session => "session",
            CredentialKind::Link => "link",
        }
    }
}

/// A credential without its secret. Times are milliseconds since 1970 UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRow {
    /// Its name, which is no secret.
    pub id: String,
    /// What it is.
    pub kind: CredentialKind,
    /// SHA-256 of its secret.
    pub hash: Vec<u8>,
    /// Whose it is.
    pub person: String,
    /// What it is for, in its maker's words.
    pub label: String,
    /// The role, as its word.
    pub role: String,
    /// The groups of the person.
    pub groups: Vec<String>,
    /// Which calls, as JSON.
    pub scope: String,
    /// By which door a session began; else empty.
    pub via: String,
    /// When it was made.
    pub created_at: i64,
    /// From when it is worth nothing.
    pub expires_at: i64,
    /// When it was last used, roughly; `None` if never.
    pub used_at: Option<i64>,
    /// When it was revoked or spent.
    pub ended_at: Option<i64>,
}

const COLUMNS: &str = "id, kind, hash, person, label, role, people_groups, scope, via, created_at, expires_at, \
    used_at, ended_at";

impl Reader {
    /// A credential by its name, whatever became of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credential(&self, id: &str) -> Result<Option<CredentialRow>, StoreError> {
        let text = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM credential WHERE id = $1"));
        let row = query(text).bind(id).fetch_optional(&self.readers).await?;
        row.as_ref().map(read).transpose()
    }

    /// Credentials of one kind that are kept, the newest first; of one person when a name is given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials(
        &self,
        kind: CredentialKind,
        person: Option<&str>,
        limit: u32,
    ) -> Result<Vec<CredentialRow>, StoreError> {
        let text = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM credential WHERE kind = $1 AND ($2 = '' OR person = $2)
            ORDER BY created_at DESC, id LIMIT $3"
        ));
        let query = query(text).bind(kind.word()).bind(person.unwrap_or_default()).bind(i64::from(limit));
        query.fetch_all(&self.readers).await?.iter().map(read).collect()
    }

    /// Whether nobody is known yet: there is no token, and nobody ever signed in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn nobody_yet(&self) -> Result<bool, StoreError> {
        let text =
            "SELECT (SELECT count(*) FROM credential WHERE kind = 'token') + (SELECT count(*) FROM person)";
        let count: i64 = query(text).fetch_one(&self.readers).await?.get(0);
        Ok(count == 0)
    }
}

fn read(row: &Row) -> Result<CredentialRow, StoreError> {
    let kind = match row.get::<&str>(1) {
        "token" => CredentialKind::Token,
        "session" => CredentialKind::Session,
        "link" => CredentialKind::Link,
        other => return Err(StoreError::corrupt("a kind of credential", other)),
    };
    Ok(CredentialRow {
        id: row.get(0),
        kind,
        hash: row.get(2),
        person: row.get(3),
        label: row.get(4),
        role: row.get(5),
        groups: from_json("groups", row.get(6))?,
        scope: row.get(7),
        via: row.get(8),
        created_at: row.get(9),
        expires_at: row.get(10),
        used_at: row.get(11),
        ended_at: row.get(12),
    })
}

/// A new one; its name is random, and one that is there already is an error.
pub(crate) async fn save(tx: &mut Tx, row: &CredentialRow) -> Result<Wrote, StoreError> {
    let text =
        "INSERT INTO credential (id, kind, hash, person, label, role, people_groups, scope, via, created_at,
        expires_at, used_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let query = query(text).bind(&row.id).bind(row.kind.word()).bind(row.hash.as_slice()).bind(&row.person);
    let query = query.bind(&row.label).bind(&row.role).bind(to_json(&row.groups)).bind(&row.scope);
    let query = query.bind(&row.via).bind(row.created_at).bind(row.expires_at);
    query.bind(row.used_at).bind(row.ended_at).execute(&mut *tx).await?;
    Ok(Wrote::Done)
}

/// It was used; a use that is older than a known one changes nothing.
pub(crate) async fn used(tx: &mut Tx, id: &str, at: i64) -> Result<Wrote, StoreError> {
    let text = "UPDATE credential SET used_at = $2 WHERE id = $1 AND (used_at IS NULL OR used_at < $2)";
    query(text).bind(id).bind(at).execute(&mut *tx).await?;
    Ok(Wrote::Done)
}

/// It is worth nothing any more. Whoever ends it first is told so, and nobody after.
pub(crate) async fn end(tx: &mut Tx, id: &str, at: i64) -> Result<Wrote, StoreError> {
    let text = "UPDATE credential SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    let done = query(text).bind(id).bind(at).execute(&mut *tx).await?;
    Ok(Wrote::Ended(done == 1))
}

/// Sessions and links that expired before this time need not be known any more.
pub(crate) async fn forget(tx: &mut Tx, before: i64) -> Result<Wrote, StoreError> {
    let text = "DELETE FROM credential WHERE kind <> 'token' AND expires_at < $1";
    query(text).bind(before).execute(&mut *tx).await?;
    Ok(Wrote::Done)
}
