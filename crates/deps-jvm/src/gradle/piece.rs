//! Strings put together of pieces that each know where they are written.

use std::sync::Arc;

use fleetwright_package::Through;

use crate::text::Text;

/// The longest string that is put together, in bytes.
const MAX_TEXT: usize = 4096;

/// A piece of a string.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    /// What stands there, or why that cannot be told.
    pub(crate) text: Result<String, String>,
    /// Where it is written: the file, and its bytes, which are exactly the text.
    pub(crate) at: Option<(Arc<str>, Text)>,
    pub(crate) through: Through,
}

impl Piece {
    pub(crate) fn unknown(why: String) -> Piece {
        Piece { text: Err(why), at: None, through: Through::Unknown }
    }

    /// The part of it between two of its bytes.
    fn part(&self, text: &str, start: usize) -> Piece {
        let at = self.at.as_ref().map(|(path, written)| {
            let mut written = written.clone();
            written.span = written.span.start + start..written.span.start + start + text.len();
            written.value = text.to_owned();
            (path.clone(), written)
        });
        Piece { text: Ok(text.to_owned()), at, through: self.through.clone() }
    }
}

/// The whole of some pieces: one that knows its place only if it is written in one.
pub(crate) fn join(pieces: &[Piece]) -> Piece {
    if let [one] = pieces {
        return one.clone();
    }
    let mut whole = String::new();
    let mut through = Through::Inline;
    for piece in pieces {
        match &piece.text {
            Ok(text) => whole.push_str(text),
            Err(_) => return Piece { at: None, ..piece.clone() },
        }
        if whole.len() > MAX_TEXT {
            return Piece::unknown(format!("it is longer than {MAX_TEXT} bytes"));
        }
        if piece.through != Through::Inline {
            through = piece.through.clone();
        }
    }
    Piece { text: Ok(whole), at: None, through }
}

/// Splits pieces at a sign; what is not known holds none.
pub(crate) fn split(pieces: &[Piece], sign: char) -> Vec<Piece> {
    let mut parts: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in pieces {
        let Ok(text) = &piece.text else {
            parts.last_mut().into_iter().for_each(|part| part.push(piece.clone()));
            continue;
        };
        let mut start = 0;
        for (at, part) in text.split(sign).enumerate() {
            if at > 0 {
                parts.push(Vec::new());
            }
            if !part.is_empty()
                && let Some(last) = parts.last_mut()
            {
                last.push(piece.part(part, start));
            }
            start += part.len() + sign.len_utf8();
        }
    }
    parts.iter().map(|part| join(part)).collect()
}
