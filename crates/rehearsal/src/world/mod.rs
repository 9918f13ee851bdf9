//! The forge itself, without HTTP: what is there, and what can be done to it.

mod branches;
mod checks;
mod event;
mod founding;
mod happenings;
mod hooks;
mod merging;
mod people;
mod pulls;
mod queue;
mod readiness;
mod refusal;
mod requests;
mod settings;
mod state;
mod talk;
mod tokens;
mod whole;

pub use branches::ApiCommit;
pub use event::{CheckAction, Event, Payload, PullAction, Voice};
pub use founding::{RepoSpec, small_repos};
pub use hooks::Delivery;
pub use merging::MergeOrder;
pub use pulls::{NewPull, PullEdit};
pub use readiness::Block;
pub use refusal::Refusal;
pub use settings::{HookTarget, Settings};
pub use state::{Access, Happening, State};
pub use whole::World;
