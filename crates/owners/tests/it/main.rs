//! Tests of CODEOWNERS.

mod hostile;
mod services;
