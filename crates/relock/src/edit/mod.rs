//! Lockfiles brought up to date by editing: where only a requirement moved that they keep a copy of, and every version
//! that they hold still fits.
//!
//! Nothing else is ever edited. Lockfiles with a hash of their manifest (Poetry, PDM, Pipenv, Composer) are their
//! tools'.

mod json;
mod places;
mod pnpm;
mod uv;
mod yarn;

/// A requirement of a manifest that moved, of which a lockfile keeps a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved<'a> {
    /// The manifest's folder from that of the lockfile; empty for the same.
    pub folder: &'a str,
    /// What the manifest is itself called, if it says so.
    pub project: Option<&'a str>,
    /// The package that is asked for.
    pub name: &'a str,
    /// The requirement as it was.
    pub old: &'a str,
    /// The requirement as it is.
    pub new: &'a str,
    /// Whether another manifest asks for it as it was still.
    pub kept: bool,
}

/// The text of a lockfile with the copies of these requirements moved; the same text where it keeps none.
///
/// # Errors
/// Why this lockfile is not edited; then it is for its tool.
pub fn edit(format: &str, text: &str, moved: &[Moved<'_>]) -> Result<String, String> {
    if moved.is_empty() {
        return Err("nothing is known to have moved".to_owned());
    }
    let one = match format.split(' ').next().unwrap_or_default() {
        "package-lock" if format == "package-lock 1" => return Ok(text.to_owned()),
        "package-lock" => json::moved,
        "pnpm" => pnpm::moved,
        "uv.lock" => uv::moved,
        "yarn" if format.starts_with("yarn berry") => yarn::berry,
        "yarn" => yarn::first,
        _ => return Err(format!("`{format}` is not edited")),
    };
    let mut new = text.to_owned();
    for moved in moved {
        new = one(&new, moved)?;
    }
    Ok(new)
}

/// The reason where a copy is not where it should be.
fn missing(moved: &Moved<'_>) -> String {
    format!("it has no copy of `{} {}` that could be edited", moved.name, moved.old)
}
