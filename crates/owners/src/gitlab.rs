//! GitLab's lines: `[section][approvals] @owners`, `^[optional]`, and patterns within them.

use crate::file::{Owners, Rule, Section, words};
use crate::github::shortened;
use crate::owner::Owner;
use crate::pattern::Pattern;

/// Reads one line.
pub(crate) fn line(owners: &mut Owners, number: usize, text: &str) {
    let text = text.trim();
    if let Some((section, rest)) = heading(text) {
        return open(owners, number, section, rest);
    }
    let words = words(text);
    let Some((pattern, names)) = words.split_first() else { return };
    let named = named(owners, number, names);
    let section = current(owners);
    let default = owners.sections.get(section).is_some_and(|section| !section.owners.is_empty());
    let (negative, pattern) = match pattern.strip_prefix('!') {
        Some(pattern) => (true, pattern),
        None => (false, pattern.as_str()),
    };
    if named.is_empty() && !default && !negative {
        let message = "the rule names no owner and its section has none".to_owned();
        owners.find(number, message, "name an owner here or behind the section's name");
    }
    owners.rules.push(Rule {
        line: number,
        pattern: Pattern::gitlab(pattern),
        section,
        negative,
        owners: named,
    });
}

/// The section whose heading came last.
fn current(owners: &Owners) -> usize {
    let last = owners.sections.iter().enumerate().max_by_key(|(_, section)| section.line);
    last.map_or(0, |(at, _)| at)
}

/// A heading and what stands behind it; a section's name is never empty.
fn heading(text: &str) -> Option<(Section, &str)> {
    let optional = text.starts_with('^');
    let inside = text.strip_prefix('^').unwrap_or(text).strip_prefix('[')?;
    let (name, mut rest) = inside.split_once(']')?;
    let mut approvals = None;
    if let Some((number, behind)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        approvals = number.parse().ok();
        rest = behind;
    }
    let ends = rest.is_empty() || rest.starts_with([' ', '\t']);
    let section = Section { name: name.trim().to_owned(), optional, approvals, ..Section::default() };
    (ends && !section.name.is_empty()).then_some((section, rest))
}

/// Begins a section, or goes on with one of the same name in any letters.
fn open(owners: &mut Owners, number: usize, mut section: Section, rest: &str) {
    section.owners = named(owners, number, &words(rest));
    section.line = number;
    let same = |known: &&mut Section| known.name.to_lowercase() == section.name.to_lowercase();
    match owners.sections.iter_mut().find(same) {
        Some(known) => {
            known.line = number;
            if !section.owners.is_empty() {
                known.owners = section.owners;
            }
        }
        None => owners.sections.push(section),
    }
}

/// The owners among words; others are findings.
fn named(owners: &mut Owners, number: usize, words: &[String]) -> Vec<Owner> {
    let mut found = Vec::new();
    for word in words {
        match Owner::parse(word) {
            Some(owner) => found.push(owner),
            None => {
                let message = format!("`{}` is no owner; GitLab passes it over", shortened(word));
                owners.find(number, message, "write @user, @group/subgroup, @@role or an address");
            }
        }
    }
    found
}
