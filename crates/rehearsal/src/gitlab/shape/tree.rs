//! The entries of a directory, with the names of the trees below it.

use fleetwright_core::Oid;
use fleetwright_git::{Entry, Kind, name};

use crate::world::Refusal;

/// One entry.
pub(in crate::gitlab) struct Row {
    pub(in crate::gitlab) name: String,
    pub(in crate::gitlab) kind: &'static str,
    /// Six octal digits.
    pub(in crate::gitlab) mode: String,
    pub(in crate::gitlab) id: Oid,
}

/// The root directory of a tree, from all its files in order.
pub(in crate::gitlab) fn directory(entries: &[Entry]) -> Result<Vec<Row>, Refusal> {
    let all: Vec<(&[u8], &Entry)> = entries.iter().map(|entry| (entry.path.as_bytes(), entry)).collect();
    rows(&all)
}

fn rows(entries: &[(&[u8], &Entry)]) -> Result<Vec<Row>, Refusal> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((path, entry)) = entries.get(at) {
        let Some(end) = path.iter().position(|byte| *byte == b'/') else {
            let kind = if entry.mode.bits() == 0o160_000 { "commit" } else { "blob" };
            let mode = format!("{:06o}", entry.mode.bits());
            found.push(Row { name: text(path), kind, mode, id: entry.oid });
            at += 1;
            continue;
        };
        let folder = &path[..=end];
        let inside: Vec<(&[u8], &Entry)> = entries[at..]
            .iter()
            .map_while(|(path, entry)| path.strip_prefix(folder).map(|rest| (rest, *entry)))
            .collect();
        let id = tree_name(&rows(&inside)?)?;
        found.push(Row { name: text(&path[..end]), kind: "tree", mode: "040000".to_owned(), id });
        at += inside.len();
    }
    Ok(found)
}

fn tree_name(rows: &[Row]) -> Result<Oid, Refusal> {
    let key = |row: &&Row| if row.kind == "tree" { format!("{}/", row.name) } else { row.name.clone() };
    let mut sorted: Vec<&Row> = rows.iter().collect();
    sorted.sort_by_key(key);
    let mut data = Vec::new();
    for row in sorted {
        data.extend_from_slice(row.mode.trim_start_matches('0').as_bytes());
        data.push(b' ');
        data.extend_from_slice(row.name.as_bytes());
        data.push(0);
        data.extend_from_slice(row.id.as_bytes());
    }
    Ok(name(Kind::Tree, &data)?)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
