//! How the catalog names files over all repositories, and back.

use std::collections::BTreeMap;

use fleetwright_store::RepoRow;
use serde_json::Value;

/// How the catalog names what stands for a repository that declares nothing: no path begins with a slash.
pub(super) fn undeclared(row: &RepoRow, name: &str) -> String {
    format!("{}:/{name}", row.id)
}

/// The repository and path of a file as the catalog names it: `7:path`; there is no path where no file
/// declares an entity.
pub(super) fn place(file: &str) -> Option<(i64, &str)> {
    let (id, path) = file.split_once(':')?;
    Some((id.parse().ok()?, if path.starts_with('/') { "" } else { path }))
}

/// What the catalog says before it names another file.
const ELSEWHERE: &str = " is declared already, in ";

/// A sentence of the catalog as people read it: it names another file as `acme/shop:path`.
pub(super) fn readable(message: &str, repos: &BTreeMap<i64, RepoRow>) -> String {
    let named = || {
        let (before, place) = message.split_once(ELSEWHERE)?;
        let (id, path) = place.split_once(':')?;
        let repo = repos.get(&id.parse().ok()?)?;
        Some(format!("{before}{ELSEWHERE}{}:{path}", repo.name))
    };
    named().unwrap_or_else(|| message.to_owned())
}

/// The same in what is written on an entity.
pub(super) fn readable_status(body: &mut Value, repos: &BTreeMap<i64, RepoRow>) {
    let items = body.pointer_mut("/status/items").and_then(Value::as_array_mut);
    for message in items.into_iter().flatten().filter_map(|item| item.get_mut("message")) {
        if let Some(text) = message.as_str() {
            *message = readable(text, repos).into();
        }
    }
}
