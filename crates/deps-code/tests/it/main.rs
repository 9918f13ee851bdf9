//! Tests of the readers: one module per ecosystem, and what is hostile.

mod cargo;
mod dotnet;
mod go;
mod hostile;
mod php;
mod ruby;
mod sample;
