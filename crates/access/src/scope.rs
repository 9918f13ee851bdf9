//! How far a token reaches, besides its role.

use serde::{Deserialize, Serialize};

/// Which calls may be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// All that the role allows.
    #[default]
    All,
    /// Those that change nothing.
    Read,
    /// Those of these names.
    Calls(Vec<String>),
}

impl Scope {
    /// Whether a call of this name is within; `reads` is whether it changes nothing.
    pub fn has(&self, call: &str, reads: bool) -> bool {
        match self {
            Scope::All => true,
            Scope::Read => reads,
            Scope::Calls(names) => names.iter().any(|name| name == call),
        }
    }
}
