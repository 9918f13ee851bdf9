//! Git's smart protocol as pure functions: bytes in, bytes out (gitprotocol-common(5), -v2(5), -pack(5)).
//!
//! Nothing here reads or sends. What comes from a server is hostile: every count and size has a limit, and whatever
//! does not fit ends in a [`crate::GitError`].

mod advertised;
mod fetch;
mod one_commit;
mod packet;
mod push;
mod refs;
mod report;
mod side_band;

pub use advertised::{Advertised, advertised_v2, receive_pack};
pub use fetch::{FetchAnswer, Want, fetch_request};
pub use one_commit::{commit_in, commit_request};
pub use packet::{MAX_LINE, Packet, Packets};
pub use push::{Move, push_request};
pub use refs::{MAX_REFS, RefLine, heads_in, ls_refs_request, refs_in};
pub use report::{Report, report_in};

/// What servers are told of us.
pub(crate) const AGENT: &str = concat!("agent=fleetwright/", env!("CARGO_PKG_VERSION"));
