//! Declared infrastructure as data: manifests of many kinds read into resources, validated, compared with what runs.
//!
//! Pure functions: texts come in, values go out. [`recognise`] says by a path alone whether a file may
//! declare infrastructure, [`read`] what it declares and what is wrong in it.

mod declared;
mod documents;
mod drift;
mod finding;
mod formats;
mod limits;
mod notable;
mod policy;
mod read;
mod reading;
mod recognise;
mod resource;
mod schema;
mod tree;

pub use declared::{Declared, DeclaredKind, Hints, Image};
pub use drift::{Drift, DriftKind, Live, MAX_STATE_BYTES, State, drift};
pub use finding::{Finding, Severity};
pub use formats::kustomize::patch_files;
pub use limits::{MAX_BYTES, MAX_DOCUMENTS, MAX_TERRAFORM_BYTES};
pub use notable::is_notable;
pub use policy::{POLICY_VARIABLES, Policy};
pub use read::{read, read_bytes};
pub use reading::Reading;
pub use recognise::{Hint, recognise};
pub use resource::{Component, Surroundings, Whose, around, resources, whose};
pub use schema::{JsonSchema, MAX_FINDINGS, MAX_SCHEMA_BYTES, MAX_WORK, Schemas, file_names};
pub use tree::{Key, Node, Tree};
