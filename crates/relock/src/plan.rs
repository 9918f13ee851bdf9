//! The steps for one lockfile.

use fleetwright_package::Ecosystem;

use crate::ask::{Ask, within};
use crate::step::{Step, words};
use crate::{node, others, python};

/// The steps that bring one lockfile up to date, to be done one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The folder they run in, from the repository's root; empty for the root itself.
    pub folder: String,
    /// What is done there.
    pub steps: Vec<Step>,
    /// Variables of their environment.
    pub env: Vec<(&'static str, &'static str)>,
    /// More of them where the tool has no network: it is then told to do without.
    pub offline: Vec<(&'static str, &'static str)>,
    /// How the tool is asked for its version.
    pub version: Vec<String>,
    /// The files they may change, from the repository's root. What else they leave is no part of the change.
    pub files: Vec<String>,
}

impl Plan {
    /// The tool: `cargo`.
    pub fn tool(&self) -> &str {
        self.version.first().map_or("", String::as_str)
    }
}

/// Which steps bring a lockfile up to date.
///
/// # Errors
/// Why there is none, and what to try.
pub fn plan(ask: &Ask<'_>) -> Result<Plan, String> {
    let (name, to) = (ask.package.name(), ask.to);
    if name.starts_with('-') || to.starts_with('-') || [name, to].iter().any(|text| !is_plain(text)) {
        return Err(format!("`{name}` in version `{to}` cannot be said to a tool"));
    }
    let needs = match ask.ecosystem {
        Ecosystem::Npm => node::needs(ask)?,
        Ecosystem::PyPi => python::needs(ask)?,
        _ => others::needs(ask)?,
    };
    let folder = ask.folder().to_owned();
    let mut files = vec![ask.path.to_owned()];
    files.extend(needs.beside.iter().map(|file| within(&folder, file)));
    Ok(Plan {
        folder,
        steps: needs.steps,
        env: needs.env,
        offline: needs.offline,
        version: words(needs.version),
        files,
    })
}

/// Whether a name or version holds nothing but what names and versions are made of.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic())
}
