//! Lines with their length in front: the frame of everything git says.

use crate::error::{GitError, Result};

/// The most bytes of one line's content, by the protocol: 65,520 with the four of its length.
pub const MAX_LINE: usize = 65_516;

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet<'a> {
    /// Content, as it came.
    Line(&'a [u8]),
    /// `0000`: a list or message ends.
    Flush,
    /// `0001`: a section ends.
    Delimiter,
    /// `0002`: an answer ends.
    End,
}

impl Packet<'_> {
    /// The content without the newline that git adds to text; `None` for what is no line.
    pub fn text(&self) -> Option<&[u8]> {
        match self {
            Packet::Line(line) => Some(line.strip_suffix(b"\n").unwrap_or(line)),
            _ => None,
        }
    }
}

/// Takes frames out of bytes that come in pieces.
#[derive(Debug, Default)]
pub struct Packets {
    held: Vec<u8>,
    at: usize,
}

impl Packets {
    /// Frames of an answer that is there as a whole.
    pub fn of(bytes: &[u8]) -> Packets {
        Packets { held: bytes.to_vec(), at: 0 }
    }

    /// Adds what came next.
    pub fn push(&mut self, bytes: &[u8]) {
        self.held.drain(..self.at);
        self.at = 0;
        self.held.extend_from_slice(bytes);
    }

    /// Whether every byte was taken.
    pub fn is_empty(&self) -> bool {
        self.at == self.held.len()
    }

    /// The next whole frame, if it is there.
    ///
    /// # Errors
    /// [`GitError::Protocol`] where the length is none, [`GitError::Remote`] for a line by which a server says what
    /// went wrong (`ERR`).
    pub fn take(&mut self) -> Result<Option<Packet<'_>>> {
        let rest = &self.held[self.at..];
        let Some((digits, rest)) = rest.split_first_chunk::<4>() else {
            return Ok(None);
        };
        let length = length(digits)?;
        let Some(content) = length.checked_sub(4) else {
            self.at += 4;
            return match length {
                0 => Ok(Some(Packet::Flush)),
                1 => Ok(Some(Packet::Delimiter)),
                2 => Ok(Some(Packet::End)),
                _ => Err(protocol("a line of length 3")),
            };
        };
        if content > MAX_LINE {
            return Err(protocol("a line longer than 65,516 bytes"));
        }
        let Some(line) = rest.get(..content) else {
            return Ok(None);
        };
        self.at += length;
        match line.strip_prefix(b"ERR ") {
            Some(said) => Err(remote(said)),
            None => Ok(Some(Packet::Line(line))),
        }
    }

    /// The next frame of an answer that is there as a whole.
    ///
    /// # Errors
    /// As [`Packets::take`], and [`GitError::Protocol`] where the answer ends before.
    pub fn expect(&mut self) -> Result<Packet<'_>> {
        self.take()?.ok_or_else(|| protocol("an answer that is cut off"))
    }
}

fn length(digits: &[u8; 4]) -> Result<usize> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()));
    let length = text.and_then(|text| usize::from_str_radix(text, 16).ok());
    length.ok_or_else(|| protocol("something that does not begin with a length; is it git's address?"))
}

/// Appends one line.
///
/// # Errors
/// [`GitError::Limit`] for content longer than a line may be.
pub(crate) fn line(out: &mut Vec<u8>, content: &[u8]) -> Result<()> {
    if content.len() > MAX_LINE {
        return Err(GitError::Limit { what: "bytes in a line of git's protocol", limit: MAX_LINE as u64 });
    }
    out.extend_from_slice(format!("{:04x}", content.len() + 4).as_bytes());
    out.extend_from_slice(content);
    Ok(())
}

/// Appends the end of a list.
pub(crate) fn flush(out: &mut Vec<u8>) {
    out.extend_from_slice(b"0000");
}

/// Appends the end of a section.
pub(crate) fn delimiter(out: &mut Vec<u8>) {
    out.extend_from_slice(b"0001");
}

/// An answer that git does not give.
pub(crate) fn protocol(what: impl Into<String>) -> GitError {
    GitError::Protocol { what: what.into() }
}

/// A server's own words.
pub(crate) fn remote(said: &[u8]) -> GitError {
    GitError::Remote { said: words(said) }
}

/// A server's words as one line of at most 1,000 characters, without what looks like a secret.
pub(crate) fn words(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    // Before it is cut: half a secret is not known again.
    fleetwright_core::secret::mask(&plain).chars().take(1_000).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_whole_from_any_pieces() {
        let stream = b"0006a\n0000000100020004000bERRabcd";
        for piece in 1..stream.len() {
            let mut packets = Packets::default();
            let mut seen = Vec::new();
            for bytes in stream.chunks(piece) {
                packets.push(bytes);
                while let Some(packet) = packets.take().unwrap() {
                    seen.push(match packet {
                        Packet::Line(line) => String::from_utf8(line.to_vec()).unwrap(),
                        other => format!("{other:?}"),
                    });
                }
            }
            assert_eq!(seen, ["a\n", "Flush", "Delimiter", "End", "", "ERRabcd"]);
            assert!(packets.is_empty());
        }
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        for bad in ["<!do", "0003", "fff1", "+004", "ffff", "00 5"] {
            assert!(matches!(Packets::of(bad.as_bytes()).take(), Err(GitError::Protocol { .. })), "{bad}");
        }
        let error = Packets::of(b"0014ERR no\x1b[2J\r\nsuch").take().unwrap_err();
        assert!(matches!(&error, GitError::Remote { said } if said == "no [2J such"), "{error}");
        assert!(line(&mut Vec::new(), &[0; MAX_LINE + 1]).is_err());
    }
}
