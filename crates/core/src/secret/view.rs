//! Bytes as they read once an encoding is taken off, each with its place in the text.

use std::borrow::Cow;

use super::span::Span;

/// The fewest characters of base64 or hex that are worth decoding: any secret has more.
const LEAST: usize = 20;

/// The fewest readable bytes in a row that are looked at: less is chance.
const READABLE: usize = 14;

/// Bytes, and from where to where each stands in the text.
pub(super) struct View<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// Per byte: its first place in the text, and the one after its last; `None` for the text itself.
    places: Option<Vec<(u32, u32)>>,
}

impl<'a> View<'a> {
    /// A text as it is.
    pub(super) fn of(text: &'a [u8]) -> View<'a> {
        View { bytes: Cow::Borrowed(text), places: None }
    }

    fn place(&self, at: usize) -> (u32, u32) {
        match &self.places {
            None => (short(at), short(at + 1)),
            Some(places) => places.get(at).copied().unwrap_or_default(),
        }
    }

    /// The place in the text of some of the bytes.
    pub(super) fn span(&self, start: usize, end: usize, kind: &'static str) -> Span {
        let first = self.place(start).0;
        let last = end.checked_sub(1).map_or(first, |last| self.place(last).1);
        Span { start: first as usize, end: last.max(first) as usize, kind }
    }

    /// The same with `%41` and the escapes of JSON read; `None` where there are none.
    pub(super) fn unescaped(&self) -> Option<View<'static>> {
        if !self.bytes.iter().any(|byte| matches!(byte, b'%' | b'\\')) {
            return None;
        }
        let mut plain = Decoded::default();
        let mut at = 0;
        while at < self.bytes.len() {
            let (byte, length) = match &self.bytes[at..] {
                [b'%', high, low, ..] => pair(*high, *low).map_or((b'%', 1), |byte| (byte, 3)),
                [b'\\', b'u', b'0', b'0', high, low, ..] => {
                    pair(*high, *low).map_or((b'\\', 1), |byte| (byte, 6))
                }
                [b'\\', letter, ..] => escape(*letter).map_or((b'\\', 1), |byte| (byte, 2)),
                rest => (rest[0], 1),
            };
            plain.push(byte, (self.place(at).0, self.place(at + length - 1).1));
            at += length;
        }
        (plain.bytes.len() < self.bytes.len()).then(|| plain.view())
    }

    /// Hands over every readable stretch that base64 or hex in here decodes to.
    pub(super) fn each_decoded(&self, hear: &mut Hear<'_>) {
        let (mut run, mut ends) = (Vec::with_capacity(LEAST), Vec::new());
        let mut at = 0;
        while at < self.bytes.len() {
            let next = match self.bytes[at] {
                byte if sextet(byte).is_some() => {
                    run.push(at);
                    at + 1
                }
                // Base64 goes on in the next line, however far that is indented.
                b'\r' | b'\n' if !run.is_empty() => {
                    let next = self.after_blank(at);
                    let lines = self.bytes[at..next].iter().filter(|byte| **byte == b'\n').count();
                    ends.push((run.len(), lines > 1));
                    next
                }
                _ => {
                    self.decode_lines(&run, &ends, hear);
                    run.clear();
                    ends.clear();
                    at + 1
                }
            };
            at = next;
        }
        self.decode_lines(&run, &ends, hear);
    }

    /// Decodes a run by its lines, by its paragraphs and as a whole: each may as well be a secret of its
    /// own. `ends` says where lines end, and whether a blank line follows.
    fn decode_lines(&self, run: &[usize], ends: &[(usize, bool)], hear: &mut Hear<'_>) {
        // Most runs are words, and none of their parts is longer than they are.
        if run.len() < LEAST {
            return;
        }
        let inner = || ends.iter().filter(|(end, _)| *end < run.len());
        let lines: Vec<usize> = inner().map(|(end, _)| *end).collect();
        let paragraphs: Vec<usize> = inner().filter(|(_, blank)| *blank).map(|(end, _)| *end).collect();
        let mut ways = vec![lines, paragraphs, Vec::new()];
        ways.dedup();
        for cuts in ways {
            self.decode_parts(run, &cuts, hear);
        }
    }

