//! Writing YAML for people: block style, comments above what they are about, quotes only where needed.

/// A value to be written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Yaml {
    /// A text, quoted where it needs to be.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
    /// A list, one element a line.
    List(Vec<Yaml>),
    /// A mapping.
    Table(Table),
}

/// A mapping, its keys in order, each with the remarks that stand above it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Table {
    rows: Vec<(Vec<String>, String, Yaml)>,
    /// Remarks below the last key.
    pub(crate) after: Vec<String>,
}

/// The longest line a remark or a list within brackets takes.
const WIDTH: usize = 100;

impl Table {
    /// Adds a key.
    pub(crate) fn put(&mut self, key: &str, value: Yaml) {
        self.put_with(&[], key, value);
    }

    /// Adds a key with a text.
    pub(crate) fn text(&mut self, key: &str, text: &str) {
        self.put(key, Yaml::Text(text.to_owned()));
    }

    /// Adds a key with remarks above it.
    pub(crate) fn put_with(&mut self, remarks: &[String], key: &str, value: Yaml) {
        self.rows.push((remarks.to_vec(), key.to_owned(), value));
    }

    /// Whether nothing would be written.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.after.is_empty()
    }

    /// The mapping as a document.
    pub(crate) fn document(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0);
        out
    }

    fn write(&self, out: &mut String, indent: usize) {
        for (remarks, key, value) in &self.rows {
            remark(out, indent, remarks);
            pad(out, indent);
            out.push_str(&scalar(key));
            out.push(':');
            value.write(out, indent);
        }
        remark(out, indent, &self.after);
    }
}

impl Yaml {
    /// A list of texts.
    pub(crate) fn texts(texts: &[String]) -> Yaml {
        Yaml::List(texts.iter().cloned().map(Yaml::Text).collect())
    }

    /// Writes what follows `key:` or `-`, to the end of the line.
    fn write(&self, out: &mut String, indent: usize) {
        match self {
            Yaml::Flag(flag) => out.push_str(&format!(" {flag}\n")),
            Yaml::Text(text) => match block(text, indent + 2) {
                Some(block) => out.push_str(&block),
                None => out.push_str(&format!(" {}\n", scalar(text))),
            },
            Yaml::List(list) if list.is_empty() => out.push_str(" []\n"),
            Yaml::List(list) => {
                if let Some(flow) = flow(list).filter(|flow| indent + flow.len() < WIDTH - 20) {
                    out.push_str(&format!(" {flow}\n"));
                    return;
                }
                out.push('\n');
                for value in list {
                    value.element(out, indent + 2);
                }
            }
            Yaml::Table(table) if table.rows.is_empty() => out.push_str(" {}\n"),
            Yaml::Table(table) => {
                out.push('\n');
                table.write(out, indent + 2);
            }
        }
    }

    fn element(&self, out: &mut String, indent: usize) {
        match self {
            Yaml::Table(table) if !table.rows.is_empty() => {
                // Remarks about the first key stand above the dash.
                let mut table = table.clone();
                remark(out, indent, &std::mem::take(&mut table.rows[0].0));
                let mut text = String::new();
                table.write(&mut text, indent + 2);
                pad(out, indent);
                out.push_str("- ");
                out.push_str(text.trim_start_matches(' '));
            }
            _ => {
                pad(out, indent);
                out.push('-');
                self.write(out, indent);
            }
        }
    }
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

/// Writes remarks, each wrapped at [`WIDTH`].
fn remark(out: &mut String, indent: usize, remarks: &[String]) {
    for text in remarks {
        for line in wrapped(text, WIDTH.saturating_sub(indent + 2)) {
            pad(out, indent);
            out.push_str(&format!("# {line}\n"));
        }
    }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let word: String = word.chars().filter(|c| !c.is_control() && !breaks(*c)).collect();
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(&word),
            Some(line) if line.len() + word.len() < width => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(format!("  {word}")),
        }
    }
    lines
}

