//! Keeps the beginning and the end of a stream within fixed memory, and no secret of it.

use std::collections::VecDeque;

use fleetwright_core::secret::Redactor;

/// Bytes kept of one stream: half for its beginning, half for its end.
pub(crate) const KEPT: usize = 1 << 20;

/// What is kept beyond that on both sides of a cut until the end: half a secret is not known again,
/// and the longest one is shorter.
const SEAM: usize = 64 << 10;

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
        let most = self.half + SEAM;
        let (head, rest) = bytes.split_at((most - self.head.len()).min(bytes.len()));
        self.head.extend_from_slice(head);
        let rest = &rest[rest.len().saturating_sub(most)..];
        let excess = (self.tail.len() + rest.len()).saturating_sub(most);
        self.tail.drain(..excess);
        self.tail.extend(rest);
    }

    /// The lines of its secrets: in a log of two streams they stand beside lines of the other one, where
    /// what they are need not be seen.
    pub(crate) fn lines_of_secrets(&mut self, redactor: &Redactor) -> Vec<Vec<u8>> {
        let parts = [self.head.as_slice(), self.tail.make_contiguous()];
        let secrets = parts.into_iter().flat_map(|part| redactor.all(part));
        secrets
            .flat_map(|secret| secret.split(|b| *b == b'\n'))
            .map(|line| line.trim_ascii().to_vec())
            .collect()
    }

    /// The stream without its secrets, with a line in place of what was left out.
    pub(crate) fn finish(mut self, redactor: &Redactor) -> Vec<u8> {
        let half = self.half;
        let is_whole = self.total == (self.head.len() + self.tail.len()) as u64;
        let (mut head, tail) = if is_whole {
            self.head.extend(self.tail);
            let mut clean = redactor.bytes(&self.head).into_owned();
            if clean.len() <= 2 * half {
                return clean;
            }
            let tail = clean.split_off(clean.len() - half);
            (clean, tail)
        } else {
            // What may go on beyond the seam is held back here, and what may have begun before it is
            // within its bytes there.
            let head = redactor.stream().push(&self.head);
            let mut tail = redactor.bytes(self.tail.make_contiguous()).into_owned();
            tail.drain(..SEAM.min(tail.len()));
            (head, tail)
        };
        head.truncate(half);
        let left_out = self.total.saturating_sub((head.len() + tail.len()) as u64);
        head.extend_from_slice(format!("\n[... {left_out} bytes left out ...]\n").as_bytes());
        head.extend(tail);
        head
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn keeps_all_that_fits() {
        let mut capture = Capture::new(8);
        capture.push(b"abc");
        capture.push(b"defgh");
        assert_eq!(capture.finish(&Redactor::default()), b"abcdefgh");
    }

    #[test]
    fn keeps_beginning_and_end() {
        let mut capture = Capture::new(8);
        for byte in b'a'..=b'z' {
            capture.push(&[byte]);
        }
        assert_eq!(capture.finish(&Redactor::default()), b"abcd\n[... 18 bytes left out ...]\nwxyz");
        let mut capture = Capture::new(8);
        capture.push(b"abcdefghijklmnopqrstuvwxyz");
        assert_eq!(capture.finish(&Redactor::default()), b"abcd\n[... 18 bytes left out ...]\nwxyz");
        let mut capture = Capture::new(8);
        for _ in 0..100 {
            capture.push(b"123456 89\n".repeat(1000).as_slice());
        }
        assert_eq!(
            String::from_utf8(capture.finish(&Redactor::default())).unwrap(),
            "1234\n[... 999992 bytes left out ...]\n 89\n"
        );
    }

    #[test]
    fn a_secret_at_a_cut_leaves_no_half() {
        let redactor = Redactor::new(["the plain secret"]);
        for (total, step) in [(1_000, 1), (4 * SEAM, 997)] {
            let last = total - 16;
            let seams = [SEAM + 24, total.saturating_sub(SEAM + 40)].into_iter().filter(|at| *at < last);
            for at in (0..last).step_by(step).chain(seams) {
                let mut text = "x\n".repeat(total / 2);
                text.replace_range(at..at + 16, "the plain secret");
                let mut capture = Capture::new(64);
                text.as_bytes().chunks(4_093).for_each(|chunk| capture.push(chunk));
                let kept = String::from_utf8(capture.finish(&redactor)).unwrap();
                let kept = kept.replace("bytes left out", "");
                assert!(!kept.contains(['a', 'c', 'e', 't']), "{at} of {total}: {kept}");
                assert!(kept.len() <= 64 + 40, "{kept}");
            }
        }
    }
}
