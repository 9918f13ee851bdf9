//! Budgets: what each identity may create at a forge, shared by every process on this database.

use fleetwright_core::budget::{Admission, Budget, Caps, Lane};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, to_json};
use crate::sql::{Row, Tx, query};

/// Whose budget: an identity at a forge.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Account {
    /// The forge's name in the configuration.
    pub forge: String,
    /// Whose word requests carry, such as a login or `app:12/34`; never a secret.
    pub identity: String,
}

/// Somebody who wants to create something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// From whose budget.
    pub account: Account,
    /// What the forge publishes, lowered by the configuration.
    pub caps: Caps,
    /// How urgent it is.
    pub lane: Lane,
    /// Who asks, such as a shift's name: each asker counts its own.
    pub asker: String,
    /// How many creations wait at the asker in this lane, the one asked for among them.
    pub waiting: u32,
}

/// What went otherwise than admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setback {
    /// The forge refused the creation because of a limit.
    Refused {
        /// The lane it was admitted in.
        lane: Lane,
        /// When the forge said it may be tried again, in milliseconds since 1970 UTC.
        told: Option<i64>,
    },
    /// The creation was never sent.
    Unsent {
        /// The lane it was admitted in.
        lane: Lane,
    },
    /// Nothing may be sent for a while, without a creation having been refused.
    Blocked {
        /// Until when, in milliseconds since 1970 UTC.
        until: i64,
    },
}

impl Reader {
    /// Every budget there is, by forge and identity.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn budgets(&self) -> Result<Vec<(Account, Budget)>, StoreError> {
        let text = "SELECT forge, identity, detail FROM budget ORDER BY forge, identity";
        let rows = query(text).fetch_all(&self.readers).await?;
        let read = |row: &Row| {
            let account = Account { forge: row.get(0), identity: row.get(1) };
            Ok((account, from_json("a budget", row.get(2))?))
        };
        rows.iter().map(read).collect()
    }
}

pub(crate) async fn admit(tx: &mut Tx, ask: &Ask, now: i64) -> Result<Wrote, StoreError> {
    let mut budget = load(tx, &ask.account).await?.unwrap_or_else(|| Budget::new(ask.caps));
    budget.cap(ask.caps);
    wish(tx, ask, ask.waiting, Budget::believed(&Admission::Admit, now)).await?;
    let waiting = waiting(tx, &ask.account, now).await?;
    for lane in Lane::ALL {
        budget.wish(lane, waiting[lane as usize], now);
    }
    if ask.waiting == 0 {
        save(tx, &ask.account, &budget, now).await?;
        return Ok(Wrote::Done);
    }
    let admission = budget.admit(ask.lane, now);
    let left = ask.waiting - u32::from(admission == Admission::Admit);
    wish(tx, ask, left, Budget::believed(&admission, now)).await?;
    save(tx, &ask.account, &budget, now).await?;
    Ok(Wrote::Admission(admission))
}

pub(crate) async fn setback(
    tx: &mut Tx,
    account: &Account,
    (setback, now): (Setback, i64),
) -> Result<Wrote, StoreError> {
    // Nothing was ever admitted from a budget that is not there.
    let Some(mut budget) = load(tx, account).await? else { return Ok(Wrote::Done) };
    match setback {
        Setback::Refused { lane, told } => budget.refused(lane, told, now),
        Setback::Unsent { lane } => budget.unsent(lane),
        Setback::Blocked { until } => budget.block(until),
    }
    save(tx, account, &budget, now).await?;
    Ok(Wrote::Done)
}

async fn load(tx: &mut Tx, account: &Account) -> Result<Option<Budget>, StoreError> {
    let text = "SELECT detail FROM budget WHERE forge = $1 AND identity = $2";
    let query = query(text).bind(&account.forge).bind(&account.identity);
    let row = query.fetch_optional(&mut *tx).await?;
    row.map(|row| from_json("a budget", row.get(0))).transpose()
}

async fn save(tx: &mut Tx, account: &Account, budget: &Budget, now: i64) -> Result<(), StoreError> {
    let upsert = "INSERT INTO budget (forge, identity, detail, updated_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (forge, identity) DO UPDATE SET detail = $3, updated_at = $4";
    let query = query(upsert).bind(&account.forge).bind(&account.identity);
    query.bind(to_json(budget)).bind(now).execute(&mut *tx).await?;
    Ok(())
}

async fn wish(tx: &mut Tx, ask: &Ask, waiting: u32, until: i64) -> Result<(), StoreError> {
    let upsert = "INSERT INTO wish (forge, identity, lane, asker, waiting, believed_until)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (forge, identity, lane, asker) DO UPDATE SET waiting = $5, believed_until = $6";
    let account = &ask.account;
    let query = query(upsert).bind(&account.forge).bind(&account.identity).bind(ask.lane.word());
    query.bind(&ask.asker).bind(waiting).bind(until).execute(&mut *tx).await?;
    Ok(())
}

/// How many creations wait in each lane; whoever has gone is forgotten.
async fn waiting(tx: &mut Tx, account: &Account, now: i64) -> Result<[u32; 3], StoreError> {
    let text = "DELETE FROM wish WHERE forge = $1 AND identity = $2 AND (believed_until < $3 OR waiting = 0)";
    let gone = query(text).bind(&account.forge).bind(&account.identity).bind(now);
    gone.execute(&mut *tx).await?;
    let text = "SELECT lane, CAST(sum(waiting) AS BIGINT) FROM wish WHERE forge = $1 AND identity = $2 GROUP BY lane";
    let query = query(text).bind(&account.forge).bind(&account.identity);
    let mut sums = [0; 3];
    for row in query.fetch_all(&mut *tx).await? {
        if let Some(lane) = Lane::of(row.get(0)) {
            sums[lane as usize] = u32::try_from(row.get::<i64>(1)).unwrap_or(u32::MAX);
        }
    }
    Ok(sums)
}
