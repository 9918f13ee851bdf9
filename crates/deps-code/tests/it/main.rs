//! Tests of the readers: one module per ecosystem, and what is hostile.

mod cargo;
mod go;
mod php;
mod ruby;
mod sample;
