//! YAML: several documents, block and flow style.

mod read;
mod scalar;
mod write;

pub(crate) use read::read;
pub(crate) use write::YamlWriter;
