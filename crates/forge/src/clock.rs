//! Time as a seam: a rehearsal plays a day in a minute.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;

/// What time it is, and how to wait.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970 UTC.
    fn now(&self) -> i64;

    /// Returns at `until` (milliseconds since 1970 UTC), or at once when that has passed.
    async fn sleep_until(&self, until: i64);
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    async fn sleep_until(&self, until: i64) {
        let left = until.saturating_sub(self.now());
        tokio::time::sleep(Duration::from_millis(left.unsigned_abs() * u64::from(left > 0))).await;
    }
}
