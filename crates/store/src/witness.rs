//! A witness sees every durable commit, before and after: where metrics and faults hook in.

/// Which side of a commit the witness stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Nothing is on disk yet.
    Before,
    /// Everything is on disk, and nobody was told.
    After,
}

/// Sees every durable commit.
pub trait Witness: Send + Sync {
    /// Called on both sides of a commit with the words of the writes in it.
    ///
    /// # Errors
    /// An error before the commit undoes it; one after it stands for an answer that was lost.
    fn commit(&self, place: Place, words: &[&'static str]) -> Result<(), String>;
}

/// The witness that has nothing to say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Witness for Silent {
    fn commit(&self, _: Place, _: &[&'static str]) -> Result<(), String> {
        Ok(())
    }
}
