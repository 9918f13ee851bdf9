//! The real program, killed and disturbed, and what a person does meanwhile.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test may panic, and says what it counted"
)]

mod adoption;
mod complete;
mod hosted;
mod kill;
mod people;
mod person;
mod resumed;
mod shifts;
mod story;
mod world;
