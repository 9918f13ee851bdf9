//! The world as one value that many may hold.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::event::Delivery;
use super::settings::Settings;
use super::state::{State, Voice};
use crate::clock::{Clock, VIRTUAL_START};
use crate::history::Counts;

/// A forge's whole state behind one lock.
#[derive(Clone)]
pub struct World {
    state: Arc<Mutex<State>>,
    clock: Arc<Clock>,
}

impl World {
    /// An empty world.
    pub fn new(settings: Settings) -> World {
        let clock = Arc::new(settings.start.map_or(Clock::Real, Clock::at));
        let state = Arc::new(Mutex::new(State::new(settings, Arc::clone(&clock))));
        World { state, clock }
    }

    /// An empty world with a virtual clock that starts at [`VIRTUAL_START`].
    pub fn in_virtual_time(settings: Settings) -> World {
        World::new(Settings { start: Some(VIRTUAL_START), ..settings })
    }

    /// The state, locked: not to be held over anything that waits.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The time, in milliseconds since 1970 UTC.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Lets everything happen that is due until `time`, in order; a virtual clock is then there.
    pub fn advance_to(&self, time: i64) {
        self.lock().advance_to(time);
    }

    /// Lets everything happen that is due by now.
    pub fn catch_up(&self) {
        let now = self.now();
        self.advance_to(now);
    }

    /// When something happens next by itself, in milliseconds since 1970 UTC.
    pub fn next_happening(&self) -> Option<i64> {
        self.lock().happenings.keys().next().map(|(at, _)| *at)
    }

    /// Takes the webhooks that went out since the last time.
    pub fn take_deliveries(&self) -> Vec<Delivery> {
        self.lock().outbox.drain(..).collect()
    }

    /// What happened, in numbers.
    pub fn counts(&self) -> Counts {
        self.lock().history.counts()
    }

    /// Lets webhooks be said in a dialect, without a server.
    pub fn speak_as(&self, voice: Arc<dyn Voice>, url: &str) {
        let mut state = self.lock();
        state.voice = Some(voice);
        url.clone_into(&mut state.url);
    }
}
