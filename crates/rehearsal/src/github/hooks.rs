//! Webhooks as GitHub posts them.

use crate::world::{Event, Payload, State};

/// What is posted for an event.
pub(super) fn payloads(_: &State, _: &Event) -> Vec<Payload> {
    Vec::new()
}
