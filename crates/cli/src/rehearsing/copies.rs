//! The fleet's own repositories, as copies that may be pushed to.

use std::fs;
use std::path::Path;

use fleetwright_engine::fleet::Fleet;

use crate::failure::Failure;

/// Copies the mirrors of the fleet's repositories below `folder`. Objects never change, so their
/// files are shared where both lie on one disk. Says how many there are.
pub(super) async fn of_fleet(fleet: &Fleet, folder: &Path) -> Result<usize, Failure> {
    let mut copied = 0;
    for row in fleet.store.repos().await? {
        let mirror = fleet.mirror(&row.forge, &row.name);
        if row.fault.is_some() || row.head.is_none() || row.facts.archived || !mirror.join("HEAD").is_file() {
            continue;
        }
        // A rehearsal knows owners and names; groups within groups become part of the name.
        let (owner, name) = row.name.split_once('/').unwrap_or(("fleet", &row.name));
        let into = folder.join(owner).join(format!("{}.git", name.replace('/', "-")));
        tree(&mirror, &into).map_err(|error| Failure::refused(format!("{}: {error}", into.display())))?;
        copied += 1;
    }
    Ok(copied)
}

fn tree(from: &Path, into: &Path) -> std::io::Result<()> {
    fs::create_dir_all(into)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = into.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            tree(&entry.path(), &to)?;
        } else if !(is_object(&entry.path()) && fs::hard_link(entry.path(), &to).is_ok()) {
            fs::copy(entry.path(), &to)?;
        }
    }
    Ok(())
}

/// Whether a file is an object or a pack, which are never written to again.
fn is_object(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "objects")
}
