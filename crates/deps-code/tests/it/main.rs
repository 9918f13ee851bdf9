//! Tests of the readers: one module per ecosystem, and what is hostile.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod cargo;
mod dotnet;
mod go;
mod hostile;
mod php;
mod ruby;
mod sample;
