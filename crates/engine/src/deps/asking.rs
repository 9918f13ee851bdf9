//! A package and a range, as a selector asks for them.

use fleetwright_package::{Package, Range};

/// What is asked for; no range is any version.
///
/// # Errors
/// What is wrong with the package or the range.
pub(super) fn question(package: &str, range: &str) -> Result<(Package, Option<Range>), String> {
    let package: Package =
        package.parse().map_err(|error: fleetwright_package::PackageError| error.to_string())?;
    if range.is_empty() {
        return Ok((package, None));
    }
    let range = Range::question(package.ecosystem(), range).map_err(|error| error.to_string())?;
    Ok((package, Some(range)))
}
