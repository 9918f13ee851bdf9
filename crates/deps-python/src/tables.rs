//! TOML with the places of its strings.

use std::ops::Range;

use toml_edit::{Document, Item, TableLike, Value};

use crate::source::Source;

/// The largest manifest that is read as a whole, in bytes; real ones have some tens of thousands.
const MAX_MANIFEST: usize = 4 << 20;

/// Reads a manifest; what is wrong with it becomes a finding.
pub(crate) fn read<'a>(source: &mut Source<'a>) -> Option<Document<&'a str>> {
    if source.text.len() > MAX_MANIFEST {
        source.finding(0, format!("it has over {MAX_MANIFEST} bytes and is not read"), "make it smaller");
        return None;
    }
    match Document::parse(source.text) {
        Ok(document) => Some(document),
        Err(error) => {
            let line = source.line(error.span().map_or(0, |span| span.start));
            source.finding(line, format!("it is no TOML: {}", error.message()), "correct the line");
            None
        }
    }
}

/// What is at a path of keys.
pub(crate) fn at<'a>(root: &'a Item, path: &[&str]) -> Option<&'a Item> {
    path.iter().try_fold(root, |item, key| item.get(key))
}

/// The entries of the table at a path of keys: each with the bytes of its key.
pub(crate) fn entries<'a>(
    root: &'a Item,
    path: &[&str],
) -> impl Iterator<Item = (&'a str, Range<usize>, &'a Item)> {
    at(root, path).and_then(Item::as_table_like).into_iter().flat_map(all)
}

fn all(table: &dyn TableLike) -> impl Iterator<Item = (&str, Range<usize>, &Item)> {
    table.iter().map(|(key, item)| (key, table.key(key).and_then(|key| key.span()).unwrap_or_default(), item))
}

/// The values of the array at a path of keys.
pub(crate) fn values<'a>(root: &'a Item, path: &[&str]) -> impl Iterator<Item = &'a Value> {
    at(root, path).and_then(Item::as_array).into_iter().flatten()
}

/// The text at a path of keys.
pub(crate) fn text<'a>(root: &'a Item, path: &[&str]) -> Option<&'a str> {
    at(root, path)?.as_str()
}

/// The bytes between the quotes of a string.
pub(crate) fn inner(source: &Source<'_>, span: Option<Range<usize>>) -> Option<Range<usize>> {
    let span = span?;
    let raw = source.slice(&span);
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| raw.starts_with(quote))?.len();
    (raw.len() >= 2 * quote).then(|| span.start + quote..span.end - quote)
}

/// The bytes of a name that is a key: without its quotes.
pub(crate) fn key_name(source: &Source<'_>, span: Range<usize>) -> Range<usize> {
    inner(source, Some(span.clone())).unwrap_or(span)
}
