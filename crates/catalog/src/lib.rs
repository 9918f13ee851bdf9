//! The catalog: Backstage's entity model, read from files: envelope, validation, references,
//! relations, Locations, ownership, filters. Pure functions: no I/O, no clock.
//!
//! Checked against npm's `@backstage/catalog-model` 1.10.1 and `@backstage/plugin-catalog-backend`
//! 4.0.0 by conformance/run.sh.

mod address;
mod assemble;
mod discovered;
mod document;
mod entity;
mod envelope;
mod export;
mod filter;
mod groups;
mod kinds;
mod links;
mod location;
mod path;
mod placeholder;
mod policy;
mod predicate;
mod query;
mod read;
mod reference;
mod relation;
mod schema;
mod search;
mod substitution;
mod yaml;

pub use address::{Base, PathGlob, Target, TargetError, glob, resolve, unescaped};
pub use assemble::{
    Catalog, DISCOVERED, EDIT_URL, MANAGED_BY, MANAGED_BY_ORIGIN, ORPHAN, Ownership, SOURCE_LOCATION,
    SourceFile, VIEW_URL, assemble,
};
pub use discovered::{UNKNOWN, component_name, derived, discovered, entity_name};
pub use document::MAX_DOCUMENT_BYTES;
pub use entity::{Entity, Finding, Relation, StatusError, StatusRow};
pub use export::{declared, served, stored, yaml};
pub use filter::{Filter, FilterError, MAX_FILTER_BYTES};
pub use groups::Groups;
pub use links::{Host, Links};
pub use location::{MAX_LOCATION_DEPTH, MAX_LOCATION_TARGETS, Request, Step, Walk, WalkError, requests};
pub use placeholder::Form;
pub use policy::{UrlPolicy, UrlRefusal, is_public};
pub use query::{Cursor, DEFAULT_LIMIT, MAX_LIMIT, Order, Page, PageError, Query, TextFilter};
pub use read::{MAX_DOCUMENTS, MAX_FILE_BYTES, read, read_bytes, validate};
pub use reference::{DEFAULT_NAMESPACE, EntityRef, RefContext, RefError};
pub use relation::{Emitted, relations};
pub use search::{Facet, Search, SearchRow, search_rows};
pub use substitution::{MAX_SUBSTITUTIONS, Substitution, substitute, substitutions};
pub use yaml::{MAX_DEPTH, Place};
