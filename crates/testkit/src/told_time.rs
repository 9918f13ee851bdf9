//! Time that another process tells: the program waits by the clock of a rehearsal's world.
//!
//! A line with a number asks for the time to be at least that; the answer is a line with the time.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use fleetwright_forge::Clock;
use fleetwright_rehearsal::World;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The environment variable that names the address of a [`TimeServer`].
pub const CLOCK: &str = "FLEETWRIGHT_CLOCK";

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tells other processes the time of a world, and lets it pass as they wait.
pub struct TimeServer {
    /// Where it is asked.
    pub address: String,
    serving: JoinHandle<()>,
}

impl Drop for TimeServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl TimeServer {
    /// Serves a world's time on 127.0.0.1, inside a tokio runtime.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn new(world: World) -> std::io::Result<TimeServer> {
        TimeServer::wrong_by(world, 0).await
    }

    /// The same for a clock that is so many milliseconds ahead of the world's, or behind it.
    ///
    /// # Errors
    /// As [`TimeServer::new`].
    pub async fn wrong_by(world: World, ahead: i64) -> std::io::Result<TimeServer> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(tell(stream, (world.clone(), ahead)));
            }
        });
        Ok(TimeServer { address, serving })
    }
}

async fn tell(stream: tokio::net::TcpStream, (world, ahead): (World, i64)) {
    let _ = stream.set_nodelay(true);
    let (asked, mut told) = stream.into_split();
    let mut lines = tokio::io::BufReader::new(asked).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Ok(until) = line.parse::<i64>() {
            world.advance_to(until.saturating_sub(ahead));
        }
        if told.write_all(format!("{}\n", world.now() + ahead).as_bytes()).await.is_err() {
            return;
        }
    }
}

/// How long an answer is believed: whoever looks at thousands of targets asks for each.
const BELIEVED: Duration = Duration::from_millis(2);

/// The clock that a [`TimeServer`] tells. Where it can no longer be asked, the time stands still.
pub struct ToldTime {
    line: Mutex<Line>,
}

struct Line {
    stream: BufReader<TcpStream>,
    told: i64,
    at: Instant,
}

impl ToldTime {
    /// Asks at an address.
    ///
    /// # Errors
    /// When nobody is there.
    pub fn new(address: &str) -> std::io::Result<ToldTime> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let line = Line { stream: BufReader::new(stream), told: 0, at: Instant::now() };
        Ok(ToldTime { line: Mutex::new(line) })
    }

    fn ask(&self, until: i64) -> i64 {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        if line.told > until && line.at.elapsed() < BELIEVED {
            return line.told;
        }
        let mut told = String::new();
        // In one write, so that it goes out at once.
        let asked = line.stream.get_mut().write_all(format!("{until}\n").as_bytes());
        if asked.and_then(|()| line.stream.read_line(&mut told)).is_ok() {
            line.told = told.trim().parse().unwrap_or(line.told);
            line.at = Instant::now();
        }
        line.told
    }
}

#[async_trait]
impl Clock for ToldTime {
    fn now(&self) -> i64 {
        self.ask(0)
    }

    async fn sleep_until(&self, until: i64) {
        self.ask(until);
        // Whoever else is at work goes first.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
