//! What is known in a drive of the limits of forges.

use std::collections::HashMap;
use std::sync::Mutex;

/// What is known of limits in this drive.
#[derive(Debug, Default)]
pub(crate) struct Room {
    /// Until when nothing is sent, by forge; milliseconds since 1970 UTC.
    pub(crate) closed: Mutex<HashMap<String, i64>>,
}
