//! What readers ask of every text.

/// A count or a line as an inventory has it; one that is too large is the largest.
pub fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The line, from 1, of a merge that was not finished.
pub fn merge_marker(text: &str) -> Option<u32> {
    text.lines().position(|line| line.starts_with("<<<<<<< ")).map(|line| number(line + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_marker_begins_its_line() {
        assert_eq!(merge_marker("a\n<<<<<<< HEAD\n"), Some(2));
        assert_eq!(merge_marker("a <<<<<<< HEAD\n<<<<<<<\n"), None);
        assert_eq!(number(usize::MAX), u32::MAX);
    }
}
