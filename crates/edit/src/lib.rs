//! Declarative edits of text: YAML, JSON, TOML and XML by path, any text by pattern.
//!
//! Text goes in, text comes out; there is no I/O. Only the bytes of the change differ: comments,
//! key order, quoting, indentation, line endings, a byte-order mark and a missing final line
//! ending stay. After every edit the result is parsed again and compared with what the edit
//! should have made of the old value: the edit guard refuses anything else.
//!
//! ```
//! use fleetwright_edit::{DocumentEdit, EditSpec, Format};
//!
//! let mut spec = EditSpec::default();
//! spec.set.insert("spec.containers[name=web].image".into(), "app:2".into());
//! let edit = DocumentEdit::compile(Format::Yaml, &spec)?;
//! let old = "spec:\n  containers:\n  - name: web   # the front\n    image: 'app:1'\n";
//! let new = "spec:\n  containers:\n  - name: web   # the front\n    image: 'app:2'\n";
//! assert_eq!(edit.apply(old)?.as_deref(), Some(new));
//! assert_eq!(edit.apply(new)?, None);
//! # Ok::<(), fleetwright_edit::EditError>(())
//! ```
//!
//! # Paths
//!
//! `spec.containers[0].image`, quoted keys `labels["app.kubernetes.io/name"]`, wildcards
//! `containers[*].image`, selectors `containers[name=web].image` and `tags[=old]`. In XML a key is
//! the name of an element and starts at the root element; `@name` is an attribute:
//! `project.dependencies.dependency[artifactId=log4j-core].version`.
//!
//! # Formats
//!
//! The functions of the formats read text as a plain value with places ([`serde_json::Value`])
//! and write changes of places as byte splices. Paths, creation of parents, wildcards and the
//! guard know only values, so they mean the same in all formats.

mod brackets;
mod change;
mod document;
mod error;
mod format;
mod json;
pub mod limits;
mod locate;
mod path;
mod pick;
mod replace;
mod splice;
mod toml;
mod tree;
mod xml;
mod yaml;

pub use document::{DocumentEdit, EditSpec};
pub use error::{Caret, EditError, PatternError, Position};
pub use format::Format;
pub use replace::Replace;
