//! Tests of the catalog.

mod hostile;
mod reading;
