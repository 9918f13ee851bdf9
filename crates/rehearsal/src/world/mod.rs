//! The forge itself, without HTTP: what is there, and what can be done to it.

mod block;
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
mod teams;
mod tokens;
mod whole;

pub use block::Block;
pub use branches::ApiCommit;
pub use event::{CheckAction, Delivery, Event, Payload, PullAction};
pub use founding::{RepoSpec, small_repos};
pub use merging::MergeOrder;
pub use pulls::{NewPull, PullEdit};
pub use refusal::Refusal;
pub use settings::{HookTarget, Settings};
pub use state::{Access, Happening, State, Voice};
pub use whole::World;
