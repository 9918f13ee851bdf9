//! Stories: small repositories of every ecosystem, and what becomes of them.

mod code;
mod jvm;
mod node;
mod overriding;
mod platform;
mod play;
mod python;
