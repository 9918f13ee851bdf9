//! Bills of materials: who uses their packages, and who stood where since when.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, to_json};
use crate::sql::{Row, Tx, query};

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
                "FROM json_each($1) j CROSS JOIN package p CROSS JOIN dependency d CROSS JOIN dependency_file f
                WHERE p.ecosystem = j.value ->> 0 AND p.name = j.value ->> 1 AND d.package = p.id AND f.id = d.file"
            }
            Some(_) => {
                "FROM json_each($2) r CROSS JOIN dependency_file f CROSS JOIN dependency d CROSS JOIN package p
                JOIN json_each($1) j ON p.ecosystem = j.value ->> 0 AND p.name = j.value ->> 1
                WHERE f.repo = r.value AND d.file = f.id AND p.id = d.package"
            }
        };
        let text = sqlx::AssertSqlSafe(format!(
            "SELECT f.repo, f.path, j.key, d.version, d.members {from}
            AND d.direct = 1 AND d.scope NOT IN ('managed', 'own')"
        ));
        let query = query(text).bind(to_json(&packages));
        let query = if let Some(among) = among { query.bind(among) } else { query };
        query.fetch_all(&self.readers).await?.iter().map(used).collect()
    }

    /// When the users of a bill of materials were looked at; `None` before they ever were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bom_seen(&self, name: &str) -> Result<Option<BomSeen>, StoreError> {
        let text = "SELECT digest, version, first_at, at FROM bom WHERE name = $1";
        let row = query(text).bind(name).fetch_optional(&self.readers).await?;
        let seen = |row: Row| BomSeen {
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
        let rows = query(text).bind(name).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(stay).collect())
    }
}

fn used(row: &Row) -> Result<BomUse, StoreError> {
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

fn stay(row: &Row) -> BomStay {
    let user = BomUser { repo: row.get(0), component: row.get(1), standing: row.get(2), release: row.get(3) };
    BomStay { user, since: row.get(4), until: row.get(5) }
}

/// Takes in what was found: who stands elsewhere than before begins anew there, and who is gone ends.
pub(crate) async fn save(tx: &mut Tx, look: &BomLook) -> Result<Wrote, StoreError> {
    let seen = "INSERT INTO bom (name, digest, version, first_at, at) VALUES ($1, $2, $3, $4, $4)
        ON CONFLICT (name) DO UPDATE SET digest = $2, version = $3, at = $4";
    let seen = query(seen).bind(&look.name).bind(&look.digest).bind(look.version);
    seen.bind(look.at).execute(&mut *tx).await?;
    // Who is no longer read at all is gone, whoever was looked at.
    let open = "SELECT repo, component, standing, release, since, until FROM bom_stay
        WHERE bom = $1 AND until IS NULL AND ($2 IS NULL OR repo IN (SELECT value FROM json_each($2))
            OR repo NOT IN (SELECT repo FROM reading))";
    let rows = query(open).bind(&look.name).bind(look.among.as_ref()).fetch_all(&mut *tx).await?;
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

async fn end(tx: &mut Tx, look: &BomLook, user: &BomUser) -> Result<(), StoreError> {
    let text = "UPDATE bom_stay SET until = $4
        WHERE bom = $1 AND repo = $2 AND component = $3 AND until IS NULL";
    let query = query(text).bind(&look.name).bind(user.repo).bind(&user.component);
    query.bind(look.at).execute(&mut *tx).await?;
    Ok(())
}

/// What began and ended within the same millisecond is replaced: it was nothing.
async fn begin(tx: &mut Tx, look: &BomLook, user: &BomUser) -> Result<(), StoreError> {
    let text = "INSERT INTO bom_stay (bom, repo, component, since, until, standing, release)
        VALUES ($1, $2, $3, $4, NULL, $5, $6)
        ON CONFLICT (bom, repo, component, since) DO UPDATE SET until = NULL, standing = $5, release = $6";
    let query = query(text).bind(&look.name).bind(user.repo).bind(&user.component).bind(look.at);
    query.bind(&user.standing).bind(&user.release).execute(&mut *tx).await?;
    Ok(())
}
