//! Putting the catalog together.

use crate::error::EngineError;
use crate::fleet::Fleet;

/// What putting the catalog together did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Assembled {
    /// Entities in the catalog.
    pub entities: usize,
}

/// Puts the catalog together anew, if what it is made of changed.
///
/// # Errors
/// When the database fails.
pub async fn assemble(fleet: &Fleet) -> Result<Assembled, EngineError> {
    let _ = fleet;
    Ok(Assembled::default())
}
