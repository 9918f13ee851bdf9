//! What things look like in answers and webhooks.

pub(in crate::gitea) mod commit;
pub(in crate::gitea) mod pull;
pub(in crate::gitea) mod repo;
pub(in crate::gitea) mod status;
pub(in crate::gitea) mod talk;
pub(in crate::gitea) mod time;
pub(in crate::gitea) mod user;
