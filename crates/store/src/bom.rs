//! Bills of materials: who uses their packages, and who stood where since when.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, to_json};

/// A package that is declared somewhere, in a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BomUse {
    /// The repository's row.
    pub repo: i64,
    /// The file.
    pub path: String,
    /// The position of the package among those that were asked for.
    pub package: usize,
    /// The version; empty where it cannot be told.
    pub version: String,
    /// The positions of the manifests it is reached from, where one lockfile is that of several.
    pub members: Vec<u32>,
}

/// When the users of a bill of materials were looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BomSeen {
    /// The digest of what everybody's standing depends on beside the repositories.
    pub digest: String,
    /// The version of what was read, as of [`Reader::catalog_version`].
    pub version: i64,
    /// When they were first looked at, in milliseconds since 1970 UTC.
    pub first_at: i64,
    /// When they were last looked at, in milliseconds since 1970 UTC.
    pub at: i64,
}

/// Somebody stood somewhere for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BomStay {
    /// Who, and where.
    pub user: BomUser,
    /// Since when, in milliseconds since 1970 UTC.
    pub since: i64,
    /// Until when; `None` while it is still so.
    pub until: Option<i64>,
}

/// A user of a bill of materials, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BomUser {
    /// The repository's row.
    pub repo: i64,
    /// The component's reference; empty for what of the repository is no component's.
    pub component: String,
    /// `on`, `behind` or `untold`.
    pub standing: String,
    /// The release it is on; empty where it is on none.
    pub release: String,
}

/// Users of a bill of materials as they were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BomLook {
    /// The bill of materials.
    pub name: String,
    /// The digest of what everybody's standing depends on beside the repositories.
    pub digest: String,
    /// The version of what was read.
    pub version: i64,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// The repositories that were looked at; `None` for all.
    pub among: Option<BTreeSet<i64>>,
    /// Every user there; who is not among them is none any more.
    pub users: Vec<BomUser>,
}

impl Reader {
    /// Where these packages (ecosystem and name) are declared; in these repositories, or in all. What only sets
    /// versions for others, and what is a part of the repository itself, does not count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bom_uses(
        &self,
        packages: &[(&str, &str)],
        among: Option<&BTreeSet<i64>>,
    ) -> Result<Vec<BomUse>, StoreError> {
        // The order of the joins is the order of the search: by package over the whole fleet, or by repository.
        let from = match among {
            None => {
                "FROM json_each($1) j
                CROSS JOIN package p ON p.ecosystem = j.value ->> 0 AND p.name = j.value ->> 1
                CROSS JOIN dependency d ON d.package = p.id
                CROSS JOIN dependency_file f ON f.id = d.file"
            }
            Some(_) => {
                "FROM json_each($2) r
                CROSS JOIN dependency_file f ON f.repo = r.value
                CROSS JOIN dependency d ON d.file = f.id
                CROSS JOIN package p ON p.id = d.package
                JOIN json_each($1) j ON p.ecosystem = j.value ->> 0 AND p.name = j.value ->> 1"
            }
        };
        let text = sqlx::AssertSqlSafe(format!(
            "SELECT f.repo, f.path, j.key, d.version, d.members {from}
            WHERE d.direct = 1 AND d.scope NOT IN ('managed', 'own')"
        ));
        let query = sqlx::query(text).bind(to_json(&packages));
        let query = if let Some(among) = among { query.bind(to_json(among)) } else { query };
        query.fetch_all(&self.readers).await?.iter().map(used).collect()
    }

    /// When the users of a bill of materials were looked at; `None` before they ever were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bom_seen(&self, name: &str) -> Result<Option<BomSeen>, StoreError> {
        let text = "SELECT digest, version, first_at, at FROM bom WHERE name = $1";
        let row = sqlx::query(text).bind(name).fetch_optional(&self.readers).await?;
        let seen = |row: SqliteRow| BomSeen {
            digest: row.get(0),
            version: row.get(1),
            first_at: row.get(2),
            at: row.get(3),
        };
        Ok(row.map(seen))
    }

    /// Who stood where, and since when: by repository, component and time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bom_stays(&self, name: &str) -> Result<Vec<BomStay>, StoreError> {
        let text = "SELECT repo, component, standing, release, since, until FROM bom_stay WHERE bom = $1
            ORDER BY repo, component, since";
        let rows = sqlx::query(text).bind(name).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(stay).collect())
    }
}

