//! Rule: dependencies have a licence on the list of `deny.toml`, and none of its banned names.
//!
//! `cargo deny` reads the same file and knows more; this rule needs no further program, so that
//! `cargo test` alone refuses a banned crate.

use std::collections::BTreeSet;

use serde_json::Value;
use toml_edit::{DocumentMut, Item as TomlNode};

use crate::{Broken, HouseError};

/// What `deny.toml` allows and bans.
#[derive(Debug)]
pub struct Lists {
    allowed: BTreeSet<String>,
    banned: BTreeSet<String>,
}

impl Lists {
    /// Reads `licenses.allow` and `bans.deny[].name`.
    ///
    /// # Errors
    /// A text that is no TOML or lacks one of the lists.
    pub fn read(text: &str) -> Result<Lists, HouseError> {
        let wrong = |why: String| HouseError::Understand { what: "deny.toml".to_owned(), why };
        let document: DocumentMut = text.parse().map_err(|error| wrong(format!("{error}")))?;
        let list = |table: &str, key: &str| {
            let found = document.get(table).and_then(|table| table.get(key)).and_then(TomlNode::as_array);
            found.ok_or_else(|| wrong(format!("no list {table}.{key}")))
        };
        let allowed = list("licenses", "allow")?.iter().filter_map(|name| name.as_str());
        let banned = list("bans", "deny")?.iter().filter_map(|entry| {
            // An entry on several versions bans a second copy, which `cargo deny` counts.
            let table =
                entry.as_inline_table().filter(|table| !table.contains_key("deny-multiple-versions"))?;
            table.get("name").and_then(|name| name.as_str())
        });
        Ok(Lists {
            allowed: allowed.map(str::to_owned).collect(),
            banned: banned.map(str::to_owned).collect(),
        })
    }

    /// Looks at what `cargo metadata` says of every package.
    ///
    /// # Errors
    /// A text that is not what `cargo metadata --format-version 1` prints.
    pub fn check(&self, metadata: &str) -> Result<Vec<Broken>, HouseError> {
        let wrong = |why: String| HouseError::Understand { what: "cargo metadata".to_owned(), why };
        let value: Value = serde_json::from_str(metadata).map_err(|error| wrong(error.to_string()))?;
        let packages = value.get("packages").and_then(Value::as_array);
        let packages = packages.ok_or_else(|| wrong("no packages".to_owned()))?;
        Ok(packages.iter().flat_map(|package| self.package(package)).collect())
    }

    fn package(&self, package: &Value) -> Vec<Broken> {
        let word = |key: &str| package.get(key).and_then(Value::as_str).unwrap_or_default();
        let mut broken = Vec::new();
        if self.banned.contains(word("name")) {
            broken.push(Broken::new(word("name"), "deny.toml bans this crate"));
        }
        if !self.allows(word("license")) {
            let what = format!("deny.toml does not allow its licence `{}`", word("license"));
            broken.push(Broken::new(word("name"), what));
        }
        broken
    }

    /// Whether an SPDX expression can be met with allowed licences. Expressions in the wild are
    /// alternatives of conjunctions; brackets around alternatives are read as such.
    fn allows(&self, expression: &str) -> bool {
        let spaced = expression.replace('/', " OR ").replace(['(', ')'], " ");
        let all = |choice: &str| choice.split(" AND ").all(|name| self.allowed.contains(licence(name)));
        let conjunction_of_choices = expression.contains(") AND") || expression.contains("AND (");
        match conjunction_of_choices {
            true => spaced
                .split(" AND ")
                .all(|part| part.split(" OR ").any(|name| self.allowed.contains(licence(name)))),
            false => spaced.split(" OR ").any(all),
        }
    }
}

/// A licence without its exception: an exception only ever allows more.
fn licence(name: &str) -> &str {
    name.split(" WITH ").next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: &str = "[licenses]\nallow = [\"MIT\", \"Zlib\"]\n[bans]\ndeny = [{ name = \"git2\" }]\n";

    fn broken(name: &str, license: &str) -> Result<usize, HouseError> {
        let metadata = serde_json::json!({ "packages": [{ "name": name, "license": license }] });
        Ok(Lists::read(LISTS)?.check(&metadata.to_string())?.len())
    }

    #[test]
    fn licences_are_read_as_expressions() -> Result<(), HouseError> {
        for good in ["MIT", "MIT OR AGPL-3.0", "MIT/Apache-2.0", "MIT AND Zlib", "(MIT OR X) AND Zlib"] {
            assert_eq!(broken("a", good)?, 0, "{good}");
        }
        for bad in ["AGPL-3.0", "", "MIT AND AGPL-3.0", "(MIT OR X) AND BUSL-1.1"] {
            assert_eq!(broken("a", bad)?, 1, "{bad}");
        }
        Ok(())
    }

    #[test]
    fn banned_names_are_refused() -> Result<(), HouseError> {
        assert_eq!(broken("git2", "MIT")?, 1);
        assert!(Lists::read("[bans]\n").is_err());
        Ok(())
    }
}
