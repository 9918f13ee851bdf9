//! Bytes that are written, file by file.

use std::collections::BTreeMap;
use std::ops::Range;

use fleetwright_package::Files;

/// The changes of each file: bytes, and what is written in their place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Edits(BTreeMap<String, Vec<(Range<usize>, String)>>);

impl Edits {
    /// Adds a change; one of the same bytes is there once.
    pub(crate) fn add(&mut self, path: &str, span: Range<usize>, with: String) {
        let changes = self.0.entry(path.to_owned()).or_default();
        if !changes.iter().any(|(known, _)| *known == span) {
            changes.push((span, with));
            changes.sort_by_key(|(span, _)| span.start);
        }
    }

    /// The new texts; `None` when changes overlap or leave their file.
    pub(crate) fn apply(&self, files: &Files) -> Option<BTreeMap<String, String>> {
        let one = |(path, changes): (&String, &Vec<(Range<usize>, String)>)| {
            let old = files.text(path)?;
            let (mut new, mut at) = (String::with_capacity(old.len() + 16), 0);
            for (span, with) in changes {
                new.push_str(old.get(at..span.start)?);
                new.push_str(with);
                at = span.end;
            }
            new.push_str(old.get(at..)?);
            Some((path.clone(), new))
        };
        self.0.iter().map(one).collect()
    }

    /// Where a byte of the old text is in the new one.
    pub(crate) fn moved(&self, path: &str, at: usize) -> usize {
        let mut moved = at;
        for (span, with) in self.0.get(path).into_iter().flatten().filter(|(span, _)| span.end <= at) {
            moved = (moved + with.len()).saturating_sub(span.len());
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_move_what_stands_behind() {
        let files = Files::from_iter([("a", "x=1 y=22 z")]);
        let mut edits = Edits::default();
        edits.add("a", 6..8, "3".into());
        edits.add("a", 2..3, "100".into());
        edits.add("a", 2..3, "100".into());
        assert_eq!(edits.apply(&files).unwrap()["a"], "x=100 y=3 z");
        assert_eq!([0, 2, 4, 9].map(|at| edits.moved("a", at)), [0, 2, 6, 10]);
        edits.add("a", 7..9, "?".into());
        assert_eq!(edits.apply(&files), None);
    }
}
