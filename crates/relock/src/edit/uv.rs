//! `uv.lock`: what the metadata of each member of the workspace asks for.

use std::ops::Range;

use fleetwright_package::{Ecosystem, compare};
use toml_edit::{Array, Document, Item, TableLike};

use super::moved::{Moved, missing};

/// The lockfile with the copy of one requirement moved.
pub(super) fn moved(text: &str, moved: &Moved<'_>) -> Result<String, String> {
    let document = Document::parse(text).map_err(|error| error.message().to_owned())?;
    let project = moved.project.ok_or("the project has no name")?;
    let packages =
        document.get("package").and_then(Item::as_array_of_tables).ok_or_else(|| missing(moved))?;
    let named = |table: &&toml_edit::Table| table.get("name").and_then(Item::as_str) == Some(project);
    let mut own = packages.iter().filter(named);
    let (Some(package), None) = (own.next(), own.next()) else { return Err(missing(moved)) };
    let metadata = package.get("metadata").and_then(Item::as_table_like).ok_or_else(|| missing(moved))?;
    let (old, new) = (specifier(moved.old), specifier(moved.new));
    let mut spans: Vec<Range<usize>> = Vec::new();
    for list in lists(metadata) {
        let tables = || list.iter().filter_map(|value| value.as_inline_table());
        let same = || tables().filter(|table| text_of(table, "name") == Some(moved.name));
        let hits = same().filter(|table| text_of(table, "specifier") == Some(old.as_str()));
        let hits: Vec<_> = hits.filter_map(|table| table.get("specifier")?.span()).collect();
        // Of several entries for one package the order follows their specifiers.
        if !hits.is_empty() && same().count() > 1 {
            return Err(format!("{} is asked for more than once", moved.name));
        }
        spans.extend(hits);
    }
    if spans.len() != 1 {
        return Err(missing(moved));
    }
    let mut edited = text.to_owned();
    edited.replace_range(spans[0].clone(), &format!("\"{new}\""));
    Ok(edited)
}

/// `requires-dist`, and the groups of `requires-dev`.
fn lists(metadata: &dyn TableLike) -> Vec<&Array> {
    let dist = metadata.get("requires-dist").and_then(Item::as_array);
    let groups = metadata.get("requires-dev").and_then(Item::as_table_like);
    let groups =
        groups.into_iter().flat_map(|groups| groups.iter()).filter_map(|(_, group)| group.as_array());
    dist.into_iter().chain(groups).collect()
}

fn text_of<'t>(table: &'t toml_edit::InlineTable, key: &str) -> Option<&'t str> {
    table.get(key)?.as_str()
}

/// A specifier as uv writes it: without spaces, in the order of versions.
fn specifier(text: &str) -> String {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let mut clauses: Vec<&str> = bare.split(',').filter(|clause| !clause.is_empty()).collect();
    let version = |clause: &str| clause.trim_start_matches(['<', '>', '=', '!', '~']).to_owned();
    clauses.sort_by(|one, other| {
        compare(Ecosystem::PyPi, &version(one), &version(other)).unwrap_or(std::cmp::Ordering::Equal)
    });
    clauses.join(",")
}

#[cfg(test)]
mod tests {
    use super::specifier;

    #[test]
    fn specifiers_are_in_the_order_of_versions() {
        assert_eq!(specifier("<9, >= 8.0"), ">=8.0,<9");
        assert_eq!(specifier("~=1.2"), "~=1.2");
    }
}
