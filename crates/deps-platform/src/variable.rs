//! Texts with variables, `${NAME}`, `$NAME` or `${NAME:-default}`, and where the values of those are written.

use std::collections::BTreeMap;
use std::ops::Range;

/// The longest text that is put together, in bytes.
const MAX_TEXT: usize = 4_096;

/// The variables that are known: the value of each and where it is written, if in one place.
pub(crate) type Variables = BTreeMap<String, (String, Option<usize>)>;

/// Its bytes in the text, where it is written, and the variable it is the value of.
type Piece = (Range<usize>, Option<usize>, Option<String>);

/// A text with its variables put in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Filled {
    pub(crate) text: String,
    pieces: Vec<Piece>,
}

impl Filled {
    /// Where these bytes of the text are written: they must be within one piece.
    pub(crate) fn place(&self, bytes: &Range<usize>) -> Option<Range<usize>> {
        let (inner, written, _) = self.piece(bytes)?;
        let start = (*written)? + (bytes.start - inner.start);
        Some(start..start + bytes.len())
    }

    /// The variable of the first of these bytes that is a variable's.
    pub(crate) fn variable(&self, bytes: &Range<usize>) -> Option<&str> {
        let within =
            self.pieces.iter().filter(|(inner, ..)| inner.start < bytes.end && bytes.start < inner.end);
        within.filter_map(|(.., name)| name.as_deref()).next()
    }

    fn piece(&self, bytes: &Range<usize>) -> Option<&Piece> {
        self.pieces.iter().find(|(inner, ..)| inner.start <= bytes.start && bytes.end <= inner.end)
    }
}

/// Puts the variables into a text that is written at `at`.
///
/// # Errors
/// The name of a variable that is not known, or what else cannot be read.
pub(crate) fn fill(text: &str, at: usize, variables: &Variables) -> Result<Filled, String> {
    let mut filled = Filled { text: String::new(), pieces: Vec::new() };
    let mut rest = 0;
    while let Some(tail) = text.get(rest..).filter(|tail| !tail.is_empty()) {
        let literal = tail.find('$').unwrap_or(tail.len());
        push(&mut filled, tail.get(..literal).unwrap_or_default(), Some(at + rest), None)?;
        rest += literal;
        let Some(tail) = text.get(rest + 1..) else { break };
        rest += 1 + variable(&mut filled, tail, at + rest + 1, variables)?;
    }
    Ok(filled)
}

/// Reads a variable behind its dollar and gives its length.
fn variable(filled: &mut Filled, tail: &str, at: usize, variables: &Variables) -> Result<usize, String> {
    let (inner, skip, length) = match tail.strip_prefix('{') {
        Some(inner) => {
            let end = inner.find('}').ok_or("a brace that is not closed")?;
            (inner.get(..end).unwrap_or_default(), 1, end + 2)
        }
        None => {
            let end =
                tail.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(tail.len());
            (tail.get(..end).unwrap_or_default(), 0, end)
        }
    };
    let end = inner.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(inner.len());
    let name = inner.get(..end).unwrap_or_default();
    if name.is_empty() {
        return Err("a dollar without a name".to_owned());
    }
    let operator = inner.get(end..).unwrap_or_default();
    let default = operator
        .strip_prefix(":-")
        .map(|text| (text, 2))
        .or(operator.strip_prefix('-').map(|text| (text, 1)));
    match (variables.get(name), default) {
        (Some((value, written)), _) if operator.is_empty() || default.is_some() => {
            push(filled, value, *written, Some(name))?;
        }
        (None, Some((default, skipped))) => {
            push(filled, default, Some(at + skip + end + skipped), Some(name))?
        }
        _ => return Err(name.to_owned()),
    }
    Ok(length)
}

fn push(filled: &mut Filled, text: &str, at: Option<usize>, variable: Option<&str>) -> Result<(), String> {
    if filled.text.len() + text.len() > MAX_TEXT {
        return Err(format!("over {MAX_TEXT} bytes"));
    }
    let start = filled.text.len();
    filled.text.push_str(text);
    if !text.is_empty() {
        filled.pieces.push((start..filled.text.len(), at, variable.map(str::to_owned)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_places() {
        let variables = Variables::from([("V".to_owned(), ("3.12".to_owned(), Some(100)))]);
        let filled = fill("python:${V}-slim", 0, &variables).unwrap();
        assert_eq!(filled.text, "python:3.12-slim");
        assert_eq!(filled.place(&(7..11)), Some(100..104));
        assert_eq!((filled.place(&(7..16)), filled.variable(&(7..16))), (None, Some("V")));
        let text = "a:${X:-1.2}";
        let filled = fill(text, 0, &variables).unwrap();
        assert_eq!((filled.text.as_str(), &text[filled.place(&(2..5)).unwrap()]), ("a:1.2", "1.2"));
        assert_eq!(fill("$Y", 0, &variables), Err("Y".to_owned()));
    }
}
