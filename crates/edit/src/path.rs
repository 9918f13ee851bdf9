//! Paths into documents, the same for all formats.
//!
//! ```text
//! spec.template.spec.containers[0].image           keys and an index
//! metadata.labels["app.kubernetes.io/name"]        a quoted key
//! containers[*].image                              every element (or every value of a mapping)
//! containers[name=web].image                       the elements whose `name` is `web`
//! tags[=old]                                       the elements that are `old`
//! project.dependencies.dependency[artifactId=log4j-core].version
//! Project.ItemGroup.PackageReference[@Include="Serilog"].@Version
//! ```

use std::fmt;

use crate::error::{Caret, EditError};
use crate::limits::{MAX_DEPTH, MAX_PATH_BYTES};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// `.key` or `["key"]`.
    Key(String),
    /// `[3]`.
    Index(usize),
    /// `[*]`.
    Each,
    /// `[key=value]`, or `[=value]` for the elements themselves.
    Where { key: Option<String>, value: String },
}

/// A parsed path: at least one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    text: String,
    pub(crate) steps: Vec<Step>,
}

impl Path {
    /// Reads a path.
    pub(crate) fn parse(text: &str) -> Result<Path, EditError> {
        let mut reader = Reader { text, at: 0 };
        let steps = reader.steps().map_err(|reason| EditError::Path {
            caret: Caret { text: text.to_owned(), offset: reader.at.min(text.len()) },
            reason,
        })?;
        Ok(Path { text: text.to_owned(), steps })
    }

    /// A path of keys only.
    pub(crate) fn of_keys(keys: &[String]) -> Path {
        let text = keys.iter().fold(String::new(), |mut text, key| {
            push_key(&mut text, key);
            text
        });
        Path { text, steps: keys.iter().cloned().map(Step::Key).collect() }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Adds `key` to the path text, quoted when it needs to be.
pub(crate) fn push_key(text: &mut String, key: &str) {
    if key.is_empty() || key.contains(['.', '[', ']', '"', '\'']) {
        text.push_str(&format!("[{key:?}]"));
    } else {
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(key);
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn steps(&mut self) -> Result<Vec<Step>, String> {
        if self.text.len() > MAX_PATH_BYTES {
            return Err(format!("the path is longer than {MAX_PATH_BYTES} bytes"));
        }
        let mut steps = Vec::new();
        if self.peek() != Some('[') {
            steps.push(self.key()?);
        }
        while let Some(next) = self.peek() {
            match next {
                '.' => {
                    self.bump();
                    steps.push(self.key()?);
                }
                '[' => steps.push(self.bracket()?),
                _ => return Err("expected '.' or '[' here".to_owned()),
            }
            if steps.len() > MAX_DEPTH {
                return Err(format!("the path has more than {MAX_DEPTH} steps"));
            }
        }
        Ok(steps)
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &str {
        let start = self.at;
        while self.peek().is_some_and(&keep) {
            self.bump();
        }
        &self.text[start..self.at]
    }

    fn key(&mut self) -> Result<Step, String> {
        let key = self.take_while(|c| !matches!(c, '.' | '[' | ']' | '"' | '\''));
        if key.is_empty() {
            return Err("expected a key here; quote keys with special characters: [\"a.b\"]".to_owned());
        }
        if key == "*" {
            return Ok(Step::Each);
        }
        Ok(Step::Key(key.to_owned()))
    }

    fn bracket(&mut self) -> Result<Step, String> {
        self.bump();
        let step = match self.peek() {
            Some('*') => {
                self.bump();
                Step::Each
            }
            Some('"' | '\'') => {
                let key = self.quoted()?;
                if self.peek() == Some('=') { self.condition(Some(key))? } else { Step::Key(key) }
            }
            Some('=') => self.condition(None)?,
            _ => self.index_or_condition()?,
        };
        if self.peek() != Some(']') {
            return Err("expected ']' here".to_owned());
        }
        self.bump();
        Ok(step)
    }

    fn index_or_condition(&mut self) -> Result<Step, String> {
        let start = self.at;
        let word = self.take_while(|c| !matches!(c, ']' | '=' | '[' | '"' | '\'')).to_owned();
        if self.peek() == Some('=') && !word.is_empty() {
            return self.condition(Some(word));
        }
        let Ok(index) = word.parse() else {
            self.at = start;
            return Err("expected an index [0], [*], [key=value] or a quoted key [\"a.b\"]".to_owned());
        };
        Ok(Step::Index(index))
    }

    fn condition(&mut self, key: Option<String>) -> Result<Step, String> {
        self.bump();
        let value = match self.peek() {
            Some('"' | '\'') => self.quoted()?,
            _ => self.take_while(|c| c != ']').to_owned(),
        };
        Ok(Step::Where { key, value })
    }

    fn quoted(&mut self) -> Result<String, String> {
        let open = self.bump();
        let mut out = String::new();
        loop {
            match self.bump() {
                None => return Err("the quote is never closed".to_owned()),
                next if next == open => return Ok(out),
                Some('\\') => out.extend(self.bump().map(unescaped)),
                Some(next) => out.push(next),
            }
        }
    }
}

/// The character that stands for itself or for a blank after a backslash.
fn unescaped(c: char) -> char {
    match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Step {
        Step::Key(text.to_owned())
    }

    #[test]
    fn the_syntax() {
        let steps = |text: &str| Path::parse(text).unwrap().steps;
        assert_eq!(steps("a.b-c[0].@d"), [key("a"), key("b-c"), Step::Index(0), key("@d")]);
        assert_eq!(steps(r#"m["x.y/z"]['q"']"#), [key("m"), key("x.y/z"), key("q\"")]);
        assert_eq!(steps("[\"a\\\"b\"][*].*"), [key("a\"b"), Step::Each, Step::Each]);
        assert_eq!(steps("[\"a\\n\"]"), [key("a\n")]);
        let web = Step::Where { key: Some("name".to_owned()), value: "web.1".to_owned() };
        assert_eq!(steps("c[name=web.1]"), [key("c"), web.clone()]);
        assert_eq!(steps("c[name=\"web.1\"]"), [key("c"), web]);
        assert_eq!(steps("c[=a]")[1], Step::Where { key: None, value: "a".to_owned() });
    }

    #[test]
    fn a_bad_path_is_shown_with_a_caret() {
        let message = |text: &str| Path::parse(text).unwrap_err().to_string();
        assert!(message("a..b").ends_with("  a..b\n    ^"), "{}", message("a..b"));
        assert!(message("a[x]").contains("column 3"), "{}", message("a[x]"));
        assert!(message("").contains("expected a key"));
        assert!(message("a[\"b").contains("never closed"));
        assert!(message("a[0]b").ends_with("  a[0]b\n      ^"));
        assert!(message(&"a.".repeat(3000)).contains("4096"));
    }

    #[test]
    fn keys_are_quoted_in_messages() {
        assert_eq!(Path::of_keys(&["a".into(), "b.c".into()]).to_string(), "a[\"b.c\"]");
    }
}
