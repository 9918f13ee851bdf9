//! Keeps the beginning and the end of a stream within fixed memory.

use std::collections::VecDeque;

/// Bytes kept of one stream: half for its beginning, half for its end.
pub(crate) const KEPT: usize = 1 << 20;

/// The beginning and the end of what was pushed.
#[derive(Debug)]
pub(crate) struct Capture {
    half: usize,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    total: u64,
}

impl Capture {
    pub(crate) fn new(kept: usize) -> Self {
        Self { half: kept / 2, head: Vec::new(), tail: VecDeque::new(), total: 0 }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = self.half - self.head.len();
        let (head, rest) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(head);
        let rest = &rest[rest.len().saturating_sub(self.half)..];
        let excess = (self.tail.len() + rest.len()).saturating_sub(self.half);
        self.tail.drain(..excess);
        self.tail.extend(rest);
    }

    /// The stream, with a line in place of what was left out.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        let left_out = self.total - (self.head.len() + self.tail.len()) as u64;
        if left_out > 0 {
            let marker = format!("\n[... {left_out} bytes left out ...]\n");
            self.head.extend_from_slice(marker.as_bytes());
        }
        self.head.extend(self.tail);
        self.head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_all_that_fits() {
        let mut capture = Capture::new(8);
        capture.push(b"abc");
        capture.push(b"defgh");
        assert_eq!(capture.finish(), b"abcdefgh");
    }

    #[test]
    fn keeps_beginning_and_end() {
        let mut capture = Capture::new(8);
        for byte in b'a'..=b'z' {
            capture.push(&[byte]);
        }
        assert_eq!(capture.finish(), b"abcd\n[... 18 bytes left out ...]\nwxyz");
        let mut capture = Capture::new(8);
        capture.push(b"abcdefghijklmnopqrstuvwxyz");
        assert_eq!(capture.finish(), b"abcd\n[... 18 bytes left out ...]\nwxyz");
    }
}
