//! One script, as statements and with what it sets.

use std::sync::Arc;

use fleetwright_package::Finding;

use super::define::{Definitions, definitions};
use super::token::{self, Statement};
use crate::text::{Lines, finding};

/// The largest script, in bytes (4 MiB).
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// A script that was read.
pub(crate) struct Script {
    pub(crate) path: Arc<str>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) lines: Lines,
    pub(crate) definitions: Definitions,
}

/// Reads a script.
///
/// # Errors
/// When it is too large or nested too deep.
pub(crate) fn script(path: &Arc<str>, text: &str) -> Result<Script, Finding> {
    let remedy = "split the script";
    if text.len() > MAX_BYTES {
        return Err(finding(
            path,
            0,
            &format!("the script has more than {MAX_BYTES} bytes and is not read"),
            remedy,
        ));
    }
    let lines = Lines::of(text);
    match token::read(text) {
        Ok(statements) => {
            let definitions = definitions(&statements);
            Ok(Script { path: path.clone(), statements, lines, definitions })
        }
        Err((at, why)) => Err(finding(path, lines.at(at), &format!("the script is not read: {why}"), remedy)),
    }
}
