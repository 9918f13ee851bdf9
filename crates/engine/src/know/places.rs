//! How the catalog names files over all repositories, and back.

use fleetwright_store::RepoRow;

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
