//! Taking the secrets that are in use out of texts and streams.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::looks::{DEPTH, looks};
use super::span::{Span, masked, merged};
use super::view::View;

/// Shorter secrets are not known by value: they would be found in every text.
const LEAST: usize = 8;

/// The least that a stream holds back, in bytes: the longest secret that is known by its looks
/// only, a private key in base64, is hardly longer.
const HOLD: usize = 8_192;

/// The most that a stream holds back for one secret that does not end, in bytes.
const MOST: usize = 65_536;

/// A long text is looked at by so many bytes at a time, so that memory stays bounded.
const WINDOW: usize = 1 << 20;

/// A cut is moved back to the end of a line, or of a word, within so many bytes: what stands before
/// a value tells what it is.
const LINE: usize = 512;

/// Knows secrets by value, in every form in which programs print them, and by their looks.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Forms by their first eight bytes.
    forms: HashMap<u64, Vec<Vec<u8>>>,
    longest: usize,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(…)")
    }
}

impl Redactor {
    /// A redactor of these secrets. One shorter than eight bytes is left out: it would be found
    /// everywhere.
    pub fn new<S: AsRef<[u8]>>(secrets: impl IntoIterator<Item = S>) -> Redactor {
        let mut redactor = Redactor::default();
        secrets.into_iter().for_each(|secret| redactor.add(secret.as_ref()));
        redactor
    }

    /// One more secret, such as a token that was minted just now.
    pub fn add(&mut self, secret: &[u8]) {
        let plain: Vec<u8> = secret.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
        if plain.len() < LEAST {
            return;
        }
        let hex = |upper: bool| {
            let digits = |byte: &u8| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") };
            secret.iter().map(digits).collect::<String>().into_bytes()
        };
        let mut forms = vec![hex(false), hex(true), plain];
        for before in 0..3 {
            let shifted: Vec<u8> = std::iter::repeat_n(0, before).chain(secret.iter().copied()).collect();
            // Only letters that hold bits of the secret and of nothing else.
            let (first, last) = ((before * 8).div_ceil(6), shifted.len() * 8 / 6);
            for alphabet in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                forms.push(alphabet.encode(&shifted).as_bytes()[first..last].to_vec());
            }
        }
        for form in forms {
            self.longest = self.longest.max(form.len());
            let known = self.forms.entry(start(&form)).or_default();
            if !known.contains(&form) {
                known.push(form);
            }
        }
    }

    /// What the first secret in a text is, by value or by its looks: words for people.
    pub fn find(&self, text: &[u8]) -> Option<&'static str> {
        windows(text).find_map(|text| self.spans(text).first().map(|span| span.kind))
    }

    /// The secrets in a text, as they stand there.
    pub fn all<'a>(&self, text: &'a [u8]) -> Vec<&'a [u8]> {
        self.spans(text).iter().map(|span| &text[span.start..span.end]).collect()
    }

    /// Whether there is a secret in a text that is known by value.
    pub fn knows(&self, text: &[u8]) -> bool {
        windows(text).any(|text| {
            let mut spans = Vec::new();
            self.by_value(&View::of(text), &mut spans);
            !spans.is_empty()
        })
    }

    /// A text without its secrets.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(clean) => Cow::Owned(String::from_utf8_lossy(&clean).into_owned()),
        }
    }

    /// Bytes without their secrets.
    pub fn bytes<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        if bytes.len() > WINDOW {
            let mut stream = self.stream();
            let mut clean: Vec<u8> = bytes.chunks(MOST).flat_map(|chunk| stream.push(chunk)).collect();
            clean.extend(stream.finish());
            return Cow::Owned(clean);
        }
        match self.spans(bytes) {
            spans if spans.is_empty() => Cow::Borrowed(bytes),
            spans => Cow::Owned(masked(bytes, &spans)),
        }
    }

    /// A stream to be redacted chunk by chunk.
    pub fn stream(&self) -> Redaction<'_> {
        // In `%41` a letter is three long, in `\u0041` six, and lines end anywhere.
        let hold = HOLD.max(self.longest.saturating_mul(7)).min(MOST);
        // Twice as much as is held back: so no byte is looked at more than a few times.
        Redaction { redactor: self, held: Vec::new(), hold, next: 2 * hold }
    }

    fn spans(&self, bytes: &[u8]) -> Vec<Span> {
        let view = View::of(bytes);
        let mut spans = Vec::new();
        self.by_value(&view, &mut spans);
        looks(&view, (DEPTH, false), &mut spans);
        merged(spans)
    }

    fn by_value(&self, view: &View<'_>, spans: &mut Vec<Span>) {
        if self.forms.is_empty() {
            return;
        }
        self.known(view, spans);
        if let Some(plain) = view.unescaped() {
            self.known(&plain, spans);
        }
    }

    /// Lines end anywhere: programs break long ones wherever they like.
    fn known(&self, view: &View<'_>, spans: &mut Vec<Span>) {
        // The last eight bytes that end no line, and where each stands.
        let (mut key, mut places, mut count) = (0_u64, [0; LEAST], 0);
        for (at, byte) in view.bytes.iter().enumerate().filter(|(_, byte)| !ends_line(**byte)) {
            key = key << 8 | u64::from(*byte);
            places[count % LEAST] = at;
            count += 1;
            if count < LEAST {
                continue;
            }
            let begin = places[count % LEAST];
            let forms = self.forms.get(&key).into_iter().flatten();
            if let Some(end) = forms.filter_map(|form| end_of(form, &view.bytes, begin)).max() {
                spans.push(view.span(begin, end, "known secret"));
            }
        }
    }
}

