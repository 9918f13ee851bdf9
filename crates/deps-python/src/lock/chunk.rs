//! A lockfile in TOML, one package at a time: a document of the whole would need ten times its bytes.

use toml_edit::{Document, Item};

use crate::source::Source;

/// The largest part of a lockfile that is read at once, in bytes; one with 200 wheels has 40,000.
const MAX_CHUNK: usize = 1 << 20;
/// The most tables; what is behind them belongs to the last one, which then is too large.
const MAX_CHUNKS: usize = 250_000;

/// A table of a lockfile with all that belongs to it.
pub(crate) struct Chunk<'a> {
    /// The name in the first line's brackets; empty for what stands before the first table.
    pub(crate) header: &'a str,
    /// The line of its header, from 1.
    pub(crate) line: u32,
    pub(crate) text: &'a str,
}

/// Cuts a lockfile before each header that is none of a table within `array`.
pub(crate) fn chunks<'a>(text: &'a str, array: &str) -> Vec<Chunk<'a>> {
    let mut found = vec![Chunk { header: "", line: 1, text: "" }];
    let (mut start, mut at) = (0, 0);
    for (line, content) in (1..).zip(text.split_inclusive('\n')) {
        let header = header(content).filter(|header| !is_within(header, array));
        if let Some(header) = header.filter(|_| found.len() < MAX_CHUNKS) {
            close(&mut found, text, start..at);
            found.push(Chunk { header, line, text: "" });
            start = at;
        }
        at += content.len();
    }
    close(&mut found, text, start..at);
    found
}

fn close<'a>(found: &mut [Chunk<'a>], text: &'a str, span: std::ops::Range<usize>) {
    if let Some(last) = found.last_mut() {
        last.text = text.get(span).unwrap_or_default();
    }
}

fn header(line: &str) -> Option<&str> {
    let header = line.strip_prefix('[')?.trim_start_matches('[');
    Some(header.split(']').next().unwrap_or_default().trim())
}

fn is_within(header: &str, array: &str) -> bool {
    header.strip_prefix(array).is_some_and(|rest| rest.starts_with('.'))
}

impl Chunk<'_> {
    /// Reads the chunk and gives `read` the table under its header; what is wrong becomes a finding.
    pub(crate) fn read<T>(&self, source: &mut Source<'_>, read: impl FnOnce(&Item) -> T) -> Option<T> {
        if self.text.len() > MAX_CHUNK {
            let message = format!("a table of it has over {MAX_CHUNK} bytes and is not read");
            source.finding(self.line, message, "lock the project again");
            return None;
        }
        match Document::parse(self.text) {
            Ok(document) if self.header.is_empty() => Some(read(document.as_item())),
            Ok(document) => {
                let item = document.as_item().get(self.header)?;
                let first = item.as_array_of_tables().and_then(|tables| tables.get(0));
                match first {
                    Some(table) => Some(read(&Item::Table(table.clone()))),
                    None => Some(read(item)),
                }
            }
            Err(error) => {
                let before = error.span().and_then(|span| self.text.get(..span.start)).unwrap_or_default();
                let line = self.line + crate::source::number(before.matches('\n').count());
                source.finding(line, format!("it is no TOML: {}", error.message()), "lock the project again");
                None
            }
        }
    }

    /// The line of the first entry with this key, from 1; the header's where there is none.
    pub(crate) fn line_of(&self, key: &str) -> u32 {
        let found = self
            .text
            .lines()
            .position(|line| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('=')));
        self.line + found.map_or(0, crate::source::number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_its_tables_with_it() {
        let text = "version = 1\n\n[[package]]\nname = \"a\"\n[package.dependencies]\nb = \"*\"\n\n[[package]]\nname = \"b\"\n[metadata]\nx = 1\n";
        let cut = chunks(text, "package");
        let shape: Vec<_> = cut.iter().map(|chunk| (chunk.header, chunk.line)).collect();
        assert_eq!(shape, [("", 1), ("package", 3), ("package", 8), ("metadata", 10)]);
        assert_eq!(cut[1].line_of("name"), 4);
        assert_eq!(cut.iter().map(|chunk| chunk.text).collect::<String>(), text);
    }
}
