//! Waiting for a server that is gone to come back.

use std::time::{Duration, Instant};

/// The longest pause between two tries.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a server that is gone is waited for.
pub(crate) struct Patience {
    until: Instant,
    pause: Duration,
}

impl Patience {
    pub(crate) fn of(time: Duration) -> Patience {
        Patience { until: Instant::now() + time, pause: Duration::from_millis(50) }
    }

    /// Waits a moment, unless the time is over.
    pub(crate) async fn waits(&mut self) -> bool {
        let lasts = Instant::now() < self.until;
        if lasts {
            tokio::time::sleep(self.pause).await;
            self.pause = (2 * self.pause).min(PAUSE);
        }
        lasts
    }
}
