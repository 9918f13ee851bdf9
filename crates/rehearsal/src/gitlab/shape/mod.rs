//! What things look like in answers and webhooks.

pub(in crate::gitlab) mod commit;
pub(in crate::gitlab) mod pipeline;
pub(in crate::gitlab) mod project;
pub(in crate::gitlab) mod request;
pub(in crate::gitlab) mod time;
pub(in crate::gitlab) mod tree;
pub(in crate::gitlab) mod user;
