//! The database: the truth about shifts, targets and what was done for them.
//!
//! Every write goes through one writer, which commits what is waiting as one transaction
//! ([`Store::write`]); readers have connections of their own and never wait for it. What has been
//! acknowledged is on disk.
//!
//! There are two databases, a file of SQLite and a PostgreSQL server, and one text for each question
//! (`sql/`). Of the processes that share a server, one writes at a time, as in SQLite.

mod answered;
mod approval;
mod ask;
mod audit;
mod bom;
mod budget;
mod carry;
mod change;
mod check_run;
mod clean;
mod copy;
mod credential;
mod database;
mod declared;
mod dependency;
mod entity;
mod error;
mod event;
mod fetched;
mod frozen;
mod frozen_dependencies;
mod handle;
mod hint;
mod in_use;
mod lease;
mod open;
mod org;
mod person;
mod question;
mod reader;
mod reading;
mod repo;
mod row;
mod seen;
mod shift;
mod sql;
mod target;
mod version;
mod vicinity;
mod wake;
mod witness;
mod write;
mod writer;

pub use answered::Answered;
pub use approval::SignRow;
pub use ask::{Answer, Bounds};
pub use audit::{AuditRow, Audited, Chain};
pub use bom::{BomLook, BomSeen, BomStay, BomUse, BomUser};
pub use budget::{Account, Ask, Setback};
pub use carry::{Checked, Held};
pub use change::{ClusterRow, FileState, Outcome, StoredChange};
pub use check_run::CheckRun;
pub use credential::{CredentialKind, CredentialRow};
pub use database::{Database, Server};
pub use declared::DeclaredRow;
pub use dependency::{AskedRow, Dependencies, DependencyFile, DependencyRow, PublishedRow, Use, Ways};
pub use entity::{CatalogDelta, EntityRow, RelationRow};
pub use error::StoreError;
pub use event::LoggedEvent;
pub use fetched::FetchedRow;
pub use frozen::Frozen;
pub use frozen_dependencies::ComponentsOf;
pub use handle::Store;
pub use hint::{About, HintRow};
pub use in_use::{InUse, PackageInUse};
pub use lease::Lease;
pub use open::SCHEMA_VERSION;
pub use org::{OrgRow, ToldTeams};
pub use person::PersonRow;
pub use reader::Reader;
pub use reading::{Document, DocumentKind, FileMark, FindingRow, Read, Reading};
pub use repo::RepoRow;
pub use seen::{OpenCount, SeenRow};
pub use shift::{SelectionRow, ShiftRow};
pub use target::{Count, Intent, NewTarget, TargetFilter, TargetRow, TargetState};
pub use witness::{Place, Silent, Witness};
pub use write::Write;