/// A text in pieces of [`WINDOW`] that overlap by more than any secret is long.
fn windows(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let starts = (0..text.len().max(1)).step_by(WINDOW - MOST);
    let needed = starts.take_while(|start| *start == 0 || start + MOST < text.len());
    needed.map(|start| &text[start..text.len().min(start + WINDOW)])
}

fn ends_line(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// Where a form that begins here ends; `None` where something else stands.
fn end_of(form: &[u8], bytes: &[u8], begin: usize) -> Option<usize> {
    let mut rest = bytes.iter().enumerate().skip(begin).filter(|(_, byte)| !ends_line(**byte));
    let mut end = begin;
    for wanted in form {
        let (at, _) = rest.next().filter(|(_, byte)| *byte == wanted)?;
        end = at + 1;
    }
    Some(end)
}

fn start(form: &[u8]) -> u64 {
    form.iter().take(LEAST).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

/// A stream under redaction: it holds back what may be the beginning of a secret.
#[derive(Debug)]
pub struct Redaction<'a> {
    redactor: &'a Redactor,
    held: Vec<u8>,
    hold: usize,
    /// With how many bytes it is looked again.
    next: usize,
}

impl Redaction<'_> {
    /// Takes a chunk, and gives what may be shown by now.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        self.held.extend_from_slice(chunk);
        if self.held.len() < self.next {
            return Vec::new();
        }
        let mut spans = self.redactor.spans(&self.held);
        let mut cut = self.line(self.held.len() - self.hold);
        if let Some(over) = spans.iter().find(|span| span.start < cut && cut < span.end) {
            // One that reaches the end may go on.
            let whole = over.end + self.hold / 2 < self.held.len() || self.held.len() > MOST;
            cut = if whole { over.end } else { over.start };
        }
        spans.retain(|span| span.end <= cut);
        let clean = masked(&self.held[..cut], &spans);
        self.held.drain(..cut);
        self.next = self.held.len() + self.hold;
        clean
    }

    /// Gives the rest.
    pub fn finish(self) -> Vec<u8> {
        masked(&self.held, &self.redactor.spans(&self.held))
    }

    fn line(&self, cut: usize) -> usize {
        let from = cut.saturating_sub(LINE);
        let last = |wanted: fn(&u8) -> bool| self.held[from..cut].iter().rposition(wanted);
        let end = last(|byte| *byte == b'\n').or_else(|| last(u8::is_ascii_whitespace));
        end.map_or(cut, |end| from + end + 1)
    }
}
