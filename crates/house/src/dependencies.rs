//! Rule: a dependency is used by the crate that names it, and has a line that says why.

use std::collections::BTreeSet;
use std::path::Path;

use toml_edit::{DocumentMut, Item as TomlNode};

use crate::source::{SourceFile, list, read};
use crate::{Broken, HouseError};

/// Where the lines are: a table whose first column is the crate.
const LINES: &str = "docs/design/dependencies.md";

/// Looks at the dependencies of every crate, and of the workspace.
///
/// # Errors
/// A file that cannot be read or is no TOML.
pub fn check(root: &Path, files: &[SourceFile]) -> Result<Vec<Broken>, HouseError> {
    let explained = explained(&read(&root.join(LINES))?);
    let mut broken = Vec::new();
    let mut named = BTreeSet::new();
    for name in list(&root.join("crates"))? {
        let place = format!("crates/{name}/Cargo.toml");
        if !root.join(&place).is_file() {
            continue;
        }
        let declared = declared(&read(&root.join(&place))?, &place)?;
        let own = format!("crates/{name}/");
        let code: Vec<&SourceFile> = files.iter().filter(|file| file.path.starts_with(&own)).collect();
        for dependency in declared {
            if !is_used(&dependency, &code) {
                broken.push(Broken::new(&place, format!("`{dependency}` is not used: remove it")));
            }
            if !dependency.starts_with("fleetwright-") && !explained.contains(&dependency) {
                broken.push(Broken::new(&place, format!("`{dependency}` has no line in {LINES}: say why")));
            }
            named.insert(dependency);
        }
    }
    let workspace = read(&root.join("Cargo.toml"))?;
    broken.extend(unclaimed(&workspace, &named)?);
    Ok(broken)
}

/// The crates that have a line.
fn explained(text: &str) -> BTreeSet<String> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| "));
    rows.filter_map(|row| row.split(" |").next()).map(|name| name.trim().to_owned()).collect()
}

/// The names a manifest depends on, in any of its tables.
fn declared(text: &str, place: &str) -> Result<BTreeSet<String>, HouseError> {
    let document = parse(text, place)?;
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let tables = tables.iter().filter_map(|table| document.get(table)).filter_map(TomlNode::as_table_like);
    Ok(tables.flat_map(|table| table.iter()).map(|(name, _)| name.to_owned()).collect())
}

/// Dependencies of the workspace that no crate takes.
fn unclaimed(text: &str, named: &BTreeSet<String>) -> Result<Vec<Broken>, HouseError> {
    let document = parse(text, "Cargo.toml")?;
    let table = document.get("workspace").and_then(|table| table.get("dependencies"));
    let names = table.and_then(TomlNode::as_table_like).into_iter().flat_map(|table| table.iter());
    let alone = names.filter(|(name, _)| !named.contains(*name));
    Ok(alone.map(|(name, _)| Broken::new("Cargo.toml", format!("no crate takes `{name}`"))).collect())
}

fn parse(text: &str, place: &str) -> Result<DocumentMut, HouseError> {
    text.parse().map_err(|error| HouseError::Understand { what: place.to_owned(), why: format!("{error}") })
}

/// Whether the code names the crate. A binary of another crate counts where only its program is run.
fn is_used(dependency: &str, code: &[&SourceFile]) -> bool {
    let path = format!("{}::", dependency.replace('-', "_"));
    code.iter().any(|file| {
        file.code.match_indices(&path).any(|(at, _)| {
            let before = file.code[..at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_comment_or_a_longer_word_is_no_use() {
        let used = |text: &str| is_used("a-b", &[&SourceFile::new("crates/x/src/lib.rs", text)]);
        assert!(used("use a_b::C;") && used("fn f() { a_b::c() }"));
        assert!(!used("// a_b::C") && !used("use xa_b::C;") && !used(""));
    }

    #[test]
    fn lines_and_claims_are_found() -> Result<(), HouseError> {
        let lines = explained("| crate | why |\n|---|---|\n| gix | git |\n");
        assert!(lines.contains("gix") && !lines.contains("git"));
        let manifest = "[dependencies]\na = \"1\"\n[dev-dependencies]\nb.workspace = true\n";
        assert_eq!(declared(manifest, "x")?.into_iter().collect::<Vec<_>>(), ["a", "b"]);
        let workspace = "[workspace.dependencies]\na = \"1\"\nc = \"1\"\n";
        assert_eq!(unclaimed(workspace, &BTreeSet::from(["a".to_owned()]))?.len(), 1);
        Ok(())
    }
}
