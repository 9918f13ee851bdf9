//! A pack on its way from the network to the disk.

use std::io::{self, BufReader, Read};
use std::path::Path;

use fleetwright_git::wire::{FetchAnswer, Want, fetch_request};
use fleetwright_git::{GitError, Head, Incoming, Refreshed};
use reqwest::Response;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::answer;
use super::exchange::{Exchange, Program};
use super::remote::Remote;
use crate::error::ForgeError;

/// How many pieces of an answer may wait for the disk.
const PIECES: usize = 8;

/// Why a mirror was not brought up.
pub(super) enum Failure {
    /// The forge, or the way to it.
    Forge(ForgeError),
    /// What came is refused.
    Content(GitError),
    /// What came, or was there, does not fit to the other: asked for anew it may.
    Misfit,
}

impl Failure {
    pub(super) fn into_error(self, remote: &Remote) -> ForgeError {
        match self {
            Failure::Forge(error) => error,
            Failure::Content(error) => answer::broken(remote, &error),
            Failure::Misfit => ForgeError::unknown("the mirror could not be made anew"),
        }
    }
}

/// How a mirror is opened.
type Open = fn(&Path, &Head) -> Result<Incoming, GitError>;

/// Brings a mirror up to a head.
pub(super) async fn bring(
    exchange: &Exchange,
    remote: &Remote,
    (mirror, head): (&Path, &Head),
    open: Open,
) -> Result<Refreshed, Failure> {
    let (path, at) = (mirror.to_owned(), head.clone());
    let opened = blocking(move || {
        let incoming = open(&path, &at)?;
        let want = incoming.want()?;
        Ok((incoming, want))
    });
    let (incoming, want) = opened.await?.map_err(Failure::Content)?;
    let Some(want) = want else {
        let settled = blocking(move || incoming.settle()).await?;
        // It is said to be there and is not: damage, which a new mirror heals.
        return settled.map_err(|_| Failure::Misfit);
    };
    let request = fetch_request(want).map_err(Failure::Content)?;
    let answer = exchange.ask(remote, Program::UploadPack, request).await.map_err(Failure::Forge)?;
    take(exchange, answer, incoming, want).await
}

async fn take(
    exchange: &Exchange,
    mut answer: Response,
    incoming: Incoming,
    want: Want,
) -> Result<Refreshed, Failure> {
    let (pieces, waiting) = mpsc::channel(PIECES);
    let disk = spawn_blocking(move || {
        let mut reader = BufReader::with_capacity(64 << 10, PackReader::new(waiting));
        let taken = incoming.take(&mut reader);
        (taken, reader.into_inner().failure)
    });
    let mut arrived = Ok(());
    loop {
        match exchange.chunk(&mut answer).await {
            // Nobody waits any more: the pack is whole, or refused.
            Ok(Some(piece)) => {
                if pieces.send(piece).await.is_err() {
                    break;
                }
            }
            Ok(None) => break,
            Err(error) => {
                arrived = Err(error);
                break;
            }
        }
    }
    drop(pieces);
    let (taken, failure) = disk
        .await
        .map_err(|error| Failure::Forge(ForgeError::unknown(format!("taking the pack: {error}"))))?;
    match (taken, failure) {
        (Ok(refreshed), _) => Ok(refreshed),
        (Err(_), Some(GitError::Remote { said })) => Err(Failure::Content(GitError::Remote { said })),
        (Err(_), _) if arrived.is_err() => {
            Err(Failure::Forge(arrived.err().unwrap_or(ForgeError::HeadMoved)))
        }
        (Err(_), Some(failure)) => Err(Failure::Content(failure)),
        (Err(GitError::Io { doing, path, source }), _) => {
            Err(Failure::Content(GitError::Io { doing, path, source }))
        }
        (Err(_), None) if want.have.is_some() => Err(Failure::Misfit),
        (Err(error), None) => Err(Failure::Content(error)),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let done = spawn_blocking(work).await;
    done.map_err(|error| Failure::Forge(ForgeError::unknown(format!("opening the mirror: {error}"))))
}

/// The pack within an answer whose pieces come from elsewhere.
struct PackReader<B> {
    waiting: mpsc::Receiver<B>,
    answer: FetchAnswer,
    pack: Vec<u8>,
    at: usize,
    failure: Option<GitError>,
}

impl<B: AsRef<[u8]>> PackReader<B> {
    fn new(waiting: mpsc::Receiver<B>) -> PackReader<B> {
        PackReader { waiting, answer: FetchAnswer::default(), pack: Vec::new(), at: 0, failure: None }
    }
}

impl<B: AsRef<[u8]>> Read for PackReader<B> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.pack.len() {
            if self.answer.is_over() {
                return Ok(0);
            }
            let Some(piece) = self.waiting.blocking_recv() else {
                let said = "(nothing more: its answer is cut off)".to_owned();
                self.failure = Some(GitError::Remote { said });
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            self.pack.clear();
            self.at = 0;
            if let Err(error) = self.answer.push(piece.as_ref(), &mut self.pack) {
                let told = io::Error::other(error.to_string());
                self.failure = Some(error);
                return Err(told);
            }
        }
        let rest = &self.pack[self.at..];
        let taken = rest.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&rest[..taken]);
        self.at += taken;
        Ok(taken)
    }
}
