//! The words of a Ruby file, as far as Gemfiles and gemspecs need them: no grammar, and nothing is run.

use std::ops::Range;

/// A word and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// The text without quotes, colons and brackets.
    pub(super) text: &'a str,
    pub(super) span: Range<usize>,
}

/// What kind of word it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a number.
    Word,
    /// A text that is written as it is.
    Text,
    /// A text with escapes or with Ruby inside.
    Computed,
    /// `:name`.
    Symbol,
    /// `name:`, the key of an option.
    Label,
    /// Anything else, one character, or `=>`.
    Mark,
    /// The end of a line or a `;`.
    End,
}

/// Cuts a file into words.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer { text, at: 0, heredoc: None, tokens: Vec::new() };
    while lexer.step().is_some() {}
    lexer.tokens
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// The word that ends the text which begins on the next line.
    heredoc: Option<&'a str>,
    tokens: Vec<Token<'a>>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Takes the token of `length` bytes that begins `skip` bytes from here and is `whole` bytes with its marks.
    fn take(&mut self, kind: Kind, skip: usize, length: usize, whole: usize) {
        let span = self.at + skip..self.at + skip + length;
        let text = self.text.get(span.clone()).unwrap_or("");
        self.tokens.push(Token { kind, text, span });
        self.at += whole;
    }

    /// Goes one token on; `None` at the end.
    fn step(&mut self) -> Option<()> {
        let rest = self.rest();
        let first = rest.chars().next()?;
        match first {
            '\n' => self.line_end()?,
            ';' => self.take(Kind::End, 0, 1, 1),
            _ if first.is_whitespace() => self.at += first.len_utf8(),
            '\\' if rest.starts_with("\\\n") => self.at += 2,
            '#' => self.at += rest.find('\n').unwrap_or(rest.len()),
            '"' | '\'' => self.quoted(first, first, 1)?,
            '%' if rest.starts_with("%q") || rest.starts_with("%Q") => self.percent(rest)?,
            ':' if rest[1..].starts_with(is_name_start) => {
                let length = name_length(&rest[1..]);
                self.take(Kind::Symbol, 1, length, length + 1);
            }
            '<' if rest.starts_with("<<~") || rest.starts_with("<<-") => {
                let word = rest[3..].trim_start_matches(['"', '\'']);
                self.heredoc = Some(&word[..name_length(word)]).filter(|word| !word.is_empty());
                self.take(Kind::Computed, 0, 3, 3);
            }
            '=' if rest.starts_with("=>") => self.take(Kind::Mark, 0, 2, 2),
            _ if is_name_start(first) || first.is_ascii_digit() => {
                let length = name_length(rest).max(1);
                let label = rest[length..].starts_with(':') && !rest[length..].starts_with("::");
                self.take(
                    if label { Kind::Label } else { Kind::Word },
                    0,
                    length,
                    length + usize::from(label),
                );
            }
            _ => self.take(Kind::Mark, 0, first.len_utf8(), first.len_utf8()),
        }
        Some(())
    }

    /// Ends a line, and passes over what is no Ruby below it; `None` at the end of the program.
    fn line_end(&mut self) -> Option<()> {
        self.take(Kind::End, 0, 1, 1);
        if let Some(word) = self.heredoc.take() {
            self.pass(|line| line.trim() == word);
        }
        if self.rest().starts_with("=begin") {
            self.pass(|line| line.starts_with("=end"));
        }
        (!self.rest().starts_with("__END__")).then_some(())
    }

    /// Passes over lines up to the one that ends it.
    fn pass(&mut self, ends: impl Fn(&str) -> bool) {
        for line in self.rest().split_inclusive('\n') {
            self.at += line.len();
            if ends(line.trim_end_matches('\n')) {
                return;
            }
        }
    }

    /// A text from here: `skip` bytes to its first byte, up to `close`.
    fn quoted(&mut self, open: char, close: char, skip: usize) -> Option<()> {
        let body = self.rest().get(skip..)?;
        let (mut depth, mut escaped, mut computed) = (0_usize, false, false);
        for (at, char) in body.char_indices() {
            match char {
                _ if escaped => escaped = false,
                '\\' => (escaped, computed) = (true, true),
                _ if char == close && depth == 0 => {
                    let ruby = open != '\'' && body[..at].contains("#{");
                    let kind = if computed || ruby { Kind::Computed } else { Kind::Text };
                    self.take(kind, skip, at, skip + at + close.len_utf8());
                    return Some(());
                }
                _ if char == close => depth -= 1,
                _ if char == open => depth += 1,
                _ => {}
            }
        }
        None
    }

    /// `%q<text>` and its like.
    fn percent(&mut self, rest: &str) -> Option<()> {
        let open = rest[2..].chars().next()?;
        let close = match open {
            '<' => '>',
            '(' => ')',
            '[' => ']',
            '{' => '}',
            '|' | '!' | '/' => open,
            _ => {
                self.take(Kind::Mark, 0, 1, 1);
                return Some(());
            }
        };
        self.quoted(open, close, 3)
    }
}

fn is_name_start(char: char) -> bool {
    char.is_alphabetic() || char == '_'
}

/// How many bytes a name has that begins here, `?` and `!` of methods included.
fn name_length(text: &str) -> usize {
    let length = text.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(text.len());
    length
        + usize::from(
            length > 0 && text[length..].starts_with(['?', '!']) && !text[length + 1..].starts_with('='),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let all = tokens(text);
        for token in &all {
            assert_eq!(&text[token.span.clone()], token.text);
        }
        all.iter().map(|token| format!("{:?} {}", token.kind, token.text.trim())).collect()
    }

    #[test]
    fn words_texts_and_options_are_told_apart() {
        assert_eq!(
            shown("gem 'a', \"b#{c}\", group: :test # why\nx(%q<y>.freeze)"),
            [
                "Word gem",
                "Text a",
                "Mark ,",
                "Computed b#{c}",
                "Mark ,",
                "Label group",
                "Symbol test",
                "End ",
                "Word x",
                "Mark (",
                "Text y",
                "Mark .",
                "Word freeze",
                "Mark )"
            ]
        );
    }

    #[test]
    fn what_is_no_ruby_is_passed_over() {
        let text = "a = <<~X\n gem 'no'\nX\n=begin\ngem 'no'\n=end\nb\n__END__\ngem 'no'\n";
        assert_eq!(shown(text), ["Word a", "Mark =", "Computed <<~", "Word X", "End ", "Word b", "End "]);
    }
}
