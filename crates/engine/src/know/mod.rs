//! Knowing the fleet: what repositories hold is read, and the catalog is put together from it.

mod asking;
mod assemble;
mod beside;
mod due;
mod fetched;
mod followed;
mod following;
mod ingest;
mod known;
mod made;
mod mirrored;
mod pages;
mod partial;
mod parts;
mod places;
mod published;
mod resources;
mod teams;

use crate::bom;
use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::progress::Progress;

pub use assemble::{Assembled, assemble, catalog, wrong_beside};
pub use fetched::{Reach, fetch};
pub use ingest::{Ingested, ingest};
pub(crate) use ingest::{damage_mark, search_name};
pub(crate) use known::{Known, Owned};
pub(crate) use published::Elsewhere;
pub use published::Poms;

/// Reads what moved since the last time, fetches what Locations name by address, puts the catalog together, and
/// remembers who is on which release of the bills of materials.
///
/// # Errors
/// When the database or the index fails.
pub async fn know(fleet: &Fleet, progress: &dyn Progress) -> Result<(Ingested, Assembled), EngineError> {
    let ingested = ingest(fleet, progress).await?;
    fetch(fleet, &Reach::default(), progress).await?;
    let assembled = assemble(fleet).await?;
    bom::record(fleet, progress).await?;
    Ok((ingested, assembled))
}
