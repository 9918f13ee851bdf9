//! Questions about dependencies.

mod advisories;
mod answers;
mod asking;
mod export;
mod fresh;
mod list;
mod mending;
mod named;
mod skew;
mod who;
mod whose;

pub use advisories::{Exposure, Hit, Told, advisories};
pub(crate) use answers::{Answers, check};
pub use export::{export, export_all};
pub use list::list;
pub use mending::{Mend, mending, shift_file};
pub use named::named;
pub use skew::{Skewed, skew};
pub(crate) use who::used_in;
pub use who::{Found, Who, who};
pub(crate) use whose::Components;
