//! npm's `package-lock.json` 2 and 3: a copy of each manifest, and in 2 another one for those who read 1.

use fleetwright_edit::Format;
use serde_json::Value;

use super::moved::{Moved, missing};
use super::places::{key, set};

const LISTS: [&str; 4] = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/// The lockfile with the copy of one requirement moved.
pub(super) fn moved(text: &str, moved: &Moved<'_>) -> Result<String, String> {
    let (folder, name) = (key(moved.folder)?, key(moved.name)?);
    let places = LISTS.map(|list| format!("packages{folder}.{list}{name}"));
    let both = (moved.old, moved.new);
    let text = set((Format::Json, text), &places, both, || missing(moved))?;
    match older(&text, moved)? {
        Some(place) => set((Format::Json, &text), &[place], both, || missing(moved)),
        None => Ok(text),
    }
}

/// Where version 2 has the same for those who read version 1 only: at the link to a member of the workspace.
fn older(text: &str, moved: &Moved<'_>) -> Result<Option<String>, String> {
    let json: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let Some(all) = json.get("dependencies").and_then(Value::as_object) else { return Ok(None) };
    let link = format!("file:{}", moved.folder);
    let member = all.iter().find(|(_, entry)| {
        let is_it = entry.get("version").and_then(Value::as_str) == Some(&link);
        is_it && entry.get("requires").is_some_and(|asked| asked.get(moved.name).is_some())
    });
    member
        .map(|(member, _)| Ok(format!("dependencies{}.requires{}", key(member)?, key(moved.name)?)))
        .transpose()
}
