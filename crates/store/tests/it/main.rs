//! The store on real databases: a file of SQLite, and a PostgreSQL server.
#![allow(clippy::duplicate_mod, reason = "one suite, on each database")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod auditing;
mod opening;
mod sqlite;

fleetwright_postgres_for_tests::where_there_is_one! {
    mod postgres;
    mod servers;
}
