//! A set of numbers of blobs, a bit each.

/// The set; it grows to an eighth of a byte per number up to the largest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks(Vec<u64>);

impl Marks {
    pub(crate) fn new() -> Marks {
        Marks::default()
    }

    pub(crate) fn set(&mut self, number: u32) {
        let word = (number / 64) as usize;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (number % 64);
    }

    pub(crate) fn has(&self, number: u32) -> bool {
        self.0.get((number / 64) as usize).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}
