//! Lockfiles brought up to date by editing: where only a requirement moved that they keep a copy of, and every version
//! that they hold still fits.
//!
//! Nothing else is ever edited. Lockfiles with a hash of their manifest (Poetry, PDM, Pipenv, Composer) are their
//! tools'.

mod json;
mod moved;
mod places;
mod pnpm;
mod uv;
mod yarn;

pub use moved::Moved;

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
