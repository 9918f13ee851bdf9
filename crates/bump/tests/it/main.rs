//! Stories: small repositories of every ecosystem, and what becomes of them.

mod jvm;
mod node;
mod play;
