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
/// A hunk counts by its removed and added lines alone. File names, line numbers, context lines,
/// the white space around a line and how often the hunk occurs do not count: the same edit in
/// another file, or in three of them, is the same edit.
pub fn digest<'a>(hunks: impl IntoIterator<Item = HunkText<'a>>) -> String {
    let distinct: BTreeSet<Vec<u8>> = hunks.into_iter().map(normal).collect();
    content_digest(&distinct.into_iter().flatten().collect::<Vec<u8>>())
}

fn normal(hunk: HunkText<'_>) -> Vec<u8> {
    let mut text = Vec::new();
    for (sign, lines) in [(b'-', hunk.removed), (b'+', hunk.added)] {
        for line in lines {
            text.push(sign);
            text.extend_from_slice(line.trim().as_bytes());
            text.push(b'\n');
        }
    }
    text.push(0);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[&str]) -> Vec<String> {
        text.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn indentation_and_repetition_do_not_count_and_words_do() {
        let (old, indented, other) = (lines(&["a: 1"]), lines(&["  a: 1\r"]), lines(&["a: 3"]));
        let new = lines(&["a: 2"]);
        let hunk = |removed| HunkText { removed, added: &new };
        assert_eq!(digest([hunk(&old)]), digest([hunk(&indented), hunk(&old)]));
        assert_ne!(digest([hunk(&old)]), digest([hunk(&other)]));
    }

    #[test]
    fn removed_and_added_are_not_the_same() {
        let (one, none) = (lines(&["x"]), Vec::new());
        let added = digest([HunkText { removed: &none, added: &one }]);
        assert_ne!(added, digest([HunkText { removed: &one, added: &none }]));
    }
}
