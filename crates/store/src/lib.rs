//! The database: the truth about shifts, targets and what was done for them.
//!
//! Every write goes through one writer, which commits what is waiting as one transaction
//! ([`Store::write`]); readers have connections of their own and never wait for it. What has been
//! acknowledged is on disk: WAL with `synchronous=FULL`.

mod change;
mod error;
mod event;
mod lease;
mod open;
mod repo;
mod shift;
mod target;
mod witness;
mod write;
mod writer;

pub use change::{ClusterRow, FileState, Outcome, StoredChange};
pub use error::StoreError;
pub use event::LoggedEvent;
pub use lease::Lease;
pub use open::{SCHEMA_VERSION, Store};
pub use repo::RepoRow;
pub use shift::{SelectionRow, ShiftRow};
pub use target::{Count, Intent, TargetFilter, TargetRow};
pub use witness::{Place, Silent, Witness};
pub use write::{NewTarget, TargetState, Write};
