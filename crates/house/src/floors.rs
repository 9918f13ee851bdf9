//! Rule: a crate uses only lower floors. The table below is the one place where they are written.

use std::path::Path;

use toml_edit::{DocumentMut, Item as TomlNode};

use crate::source::{list, read};
use crate::{Broken, HouseError};

/// A crate's place in the house.
struct Room {
    /// The crate, without `fleetwright-`.
    name: &'static str,
    /// Its floor; everything it uses is lower.
    floor: u8,
    /// The crates of ours it may use.
    uses: &'static [&'static str],
}

/// The rooms, lowest first; docs/design/floors.md says why they lie so.
const ROOMS: [Room; 42] = [
    Room { name: "core", floor: 0, uses: &[] },
    Room { name: "house", floor: 0, uses: &[] },
    Room { name: "postgres-for-tests", floor: 0, uses: &[] },
    Room { name: "selector", floor: 1, uses: &["core"] },
    Room { name: "catalog", floor: 1, uses: &["core"] },
    Room { name: "owners", floor: 1, uses: &["core"] },
    Room { name: "package", floor: 1, uses: &["core"] },
    Room { name: "edit", floor: 1, uses: &["core"] },
    Room { name: "syntax", floor: 1, uses: &["core"] },
    Room { name: "import", floor: 1, uses: &["core"] },
    Room { name: "infra", floor: 2, uses: &["core", "selector", "catalog"] },
    Room { name: "deps-jvm", floor: 2, uses: &["core", "package", "edit"] },
    Room { name: "deps-node", floor: 2, uses: &["core", "package", "edit"] },
    Room { name: "deps-python", floor: 2, uses: &["core", "package", "edit"] },
    Room { name: "deps-code", floor: 2, uses: &["core", "package", "edit"] },
    Room { name: "deps-platform", floor: 2, uses: &["core", "package", "edit"] },
    Room { name: "advisory", floor: 2, uses: &["core", "package"] },
    Room { name: "sbom", floor: 2, uses: &["package"] },
    Room { name: "bom", floor: 2, uses: &["core", "package"] },
    Room { name: "relock", floor: 2, uses: &["package", "edit"] },
    Room { name: "index", floor: 2, uses: &["core"] },
    Room { name: "fetch", floor: 2, uses: &["catalog"] },
    Room { name: "git", floor: 2, uses: &["core"] },
    Room { name: "runner", floor: 2, uses: &["core"] },
    Room { name: "store", floor: 2, uses: &["core"] },
    Room { name: "access", floor: 3, uses: &["core", "store"] },
    Room { name: "deps", floor: 3, uses: DEPS_USES },
    Room { name: "demo", floor: 3, uses: &["core", "git"] },
    Room { name: "rehearsal", floor: 3, uses: &["core", "git"] },
    Room { name: "forge", floor: 3, uses: &["core", "git"] },
    Room { name: "bump", floor: 4, uses: &["core", "package", "edit", "deps"] },
    Room { name: "ingest", floor: 4, uses: INGEST_USES },
    Room { name: "local", floor: 4, uses: &["core", "git", "runner", "forge"] },
    Room { name: "github", floor: 4, uses: SERVICE_USES },
    Room { name: "gitlab", floor: 4, uses: SERVICE_USES },
    Room { name: "gitea", floor: 4, uses: SERVICE_USES },
    Room { name: "engine", floor: 5, uses: ENGINE_USES },
    Room { name: "api", floor: 6, uses: API_USES },
    Room { name: "backstage", floor: 6, uses: &["core", "catalog", "store", "engine"] },
    Room { name: "server", floor: 7, uses: SERVER_USES },
    Room { name: "cli", floor: 8, uses: CLI_USES },
    Room { name: "testkit", floor: 9, uses: TESTKIT_USES },
];

/// What reading a repository may use.
const INGEST_USES: &[&str] =
    &["core", "catalog", "owners", "infra", "package", "deps", "index", "git", "store"];

/// What the readers together may use.
const DEPS_USES: &[&str] =
    &["core", "package", "deps-jvm", "deps-node", "deps-python", "deps-code", "deps-platform"];

/// What a forge that is a service may use.
const SERVICE_USES: &[&str] = &["core", "git", "forge"];

/// What the engine may use: everything below.
const ENGINE_USES: &[&str] = &[
    "core", "selector", "catalog", "owners", "infra", "package", "advisory", "sbom", "bom", "deps", "bump",
    "relock", "index", "ingest", "edit", "syntax", "fetch", "git", "runner", "store", "forge", "local",
    "github", "gitlab", "gitea", "access",
];

/// What the API may use.
const API_USES: &[&str] = &["core", "catalog", "infra", "package", "store", "access", "forge", "engine"];

/// What the server may use.
const SERVER_USES: &[&str] = &[
    "core",
    "access",
    "git",
    "runner",
    "store",
    "forge",
    "local",
    "github",
    "gitlab",
    "gitea",
    "engine",
    "api",
    "backstage",
];

