//! Declared infrastructure of the fleet: listed, checked against schemas and policies, compared with what runs.

mod around;
mod checkout;
mod drift;
mod list;
mod rules;
mod sheet;
mod source;
mod validate;

pub(crate) use around::{Around, Neighbour};
pub use drift::{Compared, Drifted, drift};
pub use list::{Asked, Listed, list};
pub use rules::{MAX_RULE_FILE, Rules};
pub use source::{Source, Which};
pub use validate::{Checked, Unchecked, Verdict, validate};
