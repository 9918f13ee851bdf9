//! How many questions go into one request: halved when the forge cannot answer, regrown slowly.

use std::sync::atomic::{AtomicUsize, Ordering};

/// After so many answered requests in a row the size grows by a quarter.
const CALM: usize = 8;

/// A batch size that adapts between a floor and a ceiling.
#[derive(Debug)]
pub(crate) struct Batch {
    least: usize,
    most: usize,
    size: AtomicUsize,
    calm: AtomicUsize,
}

impl Batch {
    /// A size that starts at `most`.
    pub(crate) fn new(least: usize, most: usize) -> Batch {
        Batch { least, most, size: AtomicUsize::new(most), calm: AtomicUsize::new(0) }
    }

    /// How many questions to ask at once.
    pub(crate) fn size(&self) -> usize {
        self.size.load(Ordering::Relaxed)
    }

    /// A request of full size was answered.
    pub(crate) fn answered(&self) {
        if self.calm.fetch_add(1, Ordering::Relaxed) + 1 >= CALM {
            self.calm.store(0, Ordering::Relaxed);
            let size = self.size();
            self.size.store((size + size.div_ceil(4)).min(self.most), Ordering::Relaxed);
        }
    }

    /// A request of `asked` questions was too much.
    pub(crate) fn refused(&self, asked: usize) {
        self.calm.store(0, Ordering::Relaxed);
        let size = (asked / 2).clamp(self.least, self.most).min(self.size());
        self.size.store(size, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_halves_to_the_floor_and_regrows_to_the_ceiling() {
        let batch = Batch::new(10, 100);
        for halved in [50, 25, 12, 10, 10] {
            batch.refused(batch.size());
            assert_eq!(batch.size(), halved);
        }
        (0..CALM * 20).for_each(|_| batch.answered());
        assert_eq!(batch.size(), 100);
    }
}