    fn decode_parts(&self, run: &[usize], cuts: &[usize], hear: &mut Hear<'_>) {
        let mut from = 0;
        for end in cuts.iter().copied().chain([run.len()]) {
            self.decode(&run[from..end], hear);
            from = end;
        }
    }

    fn after_blank(&self, at: usize) -> usize {
        let blank = self.bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        at + blank
    }

    fn decode(&self, run: &[usize], hear: &mut Hear<'_>) {
        if run.len() < LEAST {
            return;
        }
        // Where it begins is not known: letters before it may belong to something else.
        for skip in 0..4 {
            self.readable(run.get(skip..).unwrap_or_default(), (4, base64), hear);
        }
        for skip in 0..2 {
            self.readable(run.get(skip..).unwrap_or_default(), (2, hex), hear);
        }
    }

    /// Decodes a run by groups, and hands over its readable stretches.
    fn readable(&self, run: &[usize], (group, read): (usize, Reading), hear: &mut Hear<'_>) {
        let mut stretch = Decoded::default();
        let mut letters = Vec::with_capacity(group);
        for places in run.chunks(group) {
            letters.clear();
            letters.extend(places.iter().map(|at| self.bytes[*at]));
            let place = (self.place(places[0]).0, self.place(places[places.len() - 1]).1);
            let (bytes, count) = read(&letters);
            for byte in &bytes[..count] {
                if matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t') {
                    stretch.push(*byte, place);
                } else {
                    flush(&mut stretch, hear);
                }
            }
            if count == 0 {
                flush(&mut stretch, hear);
            }
        }
        flush(&mut stretch, hear);
    }
}

/// Takes what an encoding turned out to hold.
type Hear<'a> = dyn FnMut(View<'static>) + 'a;

/// A view under way.
#[derive(Default)]
struct Decoded {
    bytes: Vec<u8>,
    places: Vec<(u32, u32)>,
}

impl Decoded {
    fn push(&mut self, byte: u8, place: (u32, u32)) {
        self.bytes.push(byte);
        self.places.push(place);
    }

    fn view(self) -> View<'static> {
        View { bytes: Cow::Owned(self.bytes), places: Some(self.places) }
    }
}

/// Reads one group of letters: up to three bytes, and how many.
type Reading = fn(&[u8]) -> ([u8; 3], usize);

fn flush(stretch: &mut Decoded, hear: &mut Hear<'_>) {
    let found = std::mem::take(stretch);
    if found.bytes.len() >= READABLE {
        hear(found.view());
    }
}

fn base64(letters: &[u8]) -> ([u8; 3], usize) {
    let bits =
        (0..4).fold(0_u32, |bits, at| bits << 6 | letters.get(at).copied().and_then(sextet).unwrap_or(0));
    let [_, a, b, c] = bits.to_be_bytes();
    ([a, b, c], letters.len() * 3 / 4)
}

fn hex(letters: &[u8]) -> ([u8; 3], usize) {
    let byte = match letters {
        [high, low] => pair(*high, *low),
        _ => None,
    };
    ([byte.unwrap_or(0), 0, 0], usize::from(byte.is_some()))
}

/// The value of a letter of base64, of the usual alphabet or that of URLs.
fn sextet(letter: u8) -> Option<u32> {
    let value = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

fn pair(high: u8, low: u8) -> Option<u8> {
    let digit = |letter: u8| char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

fn escape(letter: u8) -> Option<u8> {
    Some(match letter {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'"' | b'/' | b'\\' => letter,
        _ => return None,
    })
}

/// Texts are some megabytes at most; what lies beyond four gigabytes would be masked to the end.
fn short(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
