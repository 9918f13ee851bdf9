//! Edits a lockfile in place: `edit FORMAT LOCKFILE FOLDER PROJECT NAME OLD NEW`; compare/edit.sh asks the tools about it.

use fleetwright_relock::{Moved, edit};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [format, lockfile, folder, project, name, old, new] = words.as_slice() else {
        return Err("usage: edit FORMAT LOCKFILE FOLDER PROJECT NAME OLD NEW".into());
    };
    let moved = Moved { folder, project: Some(project), name, old, new, kept: false };
    let edited = edit(format, &std::fs::read_to_string(lockfile)?, &[moved])?;
    std::fs::write(lockfile, edited)?;
    Ok(())
}
