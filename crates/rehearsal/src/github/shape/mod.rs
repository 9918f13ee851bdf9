//! GitHub's JSON, with every field its description requires.

pub(super) mod check;
pub(super) mod commit;
pub(super) mod hook;
pub(super) mod issue;
pub(super) mod node;
pub(super) mod pull;
pub(super) mod repo;
pub(super) mod talk;
pub(super) mod team;
pub(super) mod time;
pub(super) mod user;
