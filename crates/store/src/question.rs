//! SQL that people write, before it is asked: whether it is one statement that only reads, and what it names.

use crate::error::StoreError;

/// The longest question, in bytes.
const MAX_QUESTION: usize = 64 << 10;

/// The views of `snapshot/dependencies.sql`.
const DEPENDENCIES: [&str; 2] = ["dependencies", "manifests"];

/// The question, if it is one statement that only reads.
///
/// The file is read only and holds nothing else; what is refused here could reach other files
/// (`ATTACH`, `VACUUM INTO`) or undo the limits (`PRAGMA`), and only stands at a statement's begin.
pub(crate) fn one_select(text: &str) -> Result<String, StoreError> {
    let no = |why: String, remedy: &str| StoreError::Question { why, remedy: remedy.to_owned() };
    if text.len() > MAX_QUESTION {
        let why = format!("the question has {} bytes, more than {MAX_QUESTION}", text.len());
        return Err(no(why, "shorten it"));
    }
    let bare = bare(text);
    let bare = bare.trim().trim_end_matches(|letter: char| letter == ';' || letter.is_whitespace());
    if bare.contains(';') {
        return Err(no("there is more than one statement".to_owned(), "ask one question at a time"));
    }
    let begins = bare.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    match begins.to_ascii_uppercase().as_str() {
        "SELECT" | "WITH" | "VALUES" | "EXPLAIN" => Ok(text.to_owned()),
        "" => Err(no("there is no question".to_owned(), "begin with SELECT")),
        other => Err(no(format!("{other} is not a question"), "begin with SELECT, WITH, VALUES or EXPLAIN")),
    }
}

/// Whether a question names one of the views. Naming something else so copies without need, and does no harm.
pub(crate) fn names_dependencies(question: &str) -> bool {
    let (bare, whole) = (bare(question).to_ascii_lowercase(), question.to_ascii_lowercase());
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let quoted = |view: &str| {
        [('"', '"'), ('`', '`'), ('[', ']')]
            .iter()
            .any(|(open, close)| whole.contains(&format!("{open}{view}{close}")))
    };
    DEPENDENCIES
        .iter()
        .any(|view| bare.split(|letter| !is_letter(letter)).any(|word| word == *view) || quoted(view))
}

/// The text with comments as spaces and the inside of quotes as `_`.
fn bare(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (taken, shown) = match first {
            '-' if rest.starts_with("--") => (rest.find('\n').unwrap_or(rest.len()), ' '),
            '/' if rest.starts_with("/*") => (rest[2..].find("*/").map_or(rest.len(), |end| end + 4), ' '),
            '\'' | '"' | '`' => (quoted(rest, first), '_'),
            '[' => (rest.find(']').map_or(rest.len(), |end| end + 1), '_'),
            letter => (letter.len_utf8(), letter),
        };
        bare.push(shown);
        rest = &rest[taken..];
    }
    bare
}

/// The length of a quoted text with its quotes; one that is doubled stands for itself, which comes to
/// the same as two texts side by side.
fn quoted(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_question_passes() {
        for good in [
            "SELECT 1",
            "  -- why\n with a as (select 1) select * from a ; ",
            "/* a; b */ values (1)",
            "select ';' , \"a;b\", [c;d], `e;f`, 'it''s; so'",
            "explain query plan select 1",
        ] {
            assert!(one_select(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            ";",
            "-- only a comment",
            "ATTACH 'x' AS y",
            "PRAGMA query_only = 0",
            "vacuum into 'x'",
            "select 1; attach 'x' as y",
            "/**/attach 'x' as y",
            "select '--'; pragma x",
            "select 1 /* */; drop table repo",
            "DELETE FROM repo",
            "selector",
        ] {
            assert!(one_select(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_questions_about_dependencies_wait_for_them() {
        for asks in [
            "SELECT * FROM dependencies",
            "select 1 from repo r join Manifests m on m.repo=r.name",
            "SELECT * FROM \"Dependencies\"",
            "SELECT * FROM[manifests]",
            "with d as(select*from`dependencies`)select 1",
        ] {
            assert!(names_dependencies(asks), "{asks}");
        }
        for other in [
            "SELECT * FROM finding WHERE area = 'dependencies'",
            "SELECT 1 -- dependencies",
            "SELECT manifests_of FROM repo",
        ] {
            assert!(!names_dependencies(other), "{other}");
        }
    }
}