/// Line ends of Unicode that some readers of YAML take for one.
fn breaks(letter: char) -> bool {
    matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// A text of several lines as it stands, where YAML can hold it so.
fn block(text: &str, indent: usize) -> Option<String> {
    let odd = |c: char| (c.is_control() && c != '\n' && c != '\t') || breaks(c);
    let first = text.lines().next()?;
    if !text.trim_end_matches('\n').contains('\n') || text.contains(odd) || first.trim().is_empty() {
        return None;
    }
    let mut out = String::from(" |");
    if first.starts_with([' ', '\t']) {
        out.push('2');
    }
    let body = text.trim_end_matches('\n');
    out.push_str(match text.len() - body.len() {
        0 => "-",
        1 => "",
        _ => return None,
    });
    out.push('\n');
    for line in body.split('\n') {
        // Blanks alone on a line would be taken for its indentation.
        if line.trim().is_empty() && !line.is_empty() {
            return None;
        }
        if !line.is_empty() {
            pad(&mut out, indent);
            out.push_str(line);
        }
        out.push('\n');
    }
    Some(out)
}

fn flow(list: &[Yaml]) -> Option<String> {
    let texts: Option<Vec<String>> = list
        .iter()
        .map(|value| match value {
            Yaml::Text(text) if !text.contains(['\n', ',']) => Some(scalar(text)),
            _ => None,
        })
        .collect();
    Some(format!("[{}]", texts?.join(", ")))
}

/// A text on one line: as it stands, in single quotes, or in double ones.
pub(crate) fn scalar(text: &str) -> String {
    let starts = |c: char| c.is_ascii_alphabetic() || c == '/' || c == '.';
    let plain = |c: char| c.is_alphanumeric() || " ./_-()+;@=".contains(c);
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    let number = text.starts_with('.') && !text[1..].starts_with(|c: char| c.is_ascii_alphabetic());
    let not_a_number = matches!(text.to_ascii_lowercase().as_str(), ".inf" | ".nan");
    if text.starts_with(starts)
        && text.chars().all(plain)
        && !text.ends_with(' ')
        && !word
        && !number
        && !not_a_number
    {
        return text.to_owned();
    }
    let odd = |c: char| c.is_control() || breaks(c);
    if !text.contains(odd) && text.contains(['"', '\\']) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    quoted(text)
}

/// A text in double quotes, with the escapes that JSON and YAML share.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if (c.is_control() || breaks(c)) && (c as u32) <= 0xffff => {
                out.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use fleetwright_core::source::Source;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(table: &Table) -> serde_json::Value {
        let text = table.document();
        Source::parse("x.yaml", &text).unwrap_or_else(|error| panic!("{error}\n{text}")).value()
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_again(texts in proptest::collection::vec("(.|\n| |#|:|'){0,24}", 1..5)) {
            let mut inner = Table::default();
            inner.put_with(&texts, "list", Yaml::texts(&texts));
            inner.text("first", &texts[0]);
            let mut table = Table::default();
            table.put("rows", Yaml::List(vec![Yaml::Table(inner.clone()), Yaml::Text(texts[0].clone())]));
            table.put("inner", Yaml::Table(inner));
            let inner = json!({ "list": texts, "first": texts[0] });
            prop_assert_eq!(read(&table), json!({ "rows": [inner.clone(), texts[0]], "inner": inner }));
        }
    }

    #[test]
    fn words_that_look_like_something_else_are_quoted() {
        for text in
            ["true", "No", "1.5", "", " a", "a: b", "- a", "{{ x }}", ".5", ".inf", "a #b", "~", "0x1f", "é"]
        {
            let mut table = Table::default();
            table.text("k", text);
            assert_eq!(read(&table), json!({ "k": text }), "{text}");
        }
        assert_eq!(scalar("acme/app"), "acme/app");
        assert_eq!(scalar(r#"repo.name == "a""#), r#"'repo.name == "a"'"#);
    }
}
