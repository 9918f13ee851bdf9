//! Being woken when there is something to do: by a write of this process, or of another one of the same server.
//!
//! A wake can be missed, so whoever waits for one looks by itself from time to time, too.

use std::time::Duration;

use sqlx::postgres::{PgListener, PgPool};
use tokio::sync::watch;

use crate::sql::{Pool, Tx, query};

/// The name that PostgreSQL passes wakes on by.
const CHANNEL: &str = "fleetwright";

/// How long a listener waits before it tries to reach a server that is gone again.
const PAUSE: Duration = Duration::from_secs(1);

/// The words of the writes that somebody may wait for ([`crate::Write::word`]).
const WORDS: [&str; 4] = ["hear", "control", "targets", "shift"];

/// Wakes whoever waits.
pub(crate) struct Waker {
    /// `None` where the server passes wakes on, to this process too.
    here: Option<watch::Sender<u64>>,
}

/// A waker for the writer, and what it wakes.
pub(crate) fn start(readers: &Pool) -> (Waker, watch::Receiver<u64>) {
    let (sender, woken) = watch::channel(0);
    match readers {
        Pool::Sqlite(_) => (Waker { here: Some(sender) }, woken),
        Pool::Postgres(pool) => {
            tokio::spawn(listen(pool.clone(), sender));
            (Waker { here: None }, woken)
        }
    }
}

impl Waker {
    /// Before a commit: what it wakes comes with it.
    pub(crate) async fn before(&self, tx: &mut Tx, words: &[&str]) -> Result<(), sqlx::Error> {
        if self.here.is_none() && wakes(words) {
            query("SELECT pg_notify($1, '')").bind(CHANNEL).execute(&mut *tx).await?;
        }
        Ok(())
    }

    /// After it.
    pub(crate) fn after(&self, words: &[&str]) {
        if let Some(sender) = &self.here
            && wakes(words)
        {
            sender.send_modify(|count| *count += 1);
        }
    }
}

fn wakes(words: &[&str]) -> bool {
    words.iter().any(|word| WORDS.contains(word))
}

/// Passes on what the server says, until nobody waits for it any more.
async fn listen(pool: PgPool, sender: watch::Sender<u64>) {
    loop {
        tokio::select! {
            () = sender.closed() => return,
            // What was said while nobody listened is not known, so that is a wake as well.
            () = heard(&pool, &sender) => {}
        }
        sender.send_modify(|count| *count += 1);
        tokio::time::sleep(PAUSE).await;
    }
}

/// Returns when the server is gone.
async fn heard(pool: &PgPool, sender: &watch::Sender<u64>) {
    let Ok(mut listener) = PgListener::connect_with(pool).await else { return };
    if listener.listen(CHANNEL).await.is_err() {
        return;
    }
    while let Ok(Some(_)) = listener.try_recv().await {
        sender.send_modify(|count| *count += 1);
    }
}