fn used(row: &SqliteRow) -> Result<BomUse, StoreError> {
    let package: i64 = row.get(2);
    let members: &str = row.get(4);
    Ok(BomUse {
        repo: row.get(0),
        path: row.get(1),
        package: usize::try_from(package).unwrap_or(usize::MAX),
        version: row.get(3),
        members: match members {
            "[]" => Vec::new(),
            some => from_json("the manifests of a dependency", some.to_owned())?,
        },
    })
}

fn stay(row: &SqliteRow) -> BomStay {
    let user = BomUser { repo: row.get(0), component: row.get(1), standing: row.get(2), release: row.get(3) };
    BomStay { user, since: row.get(4), until: row.get(5) }
}

/// Takes in what was found: who stands elsewhere than before begins anew there, and who is gone ends.
pub(crate) async fn save(tx: &mut Transaction<'_, Sqlite>, look: &BomLook) -> Result<Wrote, StoreError> {
    let seen = "INSERT INTO bom (name, digest, version, first_at, at) VALUES ($1, $2, $3, $4, $4)
        ON CONFLICT (name) DO UPDATE SET digest = $2, version = $3, at = $4";
    let query = sqlx::query(seen).bind(&look.name).bind(&look.digest).bind(look.version);
    query.bind(look.at).execute(&mut **tx).await?;
    // Who is no longer read at all is gone, whoever was looked at.
    let open = "SELECT repo, component, standing, release, since, until FROM bom_stay
        WHERE bom = $1 AND until IS NULL AND ($2 IS NULL OR repo IN (SELECT value FROM json_each($2))
            OR repo NOT IN (SELECT repo FROM reading))";
    let among = look.among.as_ref().map(to_json);
    let rows = sqlx::query(open).bind(&look.name).bind(among).fetch_all(&mut **tx).await?;
    let mut before: BTreeMap<(i64, String), BomUser> = rows
        .iter()
        .map(|row| stay(row).user)
        .map(|user| ((user.repo, user.component.clone()), user))
        .collect();
    for user in &look.users {
        let old = before.remove(&(user.repo, user.component.clone()));
        if old.as_ref() == Some(user) {
            continue;
        }
        if let Some(old) = old {
            end(tx, look, &old).await?;
        }
        begin(tx, look, user).await?;
    }
    for gone in before.into_values() {
        end(tx, look, &gone).await?;
    }
    Ok(Wrote::Done)
}

async fn end(tx: &mut Transaction<'_, Sqlite>, look: &BomLook, user: &BomUser) -> Result<(), StoreError> {
    let text = "UPDATE bom_stay SET until = $4
        WHERE bom = $1 AND repo = $2 AND component = $3 AND until IS NULL";
    let query = sqlx::query(text).bind(&look.name).bind(user.repo).bind(&user.component);
    query.bind(look.at).execute(&mut **tx).await?;
    Ok(())
}

/// What began and ended within the same millisecond is replaced: it was nothing.
async fn begin(tx: &mut Transaction<'_, Sqlite>, look: &BomLook, user: &BomUser) -> Result<(), StoreError> {
    let text = "INSERT OR REPLACE INTO bom_stay (bom, repo, component, since, until, standing, release)
        VALUES ($1, $2, $3, $4, NULL, $5, $6)";
    let query = sqlx::query(text).bind(&look.name).bind(user.repo).bind(&user.component).bind(look.at);
    query.bind(&user.standing).bind(&user.release).execute(&mut **tx).await?;
    Ok(())
}
