//! Gitea's lines: a regular expression of the whole path, `!` before it turns it around, then owners.

use crate::file::{Owners, Rule};
use crate::github::shortened;
use crate::owner::Owner;
use crate::pattern::Pattern;

/// Reads one line.
pub(crate) fn line(owners: &mut Owners, number: usize, text: &str) {
    let words = tokens(text);
    let Some((expression, names)) = words.split_first() else { return };
    if names.is_empty() {
        return owners.find(
            number,
            "the rule names no owner; Gitea passes it over".to_owned(),
            "name an owner",
        );
    }
    let (negative, expression) = match expression.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, expression.as_str()),
    };
    let pattern = match Pattern::gitea(expression) {
        Ok(pattern) => pattern,
        Err(why) => {
            let message = format!("`{}` is no regular expression: {why}", shortened(expression));
            return owners.find(number, message, "write one for the whole path; a \\ is written twice");
        }
    };
    let mut named = Vec::new();
    for word in names {
        match Owner::parse(word) {
            Some(owner @ (Owner::User(_) | Owner::Group(_))) => named.push(owner),
            _ => {
                let message = format!("`{}` is no owner; Gitea passes it over", shortened(word));
                owners.find(number, message, "write @user or @organisation/team");
            }
        }
    }
    if !named.is_empty() {
        owners.rules.push(Rule { line: number, pattern, section: 0, negative, owners: named });
    }
}

/// Words as Gitea cuts them: a `\` takes the next letter as it is and is gone, `#` ends the line.
fn tokens(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut letters = text.trim().chars();
    while let Some(c) = letters.next() {
        match c {
            '\\' => word.extend(letters.next()),
            '#' => break,
            ' ' | '\t' => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}
