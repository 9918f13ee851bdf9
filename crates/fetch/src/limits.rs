//! How much is fetched, and for how long.

use std::time::Duration;

/// The most redirects that are followed.
pub const MAX_REDIRECTS: usize = 5;

/// The largest text, in bytes: that of an entity.
pub const MAX_TEXT: usize = fleetwright_catalog::MAX_DOCUMENT_BYTES;

/// The longest entity tag that is kept, in bytes.
pub const MAX_ETAG: usize = 256;

/// How long one address may take, redirects included.
pub const TIME: Duration = Duration::from_secs(20);
