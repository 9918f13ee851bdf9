//! Clusters: targets whose normalised change is the same, so that a person reads it once.

use std::collections::BTreeSet;

use crate::shift::content_digest;

/// What one hunk of a diff takes away and puts in.
#[derive(Debug, Clone, Copy)]
pub struct HunkText<'a> {
    /// The lines taken away.
    pub removed: &'a [String],
    /// The lines put in.
    pub added: &'a [String],
}

/// The digest of a change's normal form: the set of its distinct hunks.
///
/// A hunk counts by its removed and added lines alone. These do not count: file names, line
/// numbers, context lines, the white space around a line, and how often the hunk occurs; what the
/// repository itself is called (`own`: its name, its owner, its directory); and, where a line is
/// exchanged for a line, words with a digit that stand in both of them. So
/// `image: old/payments:1.4` to `image: new/payments:1.4` is the same edit as
/// `image: old/ledger:3.0` to `image: new/ledger:3.0` in another file of another repository.
pub fn digest<'a>(hunks: impl IntoIterator<Item = HunkText<'a>>, own: &[&str]) -> String {
    let own: BTreeSet<String> = own.iter().flat_map(|name| words(name)).map(str::to_lowercase).collect();
    let distinct: BTreeSet<Vec<u8>> = hunks.into_iter().map(|hunk| normal(hunk, &own)).collect();
    content_digest(&distinct.into_iter().flatten().collect::<Vec<u8>>())
}

fn normal(hunk: HunkText<'_>, own: &BTreeSet<String>) -> Vec<u8> {
    let paired = hunk.removed.len() == hunk.added.len();
    let mut text = Vec::new();
    for (sign, lines, others) in [(b'-', hunk.removed, hunk.added), (b'+', hunk.added, hunk.removed)] {
        for (index, line) in lines.iter().enumerate() {
            let kept = if paired { numbers(&others[index]) } else { BTreeSet::new() };
            text.push(sign);
            masked(line.trim(), &mut text, |word| match word {
                _ if kept.contains(word) => Some("#"),
                _ if own.contains(&word.to_lowercase()) => Some("@"),
                _ => None,
            });
            text.push(b'\n');
        }
    }
    text.push(0);
    text
}

/// Writes a line with some of its words exchanged.
fn masked<'a>(line: &str, text: &mut Vec<u8>, mask: impl Fn(&str) -> Option<&'a str>) {
    let mut rest = line;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        text.extend_from_slice(mask(word).unwrap_or(word).as_bytes());
        let end = after.find(is_word).unwrap_or(after.len());
        text.extend_from_slice(&after.as_bytes()[..end]);
        rest = &after[end..];
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !is_word(c)).filter(|word| !word.is_empty())
}

fn numbers(line: &str) -> BTreeSet<&str> {
    words(line).filter(|word| word.contains(|c: char| c.is_ascii_digit())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[&str]) -> Vec<String> {
        text.iter().map(|line| (*line).to_owned()).collect()
    }

    fn of(own: &[&str], hunks: &[(&[&str], &[&str])]) -> String {
        let hunks: Vec<_> = hunks.iter().map(|(old, new)| (lines(old), lines(new))).collect();
        digest(hunks.iter().map(|(removed, added)| HunkText { removed, added }), own)
    }

    #[test]
    fn indentation_and_repetition_do_not_count_and_words_do() {
        let once = of(&[], &[(&["a: 1"], &["a: 2"])]);
        assert_eq!(once, of(&[], &[(&["  a: 1\r"], &["a: 2"]), (&["a: 1"], &["a: 2"])]));
        assert_ne!(once, of(&[], &[(&["a: 3"], &["a: 2"])]));
        assert_ne!(once, of(&[], &[(&["b: 1"], &["b: 2"])]));
    }

    #[test]
    fn removed_and_added_are_not_the_same() {
        assert_ne!(of(&[], &[(&[], &["x"])]), of(&[], &[(&["x"], &[])]));
    }

    #[test]
    fn own_names_and_untouched_numbers_do_not_count() {
        let one = of(&["acme/payments"], &[(&["image: old/payments:1.4"], &["image: new/payments:1.4"])]);
        let two = of(&["acme/ledger"], &[(&["image: old/ledger:3.0"], &["image: new/ledger:3.0"])]);
        assert_eq!(one, two);
        let foreign = of(&["acme/ledger"], &[(&["image: old/other:3.0"], &["image: new/other:3.0"])]);
        assert_ne!(one, foreign);
    }

    #[test]
    fn touched_numbers_and_added_ones_count() {
        assert_ne!(of(&[], &[(&["port: 80"], &["port: 81"])]), of(&[], &[(&["port: 80"], &["port: 82"])]));
        assert_ne!(of(&[], &[(&[], &["replicas: 2"])]), of(&[], &[(&[], &["replicas: 3"])]));
    }
}
