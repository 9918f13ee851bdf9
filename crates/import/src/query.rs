//! A search query in pieces, and what it comes to as targets of a shift.

use crate::express::glob_regex;
use crate::words;

/// One piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Whether a `-` or NOT stood before it.
    pub(crate) negated: bool,
    /// What stood before the `:`, in small letters; empty for a plain word.
    pub(crate) key: String,
    /// The rest, without its quotes.
    pub(crate) value: String,
    /// Whether it was in quotes.
    pub(crate) quoted: bool,
}

/// Splits a query at its blanks; quotes and brackets hold together.
pub(crate) fn split(query: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = query.trim_start();
    while !rest.is_empty() {
        let length = length(rest);
        words.push(word(&rest[..length]));
        rest = rest[length..].trim_start();
    }
    words
}

fn length(text: &str) -> usize {
    let (mut quote, mut depth, mut escaped) = (None, 0_usize, false);
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            _ if escaped => escaped = false,
            (_, '\\') => escaped = true,
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if text[..at].ends_with(':') || at == 0 || text[..at] == *"-" => {
                quote = Some(letter)
            }
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, _) if letter.is_whitespace() && depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

fn word(text: &str) -> Word {
    let (negated, text) =
        text.strip_prefix('-').filter(|rest| !rest.is_empty()).map_or((false, text), |rest| (true, rest));
    let key = |key: &str| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    let (key, value) = match text.split_once(':') {
        Some((name, value)) if key(name) => (name.to_lowercase(), value),
        _ => (String::new(), text),
    };
    for quote in ['"', '\''] {
        let inside = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inside) = inside.filter(|_| value.len() > 1) {
            let plain = inside.replace(&format!("\\{quote}"), &quote.to_string());
            return Word { negated, key, value: plain, quoted: true };
        }
    }
    Word { negated, key, value: value.to_owned(), quoted: false }
}

impl Word {
    /// As it was written.
    pub(crate) fn text(&self) -> String {
        let sign = if self.negated { "-" } else { "" };
        let colon = if self.key.is_empty() { "" } else { ":" };
        let quote = if self.quoted { "\"" } else { "" };
        format!("{sign}{}{colon}{quote}{}{quote}", self.key, self.value)
    }
}

/// What a search, or a name, selects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Picked {
    /// Names and globs; empty for every repository.
    pub(crate) repos: Vec<String>,
    /// Selectors that must all hold.
    pub(crate) select: Vec<String>,
    /// Selectors that must not hold.
    pub(crate) exclude: Vec<String>,
    /// Pieces of the query without an equivalent.
    pub(crate) lost: Vec<String>,
    /// What is not quite the same.
    pub(crate) near: Vec<String>,
    /// A command that prints the files the search would find, one a line.
    pub(crate) paths: Option<String>,
}

/// What several of them select together: whatever one of them does.
pub(crate) fn union(mut all: Vec<Picked>) -> Picked {
    if all.len() == 1 {
        return all.pop().unwrap_or_default();
    }
    let mut together = Picked {
        lost: all.iter().flat_map(|one| one.lost.clone()).collect(),
        near: all.iter().flat_map(|one| one.near.clone()).collect(),
        // A repository that is only named has no files that a search found.
        paths: all.iter().find_map(|one| one.paths.clone()),
        ..Picked::default()
    };
    if all.iter().all(|one| !one.repos.is_empty()) {
        together.repos = all.iter().flat_map(|one| one.repos.clone()).collect();
        together.repos.dedup();
        if all.iter().all(|one| one.select.is_empty() && one.exclude.is_empty()) {
            return together;
        }
    }
    together.select = vec![all.iter().map(condition).collect::<Vec<_>>().join(" || ")];
    together
}

/// All of it as one selector.
fn condition(picked: &Picked) -> String {
    let names: Vec<String> = picked.repos.iter().map(|name| named(name)).collect();
    let mut all = Vec::new();
    match names.as_slice() {
        [] => {}
        [one] => all.push(one.clone()),
        many => all.push(format!("({})", many.join(" || "))),
    }
    all.extend(picked.select.clone());
    all.extend(picked.exclude.iter().map(|out| format!("!({out})")));
    match all.as_slice() {
        [] => "true".to_owned(),
        [one] => one.clone(),
        many => format!("({})", many.join(" && ")),
    }
}

/// A name or glob as a selector.
fn named(name: &str) -> String {
    if !name.contains(['*', '?', '[', '{']) {
        return format!("repo.name == {}", words::cel(name));
    }
    match name.strip_suffix("/*").filter(|owner| !owner.contains(['*', '?', '[', '{'])) {
        Some(owner) => format!("repo.owner == {}", words::cel(owner)),
        None => {
            let regex = glob_regex(name).unwrap_or_default().replace(".*", "[^/]*");
            format!("repo.name.matches({})", words::cel(&regex))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_brackets_hold_together() {
        let words: Vec<String> =
            split(r#"lang:go -file:"a b" fmt.Sprintf("%d", x) repo:has.file(path:a content:b c) "x y""#)
                .iter()
                .map(Word::text)
                .collect();
        assert_eq!(
            words,
            [
                "lang:go",
                "-file:\"a b\"",
                "fmt.Sprintf(\"%d\", x)",
                "repo:has.file(path:a content:b c)",
                "\"x y\""
            ]
        );
    }

    #[test]
    fn names_and_searches_are_joined_by_or() {
        let name = |name: &str| Picked { repos: vec![name.to_owned()], ..Picked::default() };
        assert_eq!(union(vec![name("a/b"), name("c/*")]).repos, ["a/b", "c/*"]);
        let search = Picked { select: vec!["repo.hasFile(\"x\")".to_owned()], ..Picked::default() };
        let both = union(vec![search, name("a/b"), name("c/*")]);
        assert_eq!(both.select, ["repo.hasFile(\"x\") || repo.name == \"a/b\" || repo.owner == \"c\""]);
        assert!(both.repos.is_empty());
    }
}
