//! REST, by area.

mod app;
mod checks;
mod commits;
mod contents;
mod git_data;
mod merging;
mod pages;
mod pulls;
mod repos;
mod routes;
mod talk;
mod teams;
mod user;

pub(super) use routes::ROUTES;
