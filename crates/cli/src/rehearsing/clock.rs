//! The rehearsal's time: whoever waits lets it pass at once.

use async_trait::async_trait;
use fleetwright_forge::Clock;
use fleetwright_rehearsal::World;

/// The time of a rehearsal.
pub(super) struct WorldClock(pub(super) World);

#[async_trait]
impl Clock for WorldClock {
    fn now(&self) -> i64 {
        self.0.now()
    }

    async fn sleep_until(&self, until: i64) {
        self.0.advance_to(until);
        // Answers that were on their way come in before the next thing is done.
        tokio::task::yield_now().await;
    }
}
