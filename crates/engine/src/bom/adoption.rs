//! How the releases of a bill of materials were adopted.

use fleetwright_bom::{Bom, Curve, Stay, curve};

use super::users::standing;
use crate::error::EngineError;
use crate::fleet::Fleet;

/// How the releases were adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    /// When users were first looked at, in milliseconds since 1970 UTC.
    pub first_at: i64,
    /// When they were last looked at.
    pub at: i64,
    /// The releases, the oldest first.
    pub releases: Vec<ReleaseCurve>,
}

/// How one release was adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseCurve {
    /// Its version.
    pub version: String,
    /// When it was released, in milliseconds since 1970 UTC.
    pub released: i64,
    /// Users at it or beyond.
    pub curve: Curve,
}

/// What was remembered of the users of a bill of materials.
///
/// # Errors
/// When they were never looked at, or the database fails.
pub async fn adoption(fleet: &Fleet, bom: &Bom) -> Result<Adoption, EngineError> {
    let Some(seen) = fleet.store.bom_seen(&bom.name).await? else {
        let folder = fleet.config.boms.display();
        return Err(EngineError::Usage(format!(
            "who is on `{}` was never looked at\n  try: put its file into {folder}, then `fleetwright repo sync`",
            bom.name
        )));
    };
    let stays = fleet.store.bom_stays(&bom.name).await?.into_iter().map(|stay| Stay {
        standing: standing(bom, &stay.user.standing, &stay.user.release),
        since: stay.since,
        until: stay.until,
    });
    let stays: Vec<Stay> = stays.collect();
    let releases = bom.releases.iter().enumerate().map(|(at, release)| ReleaseCurve {
        version: release.version.clone(),
        released: release.released,
        curve: curve(&stays, at, release.released),
    });
    Ok(Adoption { first_at: seen.first_at, at: seen.at, releases: releases.collect() })
}
