//! `Pipfile`.

use fleetwright_package::Scope;

use crate::declare::Read;
use crate::poetry::{self, Bare};
use crate::source::Source;
use crate::tables;

/// The tables that are no groups of packages.
const OTHERS: [&str; 4] = ["requires", "scripts", "pipenv", "pipfile"];

/// Reads a `Pipfile`.
pub(crate) fn read(source: &mut Source<'_>) -> Option<Read> {
    let document = tables::read(source)?;
    let root = document.as_item();
    let mut read = Read::new(source.path);
    for (group, _, item) in tables::entries(root, &[]).filter(|(group, ..)| !OTHERS.contains(group)) {
        let scope = if group == "packages" { Scope::Runtime } else { Scope::Development };
        if item.is_table() {
            poetry::table(&mut read, source, tables::entries(item, &[]), (scope, Bare(false)));
        }
    }
    Some(read)
}
