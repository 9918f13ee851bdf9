//! Lockfiles, by the names that their tools give them.

mod chunk;
pub(crate) mod compiled;
mod graph;
mod pdm;
mod pipenv;
mod poetry;
mod uv;

use fleetwright_package::Lock;

pub(crate) use graph::Asked;

use crate::source::{Source, file_name};

/// The largest lockfile that is read, in bytes.
const MAX_LOCK: usize = 64 << 20;

/// Reads a lockfile of a known name; `None` when it is none or cannot be read at all.
/// `asked` are the extras that the repository's manifests ask for, which not every format repeats.
pub(crate) fn read(source: &mut Source<'_>, asked: &Asked) -> Option<Lock> {
    if source.text.len() > MAX_LOCK {
        let message = format!("it has over {MAX_LOCK} bytes and is not read");
        source.finding(0, message, "split the project");
        return None;
    }
    let (format, entries) = match file_name(source.path) {
        "uv.lock" => uv::read(source)?,
        "poetry.lock" => poetry::read(source)?,
        "pdm.lock" => pdm::read(source)?,
        "Pipfile.lock" => pipenv::read(source)?,
        _ => pdm::read_pylock(source)?,
    };
    Some(graph::link(source, format, (entries, asked)))
}

/// Whether a file of this name is a lockfile.
pub(crate) fn is_lock(name: &str) -> bool {
    let standard = name.strip_prefix("pylock.").and_then(|rest| rest.strip_suffix("toml"));
    let one_word = standard.is_some_and(|word| word.trim_end_matches('.').split('.').count() == 1);
    matches!(name, "uv.lock" | "poetry.lock" | "pdm.lock" | "Pipfile.lock") || one_word
}
