//! Ranges in brackets, as Maven, Gradle and NuGet write them: `[1.2,2.0)`.

use std::ops::Range;

/// A single range in brackets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Bracket {
    /// `[1.2]`: the bytes of the version.
    One(Range<usize>),
    /// `[1.2,2.0)`: the first bracket, and the bytes of the lower end, empty where there is none.
    Between { open: Range<usize>, low: Range<usize> },
}

/// Whether a text is a range in brackets, or several.
pub(crate) fn is_bracket(text: &str) -> bool {
    text.trim_start().starts_with(['[', '(', ']'])
}

/// Reads one; `None` for several, and for what is none.
pub(crate) fn read(text: &str) -> Option<Bracket> {
    let start = text.len() - text.trim_start().len();
    let inner = text.trim().get(1..)?.strip_suffix([']', ')', '['])?;
    if inner.contains(['[', ']', '(', ')']) {
        return None;
    }
    let trimmed = |part: &str, at: usize| {
        let from = at + part.len() - part.trim_start().len();
        from..from + part.trim().len()
    };
    match inner.split_once(',') {
        None => Some(Bracket::One(trimmed(inner, start + 1))).filter(|_| !inner.trim().is_empty()),
        Some((_, high)) if high.contains(',') => None,
        Some((low, _)) => Some(Bracket::Between { open: start..start + 1, low: trimmed(low, start + 1) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_read() {
        assert_eq!(read("[ 1.2 ]"), Some(Bracket::One(2..5)));
        let between = Bracket::Between { open: 0..1, low: 1..4 };
        assert_eq!(read("[1.2,2)"), Some(between));
        let open = Bracket::Between { open: 0..1, low: 1..1 };
        assert_eq!(read("(,2]"), Some(open));
        for none in ["[1,2),[3,4)", "[]", "[1,2,3]", "[", "1.2"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
