//! Who asks for something.

use std::sync::Arc;

use fleetwright_runner::Cancel;

use crate::progress::Progress;

/// Who asks, who is told, and how to interrupt.
#[derive(Clone)]
pub struct Caller {
    /// The person's name.
    pub by: String,
    /// Who is told what happens.
    pub progress: Arc<dyn Progress>,
    /// Raised when the program is interrupted.
    pub interrupt: Cancel,
}