/// What the command line may use.
const CLI_USES: &[&str] = &[
    "core",
    "access",
    "selector",
    "catalog",
    "owners",
    "infra",
    "package",
    "sbom",
    "bom",
    "index",
    "ingest",
    "edit",
    "syntax",
    "import",
    "git",
    "runner",
    "store",
    "forge",
    "local",
    "github",
    "gitlab",
    "gitea",
    "demo",
    "rehearsal",
    "engine",
    "api",
    "server",
];

/// The crate only tests may use; it may know everybody.
const TESTKIT: &str = "testkit";

/// What [`TESTKIT`] may use.
const TESTKIT_USES: &[&str] = &[
    "core",
    "access",
    "selector",
    "catalog",
    "owners",
    "infra",
    "index",
    "ingest",
    "edit",
    "syntax",
    "import",
    "git",
    "runner",
    "store",
    "forge",
    "local",
    "github",
    "gitlab",
    "gitea",
    "demo",
    "rehearsal",
    "engine",
    "api",
    "server",
    "cli",
];

fn room(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

/// Looks at the `Cargo.toml` of every crate.
///
/// # Errors
/// A file that cannot be read or is no TOML.
pub fn check(root: &Path) -> Result<Vec<Broken>, HouseError> {
    let mut broken = table();
    for name in list(&root.join("crates"))? {
        let path = root.join("crates").join(&name).join("Cargo.toml");
        if path.is_file() {
            broken.extend(manifest(&name, &read(&path)?)?);
        }
    }
    Ok(broken)
}

/// The table itself keeps its own rule: whatever a room uses lies lower.
fn table() -> Vec<Broken> {
    let climbs = |upper: &Room, name: &str| room(name).is_none_or(|lower| lower.floor >= upper.floor);
    let every = ROOMS.iter().flat_map(|upper| upper.uses.iter().map(move |name| (upper, *name)));
    let wrong = every.filter(|(upper, name)| climbs(upper, name));
    wrong.map(|(upper, name)| Broken::new("ROOMS", format!("{} may not use {name}", upper.name))).collect()
}

/// Looks at one crate's dependencies of ours.
///
/// # Errors
/// A text that is no TOML.
pub fn manifest(name: &str, text: &str) -> Result<Vec<Broken>, HouseError> {
    let place = format!("crates/{name}/Cargo.toml");
    let Some(room) = room(name) else {
        let what = "this crate has no floor: add it to ROOMS in crates/house/src/floors.rs";
        return Ok(vec![Broken::new(place, what)]);
    };
    let document: DocumentMut = text
        .parse()
        .map_err(|error| HouseError::Understand { what: place.clone(), why: format!("{error}") })?;
    let mut broken = Vec::new();
    for kind in ["dependencies", "build-dependencies"] {
        for used in ours(document.get(kind)).filter(|used| !room.uses.contains(&used.as_str())) {
            let what = format!("{name} (floor {}) may not use {used}: {}", room.floor, remedy(room));
            broken.push(Broken::new(&place, what));
        }
    }
    for used in ours(document.get("dev-dependencies")) {
        if !may_test_with(room, &used) {
            broken
                .push(Broken::new(&place, format!("tests of {name} may not use {used}, which lies higher")));
        }
    }
    Ok(broken)
}

fn remedy(room: &Room) -> String {
    match room.uses {
        [] => "it uses none of ours".to_owned(),
        uses => format!("it may use {}", uses.join(", ")),
    }
}

/// Tests reach down as far as they like, and to the testkit.
fn may_test_with(room: &Room, used: &str) -> bool {
    used == TESTKIT || self::room(used).is_some_and(|lower| lower.floor < room.floor)
}

/// The names of our crates in a table of dependencies.
fn ours(table: Option<&TomlNode>) -> impl Iterator<Item = String> {
    let names = table.and_then(TomlNode::as_table_like).into_iter().flat_map(|table| table.iter());
    names.filter_map(|(name, _)| name.strip_prefix("fleetwright-").map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(name: &str, text: &str) -> usize {
        manifest(name, text).map_or(usize::MAX, |broken| broken.len())
    }

    #[test]
    fn nobody_climbs() {
        assert_eq!(broken("core", "[dependencies]\nfleetwright-git.workspace = true"), 1);
        assert_eq!(broken("git", "[dependencies]\nfleetwright-store.workspace = true"), 1);
        assert_eq!(broken("git", "[dependencies]\nfleetwright-core.workspace = true"), 0);
        assert_eq!(broken("cli", "[dependencies]\nfleetwright-testkit = { path = \"x\" }"), 1);
        assert_eq!(broken("nobody", ""), 1);
    }

    #[test]
    fn tests_reach_down_only() {
        assert_eq!(broken("engine", "[dev-dependencies]\nfleetwright-testkit.workspace = true"), 0);
        assert_eq!(broken("forge", "[dev-dependencies]\nfleetwright-selector.workspace = true"), 0);
        assert_eq!(broken("git", "[dev-dependencies]\nfleetwright-engine.workspace = true"), 1);
    }
}
