//! The one writer: commits whatever is waiting as one transaction.
//!
//! While one commit waits for the disk, the next writes gather; a hundred targets in flight cost
//! a few syncs, not a hundred. Nobody is told before their write is on disk.

use std::sync::Arc;

use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, Transaction};
use tokio::sync::{mpsc, oneshot};

use crate::error::StoreError;
use crate::lease::Lease;
use crate::row::Wrote;
use crate::witness::{Place, Witness};
use crate::write::Write;

/// The most writes one transaction takes in, so that nobody waits long.
const GROUP: usize = 512;

/// What is to be written together or not at all.
struct Letter {
    writes: Vec<Write>,
    lease: Option<Lease>,
    reply: oneshot::Sender<Result<Wrote, StoreError>>,
}

/// The sending side of the writer.
#[derive(Clone)]
pub(crate) struct Writer {
    letters: mpsc::Sender<Letter>,
}

impl Writer {
    pub(crate) fn start(pool: SqlitePool, witness: Arc<dyn Witness>) -> Writer {
        let (letters, inbox) = mpsc::channel(4 * GROUP);
        tokio::spawn(run(pool, witness, inbox));
        Writer { letters }
    }

    pub(crate) async fn write(&self, writes: Vec<Write>, lease: Option<Lease>) -> Result<Wrote, StoreError> {
        let (reply, answer) = oneshot::channel();
        let letter = Letter { writes, lease, reply };
        self.letters.send(letter).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

async fn run(pool: SqlitePool, witness: Arc<dyn Witness>, mut inbox: mpsc::Receiver<Letter>) {
    let mut group = Vec::with_capacity(GROUP);
    while inbox.recv_many(&mut group, GROUP).await > 0 {
        let mut letters = std::mem::take(&mut group);
        let answers = commit(&pool, witness.as_ref(), &mut letters).await;
        for (letter, answer) in letters.into_iter().zip(answers) {
            // Whoever asked may be gone; what was written stays written.
            let _ = letter.reply.send(answer);
        }
    }
}

type Answers = Vec<Result<Wrote, StoreError>>;

/// Writes a group. When the group fails as a whole, each letter is tried alone, so that one bad
/// write costs nobody else theirs.
async fn commit(pool: &SqlitePool, witness: &dyn Witness, letters: &mut [Letter]) -> Answers {
    match transaction(pool, witness, letters).await {
        Ok(answers) => answers,
        Err(error) if letters.len() == 1 || matches!(error, StoreError::AnswerLost(_)) => {
            let text = error.to_string();
            let again = || match &error {
                StoreError::AnswerLost(why) => StoreError::AnswerLost(why.clone()),
                _ => StoreError::Database(sqlx::Error::Protocol(text.clone())),
            };
            let mut answers: Answers = letters.iter().skip(1).map(|_| Err(again())).collect();
            answers.insert(0, Err(error));
            answers
        }
        Err(_) => {
            let mut answers = Vec::with_capacity(letters.len());
            for letter in letters {
                let alone = transaction(pool, witness, std::slice::from_mut(letter)).await;
                answers.push(alone.and_then(|mut one| one.pop().unwrap_or(Err(StoreError::Closed))));
            }
            answers
        }
    }
}

async fn transaction(
    pool: &SqlitePool,
    witness: &dyn Witness,
    letters: &mut [Letter],
) -> Result<Answers, StoreError> {
    // IMMEDIATE: a deferred transaction that turns into a writer can be refused half-way.
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    let mut answers = Vec::with_capacity(letters.len());
    let mut words = Vec::new();
    for letter in letters.iter_mut() {
        answers.push(apply(&mut tx, letter, &mut words).await?);
    }
    let lost = |why: String| StoreError::AnswerLost(why);
    words.sort_unstable();
    words.dedup();
    witness.commit(Place::Before, &words).map_err(lost)?;
    tx.commit().await?;
    witness.commit(Place::After, &words).map_err(lost)?;
    Ok(answers)
}

/// Writes one letter; a lost lease refuses the letter, not the group.
async fn apply(
    tx: &mut Transaction<'_, Sqlite>,
    letter: &Letter,
    words: &mut Vec<&'static str>,
) -> Result<Result<Wrote, StoreError>, StoreError> {
    if let Some(lease) = &letter.lease
        && !lease.holds(tx).await?
    {
        return Ok(Err(StoreError::LeaseLost { name: lease.name.clone() }));
    }
    let mut wrote = Wrote::Done;
    for write in &letter.writes {
        words.push(write.word());
        match write.apply(tx).await {
            Ok(answer) => wrote = answer,
            Err(error @ StoreError::Leased { .. }) => return Ok(Err(error)),
            Err(error) => return Err(error),
        }
    }
    Ok(Ok(wrote))
}
