//! The hunks of a unified diff.

use std::ops::Range;

use gix::diff::blob::{Algorithm, Diff, InternedInput, Token, sources::byte_lines};

/// Unchanged lines around a change, as `diff -u` has them.
const CONTEXT: u32 = 3;

/// A run of changed lines: what was removed and what was added.
type Changed = (Vec<String>, Vec<String>);

/// One changed run, by line numbers from 0.
struct Run {
    before: Range<u32>,
    after: Range<u32>,
}

/// Appends `---`, `+++` and the hunks to `text`, and returns the changed runs. Nothing is appended for equal contents.
pub(super) fn write(
    text: &mut Vec<u8>,
    labels: (Vec<u8>, Vec<u8>),
    before: &[u8],
    after: &[u8],
) -> Vec<Changed> {
    let input = InternedInput::new(byte_lines(before), byte_lines(after));
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let runs: Vec<Run> = diff.hunks().map(|hunk| Run { before: hunk.before, after: hunk.after }).collect();
    if runs.is_empty() {
        return Vec::new();
    }
    for (sign, label) in [("--- ", &labels.0), ("+++ ", &labels.1)] {
        text.extend_from_slice(sign.as_bytes());
        text.extend_from_slice(label);
        // git ends a name with spaces in a tab, so that it is not taken for a date.
        text.extend_from_slice(if label.contains(&b' ') { b"\t\n" } else { b"\n" });
    }
    for group in groups(&runs) {
        write_group(text, &input, group);
    }
    let line = |token: &Token| shown(input.interner[*token]);
    let lines = |tokens: &[Token], range: &Range<u32>| {
        tokens[range.start as usize..range.end as usize].iter().map(line).collect()
    };
    runs.iter().map(|run| (lines(&input.before, &run.before), lines(&input.after, &run.after))).collect()
}

/// Runs so near to each other that their context would touch share a hunk.
fn groups(runs: &[Run]) -> Vec<&[Run]> {
    runs.chunk_by(|left, right| right.before.start - left.before.end <= 2 * CONTEXT).collect()
}

fn write_group(text: &mut Vec<u8>, input: &InternedInput<&[u8]>, runs: &[Run]) {
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
        return;
    };
    let lead = first.before.start.min(CONTEXT);
    let tail = (input.before.len() as u32 - last.before.end).min(CONTEXT);
    let before = first.before.start - lead..last.before.end + tail;
    let after = first.after.start - lead..last.after.end + tail;
    text.extend_from_slice(format!("@@ -{} +{} @@\n", span(&before), span(&after)).as_bytes());
    let mut at = before.start;
    for run in runs {
        (at..run.before.start).for_each(|line| push(text, b' ', input, input.before[line as usize]));
        run.before.clone().for_each(|line| push(text, b'-', input, input.before[line as usize]));
        run.after.clone().for_each(|line| push(text, b'+', input, input.after[line as usize]));
        at = run.before.end;
    }
    (at..before.end).for_each(|line| push(text, b' ', input, input.before[line as usize]));
}

/// `start,length`; lines count from 1, and an empty range names the line before it.
fn span(range: &Range<u32>) -> String {
    let length = range.end - range.start;
    let start = if length == 0 { range.start } else { range.start + 1 };
    if length == 1 { start.to_string() } else { format!("{start},{length}") }
}

fn push(text: &mut Vec<u8>, sign: u8, input: &InternedInput<&[u8]>, line: Token) {
    let line = input.interner[line];
    text.push(sign);
    text.extend_from_slice(line);
    if !line.ends_with(b"\n") {
        text.extend_from_slice(b"\n\\ No newline at end of file\n");
    }
}

/// A line without its end, for people.
fn shown(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    String::from_utf8_lossy(line).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(before: &str, after: &str) -> (String, Vec<Changed>) {
        let mut text = Vec::new();
        let changed =
            write(&mut text, (b"a/f".to_vec(), b"b/f".to_vec()), before.as_bytes(), after.as_bytes());
        (String::from_utf8(text).unwrap(), changed)
    }

    #[test]
    fn hunks_look_like_diff_u() {
        let (text, changed) = diff("1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\nfive\n6");
        assert_eq!(
            text,
            "--- a/f\n+++ b/f\n@@ -2,5 +2,5 @@\n 2\n 3\n 4\n-5\n-6\n+five\n+6\n\\ No newline at end of file\n"
        );
        assert_eq!(
            changed,
            vec![(vec!["5".to_owned(), "6".to_owned()], vec!["five".to_owned(), "6".to_owned()])]
        );
        assert_eq!(diff("", "x\n").0, "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+x\n");
        assert_eq!(diff("x\n", "x\n"), (String::new(), vec![]));
    }
}
