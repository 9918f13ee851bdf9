//! The list of all calls.

use crate::route::Route;
use crate::{audit, catalog, deps, people, query, repos, shifts};

/// Every call there is.
pub fn routes() -> Vec<Route> {
    [
        shifts::routes(),
        repos::routes(),
        catalog::routes(),
        deps::routes(),
        query::routes(),
        people::routes(),
        audit::routes(),
    ]
    .concat()
}
