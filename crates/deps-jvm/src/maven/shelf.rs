//! POMs from elsewhere that were read before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::model::Coordinates;
use super::pom::Source;

/// The most bytes of POMs that are kept (256 MiB of text; what was read from it takes about as much again).
const MAX_KEPT: usize = 256 * 1024 * 1024;

/// Keeps POMs from elsewhere for the next repository that needs them: most of a fleet shares its parents and BOMs,
/// and reading those takes longer than anything else. A POM whose text changed is read again.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    poms: HashMap<Coordinates, (Arc<str>, Arc<Source>)>,
    bytes: usize,
}

impl Shelf {
    /// The POM of these coordinates, if it was read from exactly this text.
    pub(crate) fn get(&self, coordinates: &Coordinates, text: &Arc<str>) -> Option<Arc<Source>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, source) = kept.poms.get(coordinates)?;
        (Arc::ptr_eq(known, text) || known == text).then(|| source.clone())
    }

    pub(crate) fn keep(&self, coordinates: Coordinates, text: Arc<str>, source: Arc<Source>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes.saturating_add(text.len()) > MAX_KEPT {
            *kept = Kept::default();
        }
        kept.bytes += text.len();
        if let Some((before, _)) = kept.poms.insert(coordinates, (text, source)) {
            kept.bytes = kept.bytes.saturating_sub(before.len());
        }
    }
}
