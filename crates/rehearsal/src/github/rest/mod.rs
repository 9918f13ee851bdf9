//! REST, by area.

mod checks;
mod merging;
mod pages;
mod pulls;
mod repos;
mod routes;
mod user;

pub(super) use routes::ROUTES;
