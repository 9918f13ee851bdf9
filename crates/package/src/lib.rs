//! Packages of all ecosystems: their names, their versions, and what a repository says it depends on.
//!
//! Readers of manifests and lockfiles fill an [`Inventory`]; what asks and what mends reads it. Nothing here
//! touches a file or the network.

mod ecosystem;
mod files;
mod inventory;
mod name;
mod order;
pub mod path;
mod purl;
mod range;
pub mod text;
mod written;

pub use ecosystem::Ecosystem;
pub use files::{Files, NothingPublished, Published};
pub use inventory::{
    Declared, Finding, Inventory, Lock, Locked, LockedAt, Manifest, Place, Scope, Through, Version,
};
pub use name::{Package, PackageError};
pub use order::{Key, compare, is_prerelease, is_version, sort};
pub use range::{Event, Range, RangeError};
