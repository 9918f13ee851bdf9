//! Tests of the catalog.

mod assembling;
mod hostile;
mod reading;
mod searching;
