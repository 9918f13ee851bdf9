//! Bills of materials: who is on which release, who stays behind and why, how it went, and the Shift that moves them.

mod adoption;
mod record;
mod shelf;
mod shift;
mod show;
mod stragglers;
mod users;

pub use adoption::{Adoption, ReleaseCurve, adoption};
pub(crate) use record::record;
pub use shelf::{Shelf, find, shelf};
pub use shift::{ShiftFile, shift};
pub use show::{Clash, Lowered, Shown, ShownOverride, ShownRelease, show};
pub use stragglers::{Lack, Straggler, Whom, stragglers};

/// A time in milliseconds since 1970 UTC as people and programs write it: RFC 3339.
pub(crate) fn time(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds).map(|time| time.to_string()).unwrap_or_default()
}
