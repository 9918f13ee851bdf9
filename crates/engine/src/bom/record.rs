//! Remembering who stood where: after everything else was read.

use std::collections::BTreeSet;

use fleetwright_bom::{Bom, Ruler};
use fleetwright_store::{BomLook, BomUser, Write};

use super::shelf::shelf;
use super::users::{told, users};
use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::progress::Progress;

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Looks at the users of every bill of materials: at those in repositories that moved since the last time, and at
/// all once a day, and when the file or an override is another. A file that is wrong is told, and stops nothing.
///
/// # Errors
/// When the database fails.
pub(crate) async fn record(fleet: &Fleet, progress: &dyn Progress) -> Result<(), EngineError> {
    let shelf = match shelf(fleet) {
        Ok(shelf) => shelf,
        Err(error) => {
            progress.note(&format!("bills of materials are not followed: {error}"));
            return Ok(());
        }
    };
    for broken in &shelf.broken {
        progress.note(&format!("a bill of materials is not followed: {broken}"));
    }
    let (version, ..) = fleet.store.catalog_version().await?;
    for bom in &shelf.boms {
        let digest = digest(bom, fleet.now());
        let among = match fleet.store.bom_seen(&bom.name).await? {
            Some(seen) if seen.digest == digest && seen.version == version => continue,
            Some(seen) if seen.digest == digest => Some(fleet.store.moved_since(seen.version).await?),
            _ => None,
        };
        look(fleet, bom, among, (version, digest)).await?;
    }
    Ok(())
}

async fn look(
    fleet: &Fleet,
    bom: &Bom,
    among: Option<BTreeSet<i64>>,
    (version, digest): (i64, String),
) -> Result<(), EngineError> {
    let at = fleet.now();
    let mut ruler = Ruler::new(bom, at);
    let members = users(fleet, &mut ruler, among.as_ref()).await?;
    let users = members.into_iter().map(|member| {
        let (standing, release) = told(bom, member.standing);
        BomUser { repo: member.repo, component: member.component, standing: standing.to_owned(), release }
    });
    let look = BomLook { name: bom.name.clone(), digest, version, at, among, users: users.collect() };
    fleet.store.write(vec![Write::Bom(Box::new(look))], None).await?;
    Ok(())
}

/// What everybody's standing depends on beside the repositories: the file, and which overrides count. The day is
/// in it, so that nothing that was missed stays so for long.
fn digest(bom: &Bom, now: i64) -> String {
    let counting: String =
        bom.overrides.iter().map(|over| if over.counts(now) { '1' } else { '0' }).collect();
    format!("{} {} {counting}", bom.digest, now.div_euclid(DAY))
}
