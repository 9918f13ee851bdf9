//! The operations of the API.

mod commits;
mod labels;
mod merging;
mod orgs;
mod pages;
mod people;
mod pulls;
mod repos;
mod routes;
mod statuses;
mod talk;

pub(super) use routes::ROUTES;
