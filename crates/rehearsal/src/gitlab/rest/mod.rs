//! The operations of the API.

mod commits;
mod groups;
mod merging;
mod notes;
mod pages;
mod people;
mod pipelines;
mod place;
mod projects;
mod requests;
mod routes;

pub(super) use routes::ROUTES;
