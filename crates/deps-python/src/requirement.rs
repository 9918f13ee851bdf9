//! One requirement as PEP 508 writes it, `name[extra] >=1,<2 ; marker` or `name @ address`, with its places.

use std::ops::Range;

/// A requirement; spans are bytes of the text it was read from, plus the offset that was given.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    pub(crate) name: Range<usize>,
    pub(crate) extras: Vec<String>,
    /// The specifiers; `None` where none is written.
    pub(crate) specifiers: Option<Range<usize>>,
    pub(crate) address: Option<Range<usize>>,
    /// Whether it holds in some environments only.
    pub(crate) marker: bool,
}

/// Reads a requirement that stands at `offset` of its file; `None` when it is none.
pub(crate) fn read(text: &str, offset: usize) -> Option<Requirement> {
    let start = text.len() - text.trim_start().len();
    let name_end = start + name_length(text.get(start..)?)?;
    let (extras, at) = extras(text, skip_space(text, name_end))?;
    let rest = text.get(at..)?;
    let (address, body) = match rest.strip_prefix('@') {
        Some(address) => (true, at + 1..at + 1 + address_length(address)),
        None => (false, at..at + rest.find(';').unwrap_or(rest.len())),
    };
    let marker = text.get(body.end..)?.trim_start().starts_with(';');
    let body = trimmed(text, without_parentheses(text, trimmed(text, body)));
    let body = (!body.is_empty()).then_some(body.start + offset..body.end + offset);
    let (specifiers, address) = if address { (None, Some(body?)) } else { (body, None) };
    Some(Requirement { name: start + offset..name_end + offset, extras, specifiers, address, marker })
}

/// The length of the name that a text begins with.
pub(crate) fn name_length(text: &str) -> Option<usize> {
    let part = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '_' | '-');
    let all = text.get(..text.find(|char| !part(char)).unwrap_or(text.len()))?;
    let name = all.trim_end_matches(['.', '_', '-']);
    (name.len() == all.len() && name.starts_with(|char: char| char.is_ascii_alphanumeric()))
        .then_some(name.len())
}

fn skip_space(text: &str, at: usize) -> usize {
    text.get(at..).map_or(at, |rest| at + rest.len() - rest.trim_start().len())
}

fn extras(text: &str, at: usize) -> Option<(Vec<String>, usize)> {
    let Some(list) = text.get(at..)?.strip_prefix('[') else { return Some((Vec::new(), at)) };
    let (list, _) = list.split_once(']')?;
    let extras = list.split(',').map(normal).filter(|extra| !extra.is_empty()).collect();
    Some((extras, skip_space(text, at + list.len() + 2)))
}

/// An address ends before a marker, which must have a space before its semicolon.
fn address_length(text: &str) -> usize {
    text.find(" ;").or_else(|| text.find("\t;")).unwrap_or(text.len())
}

fn without_parentheses(text: &str, span: Range<usize>) -> Range<usize> {
    let inner = text.get(span.clone()).is_some_and(|body| body.starts_with('(') && body.ends_with(')'));
    if inner && span.len() >= 2 { span.start + 1..span.end - 1 } else { span }
}

fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let Some(body) = text.get(span.clone()) else { return span };
    let start = span.start + body.len() - body.trim_start().len();
    start..start + body.trim().len()
}

/// The name of an extra or a group as PEP 503 and 685 compare it.
pub(crate) fn normal(name: &str) -> String {
    let parts = name.trim().split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_bytes() {
        let text = "  Foo.Bar [a, B_c] (>=1.0,<2) ; python_version < '3'";
        let read = read(text, 0).unwrap();
        assert_eq!(&text[read.name], "Foo.Bar");
        assert_eq!(read.extras, ["a", "b-c"]);
        assert_eq!(&text[read.specifiers.unwrap()], ">=1.0,<2");
        assert!(read.marker && read.address.is_none());
    }

    #[test]
    fn an_address_is_no_specifier() {
        let text = "pip @ https://host/pip;v=1.zip#sha1=da ; os_name == 'nt'";
        let found = read(text, 100).unwrap();
        assert_eq!(&text[found.address.unwrap().start - 100..34], "https://host/pip;v=1.zip#sha");
        assert!(found.marker && found.specifiers.is_none());
    }

    #[test]
    fn what_is_no_requirement_is_none() {
        for text in ["", "-r x", "foo-", "./foo", "foo[", "==1", "foo @"] {
            assert_eq!(read(text, 0), None, "{text}");
        }
        assert!(read("foo", 0).unwrap().specifiers.is_none());
    }
}
