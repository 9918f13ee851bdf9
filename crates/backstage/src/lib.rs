//! The catalog as Backstage serves it: its HTTP API, for whoever has Backstage's `@backstage/catalog-client`.
//!
//! Source of routes, words and shapes: `@backstage/plugin-catalog-backend` 4.0.0 (`createRouter`, its OpenAPI
//! description) and `MiddlewareFactory` of `@backstage/backend-defaults`. Compared with both by conformance/run.sh.
//!
//! What differs, on purpose: nothing is registered here. What a fleet consists of is said by its repositories, by
//! `fleetwright.yaml` and by the folder `catalog/`; whoever would change it over this API is told so (403).
//! Authentication is the caller's, who puts it in front.

mod analyze;
mod answer;
mod ask;
mod cursor;
mod entities;
mod facets;
mod fields;
mod locations;
mod origins;
mod pages;
mod refresh;
mod refusal;
mod routes;
mod shelf;
mod snapshot;
mod validate;

pub use refusal::MAX_BODY;
pub use routes::router;
