//! Fetching a text that the catalog names by its address, and nothing that it may not fetch.
//!
//! [`UrlPolicy`](fleetwright_catalog::UrlPolicy) says what may be fetched: it is asked for every address
//! before a name is looked up, again for every redirect, and about every address a name resolves to. A
//! connection goes to addresses that passed, and to nothing else: the names are resolved by [`Guard`],
//! which the client cannot get around. No credentials, cookies or proxies of the environment are used.

mod error;
mod fetcher;
mod guard;
mod limits;

pub use error::FetchError;
pub use fetcher::{Fetched, Fetcher, Settings};
pub use guard::{Guard, Names, SystemNames};
pub use limits::{MAX_ETAG, MAX_REDIRECTS, MAX_TEXT, TIME};
