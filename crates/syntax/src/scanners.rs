//! Refuses what would overrun the state that a grammar keeps while it scans.
//!
//! A tree-sitter scanner writes its state into 1,024 bytes. Those of YAML 0.7.2 and Python
//! 0.25.0 write past the end when code is indented too deeply, and that of Ruby 0.23.1 forgets
//! the length of a long heredoc word; each then aborts the process. Nothing in Rust can catch
//! that, so such text never reaches them. The bounds here are upper ones: linear, never too low.

use ast_grep_language::SupportLang;

use crate::error::SyntaxError;

/// Most levels of indentation in YAML and Python. The state has room for 253 of YAML
/// (10 bytes, then 4 a level) and 383 of Python (2 + 255 bytes, then 2 a level).
const MAX_INDENTS: usize = 250;

/// YAML's scanner counts lines and columns in 16 bits.
const MAX_YAML_POSITION: usize = i16::MAX as usize;

/// Ruby's scanner keeps the length of a heredoc word in 8 bits.
const MAX_HEREDOC_WORD: usize = u8::MAX as usize;

/// Whether the grammar can scan `text` at all.
pub(crate) fn check(text: &str, grammar: SupportLang, what: &'static str) -> Result<(), SyntaxError> {
    let deep = match grammar {
        SupportLang::Yaml => deepest(text, yaml_starts) > MAX_INDENTS,
        SupportLang::Python => deepest(text, python_start) > MAX_INDENTS,
        _ => false,
    };
    if deep {
        return Err(SyntaxError::TooDeep { what, limit: MAX_INDENTS as u32 });
    }
    let refused = match grammar {
        SupportLang::Yaml if yaml_too_long(text) => "YAML of more than 32,767 lines or columns",
        SupportLang::Ruby if long_heredoc_word(text) => "Ruby with a heredoc word over 255 bytes",
        _ => return Ok(()),
    };
    Err(SyntaxError::NotParsed(format!("{refused} is more than the grammar can take")))
}

/// The most columns that can be open at once, when a line closes all columns right of where
/// it starts, and opens those that `starts` adds to the list.
fn deepest(text: &str, starts: impl Fn(&str, &mut Vec<usize>)) -> usize {
    let mut open: Vec<usize> = Vec::new();
    let mut line_starts = Vec::new();
    let mut deepest = 0;
    for line in text.split(['\n', '\r']) {
        line_starts.clear();
        starts(line, &mut line_starts);
        let Some(first) = line_starts.first() else {
            continue;
        };
        open.truncate(open.partition_point(|column| column < first));
        open.append(&mut line_starts);
        deepest = deepest.max(open.len());
    }
    deepest
}

/// Where a line of YAML may open blocks: where it starts, and after each `-`, `?`, `:`, `|`, `>`.
/// The start counts twice, because a sequence may sit in the column of the mapping it is in.
fn yaml_starts(line: &str, starts: &mut Vec<usize>) {
    let bytes = line.as_bytes();
    let Some(first) = bytes.iter().position(|byte| !matches!(byte, b' ' | b'\t')) else {
        return;
    };
    starts.extend([first, first]);
    let space = |at: usize| bytes.get(at).is_none_or(|byte| matches!(byte, b' ' | b'\t'));
    let opens = |at: &usize| match bytes[*at] {
        b'-' | b'?' | b':' => space(at + 1),
        b'|' | b'>' => *at > 0 && space(at - 1),
        _ => false,
    };
    // The first indicator of a line is what `first` stands for.
    starts.extend((first..bytes.len()).filter(opens).skip(1));
}

/// Where a line of Python is indented to. A tab counts as 8 columns, as in its scanner.
fn python_start(line: &str, starts: &mut Vec<usize>) {
    let mut column = 0;
    for byte in line.bytes() {
        match byte {
            b' ' => column += 1,
            b'\t' => column += 8,
            b'\x0c' => column = 0,
            _ => return starts.push(column),
        }
    }
}

fn yaml_too_long(text: &str) -> bool {
    let mut lines = 0;
    text.split(['\n', '\r']).any(|line| {
        lines += 1;
        lines > MAX_YAML_POSITION || line.len() > MAX_YAML_POSITION
    })
}

fn long_heredoc_word(text: &str) -> bool {
    text.match_indices("<<").any(|(at, _)| {
        let word = text[at + 2..].trim_start_matches(['-', '~']);
        let end = match word.chars().next() {
            Some(quote @ ('"' | '\'' | '`')) => word[1..].find(quote),
            _ => word.find(|c: char| !c.is_alphanumeric() && c != '_'),
        };
        end.unwrap_or(word.len()) > MAX_HEREDOC_WORD
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str, grammar: SupportLang) -> bool {
        check(text, grammar, "the text").is_err()
    }

    #[test]
    fn deep_indentation_is_refused() {
        let stairs = |levels: usize, piece: &str| -> String {
            (0..levels).map(|at| format!("{}{piece}\n", " ".repeat(at))).collect()
        };
        for (levels, over) in [(100, false), (240, false), (260, true)] {
            assert_eq!(refused(&stairs(levels, "if a:"), SupportLang::Python), over, "{levels}");
            assert_eq!(refused(&"- ".repeat(levels), SupportLang::Yaml), over, "{levels}");
        }
        assert!(refused(&stairs(130, "a:"), SupportLang::Yaml));
        assert!(!refused(&stairs(60, "a:").repeat(100), SupportLang::Yaml));
        assert!(refused(&"a\n".repeat(40_000), SupportLang::Yaml));
        assert!(!refused(&stairs(300, "if (a)"), SupportLang::Java));
    }

    #[test]
    fn long_heredoc_words_are_refused() {
        let word = "W".repeat(256);
        for text in [format!("<<{word}\n"), format!("x <<~'{word}'"), format!("a <<-\"{word}")] {
            assert!(refused(&text, SupportLang::Ruby));
        }
        assert!(!refused("x << y\n<<~SQL\nselect\nSQL\n", SupportLang::Ruby));
        assert!(!refused(&format!("list << \"{word}\""), SupportLang::Ruby));
    }
}
