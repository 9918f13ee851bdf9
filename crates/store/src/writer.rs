//! The one writer: commits whatever is waiting as one transaction.
//!
//! While one commit waits for the disk, the next writes gather; a hundred targets in flight cost
//! a few syncs, not a hundred. Nobody is told before their write is on disk.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::error::StoreError;
use crate::lease::Lease;
use crate::row::Wrote;
use crate::sql::{Patience, Pool, Tx};
use crate::wake::Waker;
use crate::witness::{Place, Witness};
use crate::write::Write;

/// The most writes one transaction takes in, so that nobody waits long.
const GROUP: usize = 512;

/// How long writes wait for a server that is gone to come back.
const PATIENCE: Duration = Duration::from_secs(60);

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

/// What writes: one at a time.
struct Hand {
    pool: Pool,
    witness: Arc<dyn Witness>,
    waker: Waker,
}

impl Writer {
    pub(crate) fn start(pool: Pool, witness: Arc<dyn Witness>, waker: Waker) -> Writer {
        let (letters, inbox) = mpsc::channel(4 * GROUP);
        tokio::spawn(run(Hand { pool, witness, waker }, inbox));
        Writer { letters }
    }

    pub(crate) async fn write(&self, writes: Vec<Write>, lease: Option<Lease>) -> Result<Wrote, StoreError> {
        let (reply, answer) = oneshot::channel();
        let letter = Letter { writes, lease, reply };
        self.letters.send(letter).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

async fn run(hand: Hand, mut inbox: mpsc::Receiver<Letter>) {
    let mut group = Vec::with_capacity(GROUP);
    while inbox.recv_many(&mut group, GROUP).await > 0 {
        let letters = std::mem::take(&mut group);
        let answers = hand.write(&letters).await;
        for (letter, answer) in letters.into_iter().zip(answers) {
            // Whoever asked may be gone; what was written stays written.
            let _ = letter.reply.send(answer);
        }
    }
}

type Answers = Vec<Result<Wrote, StoreError>>;

impl Hand {
    /// Writes a group. When the group fails as a whole, each letter is tried alone, so that one bad
    /// write costs nobody else theirs.
    async fn write(&self, letters: &[Letter]) -> Answers {
        let mut answers = Vec::with_capacity(letters.len());
        match self.patiently(letters).await {
            Ok(answers) => return answers,
            Err(error) if letters.len() == 1 => answers.push(Err(error)),
            Err(error) => {
                let mut of_all = error.of_all();
                for letter in letters {
                    let answer = match &of_all {
                        Some(error) => Err(error.of_all().unwrap_or(StoreError::Closed)),
                        None => self.alone(letter).await,
                    };
                    // When the server goes meanwhile, the next ones need not wait for it, too.
                    of_all = of_all.or_else(|| answer.as_ref().err()?.of_all());
                    answers.push(answer);
                }
            }
        }
        answers
    }

    async fn alone(&self, letter: &Letter) -> Result<Wrote, StoreError> {
        self.patiently(std::slice::from_ref(letter)).await?.pop().unwrap_or(Err(StoreError::Closed))
    }

    /// Begins again while the server is gone: nothing was written then.
    async fn patiently(&self, letters: &[Letter]) -> Result<Answers, StoreError> {
        let mut patience = Patience::of(PATIENCE);
        loop {
            match self.transaction(letters).await {
                Err(StoreError::Unreachable(_)) if patience.waits().await => {}
                answer => return answer,
            }
        }
    }

    async fn transaction(&self, letters: &[Letter]) -> Result<Answers, StoreError> {
        let mut tx = self.pool.begin().await?;
        let mut answers = Vec::with_capacity(letters.len());
        let mut words = Vec::new();
        for letter in letters {
            answers.push(apply(&mut tx, letter, &mut words).await?);
        }
        words.sort_unstable();
        words.dedup();
        self.waker.before(&mut tx, &words).await?;
        self.witness.commit(Place::Before, &words).map_err(StoreError::AnswerLost)?;
        tx.commit().await.map_err(|error| match StoreError::from(error) {
            // It may have been written, and the answer did not arrive.
            StoreError::Unreachable(why) => StoreError::AnswerLost(why),
            other => other,
        })?;
        self.waker.after(&words);
        self.witness.commit(Place::After, &words).map_err(StoreError::AnswerLost)?;
        Ok(answers)
    }
}

/// Writes one letter; a lost lease refuses the letter, not the group.
async fn apply(
    tx: &mut Tx,
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
