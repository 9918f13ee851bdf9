//! Who asks: found out of a request's headers, and whose a repository is.

use async_trait::async_trait;
use axum::http::HeaderMap;
use fleetwright_access::Person;
use fleetwright_api::Problem;

/// Knows people by what they bring.
#[async_trait]
pub trait Who: Send + Sync {
    /// Who sends these headers; `None` where nobody says who they are. `changes` is whether it is for a call that
    /// changes something: what a browser sends by itself is then looked at closely.
    ///
    /// # Errors
    /// What they bring is wrong, ended or taken back.
    async fn person(&self, headers: &HeaderMap, changes: bool) -> Result<Option<Person>, Problem>;

    /// Whether a repository is known to belong to a person. What cannot be found out is no.
    async fn owns(&self, person: &Person, repo: &str) -> bool;
}
