//! Lists of ascending numbers, in few bits: gaps in an adaptive Rice code.
//!
//! A number's gap to the one before is written as a quotient in unary and `k` bits of remainder, and `k`
//! follows the mean of the gaps before (as in JPEG-LS), on both sides alike. A trigram of every second
//! file costs two bits a file so, a rare one about the logarithm of its gap; a code in whole bytes
//! takes two to four times as much for small files.

/// The mean gap that a list begins with.
const FIRST_MEAN: u32 = 4096;

/// After this many gaps the older ones count half.
const WINDOW: u32 = 32;

/// A quotient this large is written as an escape, and the gap in 32 bits.
const ESCAPE: u32 = 24;

/// The gaps so far, from which `k` follows.
#[derive(Debug, Clone, Copy)]
struct Mean {
    sum: u64,
    count: u32,
}

impl Mean {
    const START: Mean = Mean { sum: FIRST_MEAN as u64, count: 1 };

    fn bits(self) -> u32 {
        (self.sum / u64::from(self.count)).max(1).ilog2()
    }

    fn add(&mut self, gap: u32) {
        self.sum += u64::from(gap);
        self.count += 1;
        if self.count == WINDOW {
            self.sum /= 2;
            self.count /= 2;
        }
    }
}

/// A list that is being written.
#[derive(Debug, Clone)]
pub(crate) struct List {
    bytes: Vec<u8>,
    pending: u64,
    pending_bits: u32,
    mean: Mean,
    next: u32,
    count: u32,
}

impl List {
    /// An empty list.
    pub(crate) fn new() -> List {
        List { bytes: Vec::new(), pending: 0, pending_bits: 0, mean: Mean::START, next: 0, count: 0 }
    }

    /// Adds a number; one that is not above the last is left out.
    pub(crate) fn push(&mut self, number: u32) {
        let Some(gap) = number.checked_sub(self.next) else { return };
        let k = self.mean.bits();
        let quotient = gap >> k;
        if quotient < ESCAPE {
            self.put((1 << quotient) - 1, quotient + 1);
            self.put(u64::from(gap) & ((1 << k) - 1), k);
        } else {
            self.put((1 << ESCAPE) - 1, ESCAPE);
            self.put(u64::from(gap), 32);
        }
        self.mean.add(gap);
        self.next = number.saturating_add(1);
        self.count += 1;
    }

    fn put(&mut self, value: u64, bits: u32) {
        self.pending |= value << self.pending_bits;
        self.pending_bits += bits;
        while self.pending_bits >= 8 {
            self.bytes.push((self.pending & 0xff) as u8);
            self.pending >>= 8;
            self.pending_bits -= 8;
        }
    }

    /// The bytes it holds in memory, roughly.
    pub(crate) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// The written list: how many numbers, then their gaps.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        if self.pending_bits > 0 {
            self.bytes.push((self.pending & 0xff) as u8);
        }
        let mut all = Vec::with_capacity(self.bytes.len() + 4);
        crate::varint::put(&mut all, u64::from(self.count));
        all.extend_from_slice(&self.bytes);
        all
    }
}

/// Reads a list; `None` if it is not one.
pub(crate) fn read(bytes: &[u8]) -> Option<Vec<u32>> {
    let mut rest = bytes;
    let count = crate::varint::take(&mut rest)?;
    // A number takes at least a bit: no allocation is larger than what is there can fill.
    if count > rest.len() as u64 * 8 {
        return None;
    }
    let mut bits = Bits { bytes: rest, at: 0, window: 0, held: 0 };
    let mut mean = Mean::START;
    let mut next = 0_u32;
    let mut numbers = Vec::with_capacity(usize::try_from(count).ok()?);
    for _ in 0..count {
        let quotient = bits.ones()?;
        let k = mean.bits();
        let gap = match quotient {
            ESCAPE => bits.take(32)?,
            quotient => quotient.checked_shl(k).filter(|high| high >> k == quotient)? | bits.take(k)?,
        };
        mean.add(gap);
        let number = next.checked_add(gap)?;
        numbers.push(number);
        next = number.saturating_add(1);
    }
    Some(numbers)
}

/// Bits of a byte string, lowest first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    window: u64,
    held: u32,
}

impl Bits<'_> {
    fn fill(&mut self) {
        while self.held <= 56 && self.at < self.bytes.len() {
            self.window |= u64::from(self.bytes[self.at]) << self.held;
            self.at += 1;
            self.held += 8;
        }
    }

    /// A unary number, at most [`ESCAPE`], with its closing zero (an escape has none).
    fn ones(&mut self) -> Option<u32> {
        self.fill();
        let ones = self.window.trailing_ones().min(ESCAPE);
        let bits = if ones == ESCAPE { ESCAPE } else { ones + 1 };
        self.skip(bits)?;
        Some(ones)
    }

    fn take(&mut self, bits: u32) -> Option<u32> {
        if self.held < bits {
            self.fill();
        }
        let value = self.window & ((1_u64 << bits) - 1);
        self.skip(bits)?;
        Some((value & 0xffff_ffff) as u32)
    }

    fn skip(&mut self, bits: u32) -> Option<()> {
        self.held = self.held.checked_sub(bits)?;
        self.window >>= bits;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(numbers: &[u32]) -> Vec<u8> {
        let mut list = List::new();
        numbers.iter().for_each(|number| list.push(*number));
        list.finish()
    }

    #[test]
    fn dense_lists_take_a_bit_or_two_a_number() {
        let all: Vec<u32> = (0..10_000).collect();
        assert!(written(&all).len() < 10_000 / 8 + 200);
        assert_eq!(read(&written(&all)).unwrap(), all);
        let edge = [0, u32::MAX - 1, u32::MAX];
        assert_eq!(read(&written(&edge)).unwrap(), edge);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(mut numbers in prop::collection::vec(any::<u32>(), 0..300), shift in 0..32_u32) {
            numbers.iter_mut().for_each(|number| *number >>= shift);
            numbers.sort_unstable();
            numbers.dedup();
            prop_assert_eq!(read(&written(&numbers)), Some(numbers));
        }

        #[test]
        fn garbage_is_refused_or_ascending(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(numbers) = read(&bytes) {
                prop_assert!(numbers.is_sorted());
            }
        }
    }
}
