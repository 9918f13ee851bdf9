//! GitHub's lines: a pattern, then owners; no owners says that nobody owns it.

use crate::file::{Owners, Rule, words};
use crate::owner::Owner;
use crate::pattern::Pattern;

/// Reads one line.
pub(crate) fn line(owners: &mut Owners, number: usize, text: &str) {
    let words = words(text);
    let Some((pattern, names)) = words.split_first() else { return };
    let wrong = if pattern.starts_with('!') {
        Some("GitHub knows no `!` here".to_owned())
    } else if pattern.contains(['[', ']']) {
        Some("GitHub knows no `[...]` here".to_owned())
    } else if pattern.starts_with("\\#") {
        Some("GitHub knows no `\\#` here".to_owned())
    } else {
        let bad = |word: &&String| Owner::parse(word).is_none_or(|owner| matches!(owner, Owner::Role(_)));
        names.iter().find(bad).map(|word| format!("`{}` is no owner", shortened(word)))
    };
    if let Some(why) = wrong {
        return owners.find(
            number,
            format!("{why}; GitHub passes the whole line over"),
            "correct or remove the line",
        );
    }
    let named = names.iter().filter_map(|word| Owner::parse(word)).collect();
    let pattern = Pattern::github(pattern);
    owners.rules.push(Rule { line: number, pattern, section: 0, negative: false, owners: named });
}

/// A word, cut for a message.
pub(crate) fn shortened(word: &str) -> String {
    word.chars().take(80).collect()
}
