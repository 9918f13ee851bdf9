//! Trigrams: the three bytes in a row that a text has.
//!
//! ASCII capitals are folded, so that a search that ignores case needs no second index; what spans a
//! line's end is left out, for no line-wise search asks for it, and it is a tenth of all.

/// The trigrams of texts, one text after the other.
pub(crate) struct Grams {
    seen: Vec<u64>,
    list: Vec<u32>,
}

/// How many trigrams there can be.
pub(crate) const GRAMS: u32 = 1 << 24;

/// A byte as the index sees it.
pub(crate) fn fold(byte: u8) -> u8 {
    byte.to_ascii_lowercase()
}

/// Whether a byte ends a line: no trigram has one.
pub(crate) fn is_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

impl Grams {
    /// Takes 2 MiB, once.
    pub(crate) fn new() -> Grams {
        Grams { seen: vec![0; (GRAMS / 64) as usize], list: Vec::new() }
    }

    /// The distinct trigrams of a text, in no order.
    pub(crate) fn of(&mut self, text: &[u8]) -> &[u32] {
        for gram in self.list.drain(..) {
            self.seen[(gram / 64) as usize] = 0;
        }
        let (mut gram, mut length) = (0_u32, 0_u32);
        for byte in text {
            if is_end(*byte) {
                length = 0;
                continue;
            }
            gram = (gram << 8 | u32::from(fold(*byte))) & (GRAMS - 1);
            length += 1;
            let (word, bit) = (&mut self.seen[(gram / 64) as usize], 1_u64 << (gram % 64));
            if length >= 3 && *word & bit == 0 {
                *word |= bit;
                self.list.push(gram);
            }
        }
        &self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinct_folded_and_within_lines() {
        let mut grams = Grams::new();
        let gram = |text: &[u8; 3]| u32::from_be_bytes([0, text[0], text[1], text[2]]);
        assert_eq!(grams.of(b"abABab\nxy\r\nzzz"), [gram(b"aba"), gram(b"bab"), gram(b"zzz")]);
        assert!(grams.of(b"ab\ncd").is_empty());
        assert_eq!(grams.of(b"abc"), [gram(b"abc")]);
    }
}
